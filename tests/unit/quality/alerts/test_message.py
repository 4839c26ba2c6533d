"""What a message says: every piece of news as what it is, the same in both parts, nothing hostile out of its place."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from unicodedata import category

import pytest
from PIL import Image

from ingest.settings import ZONE
from quality.alerts.composing import compose_test
from quality.alerts.incidents import RunEnd
from quality.alerts.mail import POLICY, addressed
from quality.alerts.store import changing, open_store
from quality.plots import NOTHING_VI, Picture
from tests.unit.quality.alerts.findings import (
    EDITION,
    PAGE,
    PLACE,
    all_checks,
    fall,
    fault,
    late,
    noise,
    part,
    rank_fall,
)
from tests.unit.quality.alerts.house import FRIDAY, MONDAYS_DIGEST, THURSDAY, WEDNESDAY, House, Mail

FINANCE, LEAD, DATA_TEAM = "so_tai_chinh", "so_noi_vu", "data_team"
FAILED = RunEnd("abcdef0123456789", "refresh", 1.0, True, "build_marts", "CatalogError: no table 'evd_thử'")
HOSTILE = (
    'Tây "\'><script>document.title="stolen"</script><img src=x onerror=alert(1)>\r\nBcc: thief@example.org\r\n\r\n'
    "* ĐÃ KẾT THÚC\u2028Bcc: thief@example.org\u2029x\u202ey\u2066z\u061c\u200b\x85\x0b\x00 javascript:alert(2)"
)


class Page(HTMLParser):
    """Texts (those instead of pictures too), tags and addresses of an HTML page, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.links: list[str] = []
        self.alt: list[str] = []
        self.handlers: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        self.alt += [value or "" for name, value in attrs if name == "alt"]
        self.texts += [value or "" for name, value in attrs if name == "alt"]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]

    def handle_data(self, data: str) -> None:
        if data.strip() and self.tags[-1] != "title":
            self.texts.append(" ".join(data.split()))


def section(mail: Mail, heading: str) -> list[str]:
    """The lines under a heading, down to the next."""
    rest = mail.lines[mail.lines.index(heading) + 1 :]
    end = next((place for place, line in enumerate(rest) if line.isupper() and line[0] not in "*-["), len(rest))
    return [line for line in rest[:end] if line]


def assert_parts_agree(mail: Mail) -> None:
    """HTML, plain text and what other channels get say the same in the same order, with the same addresses."""
    page = Page(mail.html)
    added = r"^[*-] |^--$|^Biểu đồ: | <https?://[^>]+>$"
    plain = " ".join(re.sub(added, "", line) for line in mail.lines)
    bare = [re.sub(r"[\s\[\]]", "", text).casefold() for text in (plain, " ".join(page.texts))]
    assert bare[0] == bare[1]
    addresses = [link for link in page.links if not link.startswith("cid:")]
    assert addresses == re.findall(r" <(https?://[^>]+)>", mail.text)
    assert mail.text.split() == mail.told.split()


def picture(colour: str = "#0b5cad") -> Picture:
    png = BytesIO()
    Image.new("RGB", (640, 300), colour).save(png, "PNG")
    return Picture(png.getvalue(), "ALPHA · tổng điểm, Đông Sơn, 2001–2002: 65,25 (2001); 64,10 (2002).")


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Mail:
    """To Finance: every kind of finding, something over and something eased, a picture, a deadline."""
    house = House(tmp_path_factory.mktemp("everything") / "home")
    house.draws(lambda _: picture())
    house.opened().hears(fault("over", subject_vi="ALPHA 2002 · Tây Lâm"), fall("eased", index_code="BETA"))
    eased = fall("eased", index_code="BETA", magnitude=0.5)
    news = [fall("r1"), rank_fall("r2"), part("r3"), noise("r4", edition_year=2003), late("t1"), fault("f1")]
    house.judge(eased, *news)
    assert house.round(FRIDAY) == {}
    house.plans()
    return house.round(MONDAYS_DIGEST)[FINANCE]


# What a fall says


def test_a_fall_says_how_far_how_sure_who_leads_on_what_basis_and_where_it_is_from(house: House) -> None:
    mail = house.opened().hears(fall("r1"), rank_fall("r2"), part("r3"))[LEAD]
    assert mail.subject == "[Chiso] 2026-11-26 · Bản tin ngày · 1 suy giảm"
    assert section(mail, "SUY GIẢM Ở KỲ MỚI NHẤT") == [
        "What got worse in the latest editions",
        "Gồm cả các tỉnh đã sáp nhập thành Đông Sơn: kỳ công bố trước khi sáp nhập tính theo tỉnh cũ.",
        f"* [Mới] {EDITION} · {PLACE}",
        "Chỉ số An-pha",
        f"{EDITION}: Tổng điểm của {PLACE} giảm 1,15 điểm so với kỳ 2001 (65,25 → 64,10).",
        "So với kỳ 2001:",
        "- Tổng điểm: 65,25 → 64,10 (giảm 1,15 điểm)",
        "Mức chắc chắn: Bằng 2,4 lần độ nhiễu.",
        "- Tổng điểm, thứ hạng: 16 → 25 trên 63 (tụt 9 bậc)",
        "Mức chắc chắn: Chưa đủ số liệu của các đơn vị khác.",
        "Thành phần giảm:",
        "- Tiếp cận đất đai: 7,12 → 6,50 (giảm 0,62 điểm)",
        "Đầu mối: Sở Nội vụ",
        "Căn cứ: Kế hoạch thử nghiệm, Phụ lục I",
        "Việc cần làm: Làm rõ nguyên nhân.",
        "Số liệu: công bố 15/04/2003; nguồn: nơi công bố",
        "Nguồn: example.org/alpha-2002 <https://example.org/alpha-2002>",
        "--",
        "Đang mở: 2 mục từ mức cần xem trở lên, kể cả các mục trong thư này; chỉ báo lại khi có thay đổi.",
        "Open: 2 (warn or above), these included; you hear again only when something changes.",
        "Mọi phát hiện trong Dagster <http://127.0.0.1:3000/assets/reporting/rpt_finding>",
        "Bằng chứng (Data Docs): tệp quality/data_docs/index.html trên máy chủ Chiso",
    ]


@pytest.mark.parametrize(
    ("columns", "standing"),
    [
        ({}, "Hạng 25 trên 63 (công bố)"),
        ({"ranked_among": None}, "Hạng 25 (công bố)"),
        (
            {"is_rank_computed": True, "rank_interval_low": 19, "rank_interval_high": 31},
            "Hạng 25 trên 63 (tính từ điểm công bố; khoảng 90%: 19 đến 31)",
        ),
        ({"rank": None}, None),
    ],
)
def test_the_place_is_said_with_how_it_is_known(house: House, columns: dict[str, object], standing: str | None) -> None:
    lines = house.opened().hears(fall("r1", **columns))[LEAD].lines
    assert [line for line in lines if line.startswith("Hạng")] == ([standing] if standing else [])


@pytest.mark.parametrize(
    ("published_on", "precision", "kind", "said"),
    [
        ("2003-04-15", "day", "official", "công bố 15/04/2003; nguồn: nơi công bố"),
        ("2003-04-01", "month", "news", "công bố tháng 04/2003; nguồn: báo chí"),
        ("2003-01-01", "year", "mirror", "công bố năm 2003; nguồn: bản chép lại"),
        (None, None, "compiled", "chưa rõ ngày công bố; nguồn: tổng hợp"),
        (None, None, None, "chưa rõ ngày công bố"),
    ],
)
def test_the_day_of_publication_is_no_more_precise_than_it_is_known(
    house: House, published_on: str | None, precision: str | None, kind: str | None, said: str
) -> None:
    house.marts.execute(
        "update marts.dim_edition set published_on = ?, published_on_precision = ?, source_kind = ?"
        " where index_code = 'ALPHA' and edition_year = 2002",
        [published_on, precision, kind],
    )
    assert f"Số liệu: {said}" in house.opened().hears(fall("r1"))[LEAD].lines


def test_the_gravest_finding_of_a_card_gives_the_sentence_and_the_remedy(house: House) -> None:
    drags = part(
        "d1", rule_code="component_drags", severity="warn", message_vi="Đất đai kéo lùi.", remedy_vi="Hỏi về đất đai."
    )
    lines = house.opened().hears(noise("n1", message_vi="Trong mức nhiễu."), drags)[LEAD].lines
    assert "Đất đai kéo lùi." in lines
    assert "Việc cần làm: Hỏi về đất đai." in lines
    assert "Trong mức nhiễu." not in lines
    assert "- Tổng điểm: 65,25 → 64,10 (giảm 1,15 điểm, trong mức nhiễu)" in lines
    assert "- Tiếp cận đất đai: 7,12 → 6,50 (giảm 0,62 điểm)" in lines


def test_the_gravest_fall_comes_first_and_its_index_is_drawn(house: House) -> None:
    house.draws(lambda index: Picture(picture().png, f"Hình của {index}."))
    house.opened().judge(fall("a"))
    house.round()
    house.judge(fall("a"), fall("b", index_code="BETA", severity="critical"))
    lines = house.round(THURSDAY)[LEAD].lines
    assert [line[:12] for line in lines if line.startswith("* ")] == ["* [Mới] BETA", "* [Mới] ALPH"]
    assert "Biểu đồ: Hình của BETA." in lines


def test_components_of_the_total_are_named_first_what_cost_most_and_the_rest_counted(house: House) -> None:
    house.marts.execute(
        "insert into marts.dim_component select 'ALPHA', 'top' || n, 'total', 'sub_index' from range(6) r(n)"
    )
    parts = [
        part(f"p{n}", component_code=f"top{n}", component_name_vi=f"Phần {n}", contribution=-0.1 * n) for n in range(6)
    ]
    deeper = part("deep", component_code="land_title", component_name_vi="Giấy chứng nhận", contribution=-9.0)
    lines = house.opened().hears(fall("r1"), deeper, *parts)[LEAD].lines
    named = [line.split(":")[0] for line in lines if line.startswith("- Phần")]
    assert named == ["- Phần 5", "- Phần 4", "- Phần 3", "- Phần 2", "- Phần 1"]
    assert "- và 2 thành phần khác" in lines
    assert "Giấy chứng nhận" not in "".join(lines)


def test_a_target_or_a_late_publication_says_what_was_expected_and_what_is(house: House) -> None:
    mail = house.opened().hears(late("t1"))[LEAD]
    assert mail.subject.endswith("· 1 chỉ tiêu, dịch vụ công, kỳ công bố cần nhắc")
    assert section(mail, "CHỈ TIÊU, CHẤT LƯỢNG PHỤC VỤ VÀ LỊCH CÔNG BỐ")[:8] == [
        "Targets, services and publications",
        "* [Mới] Kỳ công bố bị muộn: ALPHA 2003",
        "- Mong đợi: có trước 30/06/2004",
        "- Thực tế: chưa có sau 12 ngày",
        "Đầu mối: Sở Nội vụ",
        "Căn cứ: Kế hoạch thử nghiệm, Phụ lục I",
        "Việc cần làm: Hỏi nơi công bố.",
        "Nguồn: example.org/alpha-2002 <https://example.org/alpha-2002>",
    ]


# What a fault says


def test_faults_are_grouped_worst_first_with_the_first_few(house: House) -> None:
    faults = [fault(f"f{n}", subject_vi=f"{EDITION} · Tỉnh {n} · Tổng điểm") for n in range(5)]
    house.opened().judge(*faults)
    house.round()
    house.judge(*faults, fault("g", index_code="BETA", severity="critical", territory_label_vi="Tây Lâm"))
    told = section(house.round(THURSDAY)[DATA_TEAM], "LỖI DỮ LIỆU TRONG SỐ LIỆU CÔNG BỐ")
    assert told[1:3] == [
        "* [Mới] BETA 2002 (63 tỉnh, thành): Tổng điểm không khớp các thành phần",
        "1 chỗ · nghiêm trọng",
    ]
    told = told[told.index(f"* [Mới] {EDITION}: Tổng điểm không khớp các thành phần") :]
    assert told[1:5] == [
        "5 chỗ · cần xem",
        "- Tỉnh 0 · Tổng điểm",
        "Mong đợi: 61,35 (tính từ 10 thành phần)",
        "Thực tế: 61,29 (lệch 0,06)",
    ]
    assert [line for line in told if line.startswith("- ")][1:] == [
        "- Tỉnh 1 · Tổng điểm",
        "- Tỉnh 2 · Tổng điểm",
        "- và 2 chỗ khác",
    ]
    assert "Việc cần làm: Đối chiếu bản gốc." in told


def test_the_home_province_is_the_first_example(house: House) -> None:
    others = [fault(f"f{n}", subject_vi=f"{EDITION} · An {n}") for n in range(5)]
    own = fault("own", territory_code="1", subject_vi=f"{EDITION} · Đông Sơn")
    text = house.opened().hears(*others, own)[DATA_TEAM].text
    assert text.index("- Đông Sơn") < text.index("- An 0")


def test_figures_are_counted_as_a_vietnamese_reader_writes_them(house: House) -> None:
    mail = house.opened().hears(*[fault(f"f{n}") for n in range(1003)])[DATA_TEAM]
    assert mail.subject.endswith("· 1.003 lỗi dữ liệu")
    assert "Có 1.003 lỗi dữ liệu." in mail.lines
    assert "Data faults: 1,003." in mail.lines
    assert "1.003 chỗ · cần xem" in mail.lines
    assert "- và 1.000 chỗ khác" in mail.lines
    assert "Đang mở: 1.003 mục" in mail.text


# What became of it


def test_each_change_is_told_as_what_it_is(house: House) -> None:
    house.opened()
    assert f"* [Mới] {EDITION} · {PLACE}" in house.hears(fall("r1", magnitude=1.0))[LEAD].lines
    worse = house.hears(fall("r1", magnitude=2.0), on=THURSDAY)[LEAD]
    assert f"* [Nặng hơn] {EDITION} · {PLACE}" in worse.lines
    ended = house.hears(on=FRIDAY)[LEAD]
    assert ended.subject == "[Chiso] 2026-11-30 · Bản tin ngày · 1 đã kết thúc"
    assert section(ended, "ĐÃ KẾT THÚC")[:2] == [
        "What is over",
        f"* Tổng điểm giảm vượt mức nhiễu · {EDITION} · {PLACE} · Tổng điểm: đã được khắc phục",
    ]
    assert "Đang mở" not in ended.text
    again = house.hears(fall("r1", magnitude=2.0), on=datetime(2026, 12, 1, 9, tzinfo=ZONE))[LEAD]
    assert f"* [Tái diễn] {EDITION} · {PLACE}" in again.lines
    eased = house.hears(
        fall("r1", magnitude=1.0, observed="65,00"), on=datetime(2026, 12, 2, 9, tzinfo=ZONE), weekly=True
    )[LEAD]
    assert eased.subject == "[Chiso] 2026-12-07 · Bản tin tuần · 1 đỡ hơn"
    assert_parts_agree(eased)
    assert section(eased, "ĐỠ HƠN TRƯỚC")[:2] == [
        "What eased",
        f"* Tổng điểm giảm vượt mức nhiễu · {EDITION} · {PLACE} · Tổng điểm: nay 65,00",
    ]


def test_what_is_no_longer_looked_at_is_not_told_as_mended(house: House) -> None:
    house.opened().hears(fall("r1"))
    house.marts.execute("update marts.dim_edition set load_status = 'excluded' where edition_year = 2002")
    [said] = [line for line in house.hears(on=THURSDAY)[LEAD].lines if line.startswith("* ")]
    assert said.endswith(": không còn được xét; chưa phải là đã khắc phục")


def test_what_a_newer_edition_put_into_the_past_is_told_so(house: House) -> None:
    house.opened().hears(fall("r1"))
    mail = house.hears(fall("r1", is_latest_edition=False), on=THURSDAY)[LEAD]
    assert [line for line in mail.lines if line.startswith("* ")] == [
        f"* Tổng điểm giảm vượt mức nhiễu · {EDITION} · {PLACE} · Tổng điểm: đã có kỳ công bố mới hơn"
    ]


def test_many_that_end_together_are_one_line(house: House) -> None:
    faults = [fault(f"f{n}", subject_vi=f"{EDITION} · Tỉnh {n}") for n in range(30)]
    house.opened().hears(*faults)
    mail = house.hears(*faults[:1], on=THURSDAY)[DATA_TEAM]
    assert mail.subject.endswith("· 29 đã kết thúc")
    assert section(mail, "ĐÃ KẾT THÚC")[1] == (
        f"* Tổng điểm không khớp các thành phần · {EDITION}: 29 mục đã được khắc phục"
    )


def test_what_changed_several_times_is_told_once_with_the_last_figures(house: House) -> None:
    house.opened()
    for hour, magnitude in ((9, 1.0), (11, 2.0), (13, 0.5)):
        house.judge(fall("r1", magnitude=magnitude, observed=str(magnitude), after_vi=f"64,{hour}"))
        assert house.round(WEDNESDAY.replace(hour=hour)) == {}
    mail = house.round(THURSDAY)[LEAD]
    assert mail.subject == "[Chiso] 2026-11-26 · Bản tin ngày · 1 suy giảm"
    assert [line for line in mail.lines if line.startswith("* ")] == [f"* [Mới] {EDITION} · {PLACE}"]
    assert "- Tổng điểm: 65,25 → 64,13 (giảm 1,15 điểm)" in mail.lines
    assert house.round(MONDAYS_DIGEST) == {}


def test_what_waits_for_the_week_goes_along_with_a_fall_of_the_same_place_and_is_not_told_again(house: House) -> None:
    elsewhere = noise("n1", index_code="BETA", subject_vi="BETA 2002 (63 tỉnh, thành) · Đông Sơn")
    mail = house.opened().hears(fall("r1"), part("r2"), elsewhere)[LEAD]
    assert "- Tiếp cận đất đai: 7,12 → 6,50 (giảm 0,62 điểm)" in mail.lines
    assert "BETA" not in mail.text
    weekly = house.round(MONDAYS_DIGEST)[LEAD]
    assert weekly.subject == "[Chiso] 2026-11-30 · Bản tin tuần · 1 lượt giảm nhẹ"
    assert "GIẢM NHẸ: TRONG MỨC NHIỄU HOẶC Ở THÀNH PHẦN" in weekly.lines
    assert f"* [Mới] BETA 2002 (63 tỉnh, thành) · {PLACE}" in weekly.lines
    assert "Tiếp cận đất đai" not in weekly.text


def test_the_opening_digest_tells_what_is_grave_and_names_the_rest(house: House) -> None:
    house.judge(fall("r1"), noise("n1", index_code="BETA", subject_vi="BETA 2002 · Đông Sơn"))
    mail = house.round()[LEAD]
    assert mail.subject == "[Chiso] 2026-11-25 · Bản tin mở đầu · 1 suy giảm · 1 lượt giảm nhẹ"
    assert f"* {EDITION} · {PLACE}" in mail.lines
    assert (
        f"Chỉ giảm trong mức nhiễu hoặc ở thành phần, không liệt kê ở đây: BETA 2002 (63 tỉnh, thành) · {PLACE}."
        in mail.lines
    )
    assert not any(line.startswith("* BETA") for line in mail.lines)
    assert "Mới" not in mail.text
    assert_parts_agree(mail)
    assert house.round(MONDAYS_DIGEST) == {}


# To whom


def test_each_hears_only_what_is_routed_to_them(house: House) -> None:
    other = fall(
        "b1", index_code="BETA", lead_agency_code="so_cong_thuong", lead_agency_vi="Sở Công Thương", territory_code="1"
    )
    mails = house.opened().hears(fall("r1"), other, fault("f1"))
    assert {code: mail.subject.split(" · ", 2)[2] for code, mail in mails.items()} == {
        FINANCE: "2 suy giảm · 1 lỗi dữ liệu",
        LEAD: "1 suy giảm",
        "so_cong_thuong": "1 suy giảm",
        DATA_TEAM: "1 lỗi dữ liệu",
    }
    assert "BETA" not in mails[LEAD].text + mails[LEAD].html + mails[DATA_TEAM].text
    assert "Kính gửi Sở Công Thương. Ngày 26/11/2026." in mails["so_cong_thuong"].lines
    opened = {code: re.findall(r"Đang mở: (\d+)", mail.text) for code, mail in mails.items()}
    assert opened == {FINANCE: ["3"], LEAD: ["1"], "so_cong_thuong": ["1"], DATA_TEAM: ["1"]}


def test_nobody_gets_a_message_when_nothing_is_new(house: House) -> None:
    house.opened().hears(fall("r1"))
    assert house.hears(fall("r1"), on=THURSDAY, weekly=True) == {}


# What is ours


def test_a_run_that_failed_says_where_why_and_where_to_look(house: House) -> None:
    mails = house.opened().round(runs=[FAILED])
    assert list(mails) == [DATA_TEAM]
    mail = mails[DATA_TEAM]
    assert mail.subject == "[Chiso] 2026-11-25 · Cảnh báo · 1 sự cố hệ thống"
    assert section(mail, "SỰ CỐ HỆ THỐNG")[:6] == [
        "Faults of the pipeline, not of the figures",
        "* [Mới] Lượt chạy không hoàn thành: build_marts",
        "Lượt chạy abcdef01 dừng ở bước build_marts.",
        "Lỗi: CatalogError: no table 'evd_thử'",
        "Việc cần làm: Mở lượt chạy trong Dagster để xem toàn bộ lỗi, sửa nguyên nhân rồi chạy lại.",
        "Dagster, lượt chạy abcdef01 <http://127.0.0.1:3000/runs/abcdef0123456789>",
    ]
    assert_parts_agree(mail)
    mended = house.round(THURSDAY, [RunEnd("fedcba", "refresh", 2.0, False)])[DATA_TEAM]
    assert "* Lượt chạy không hoàn thành · build_marts: đã được khắc phục" in mended.lines


def test_a_check_that_could_not_run_is_ours_and_not_a_fault_of_the_figures(house: House) -> None:
    house.opened()
    house.judge(checks=all_checks(rank_fell={"outcome": "error", "error_text": "Table evd_thử\nis missing"}))
    mail = house.round()[DATA_TEAM]
    assert "* [Mới] Phép kiểm tra không chạy được: Quy tắc rank_fell" in mail.lines
    assert "Lỗi: Table evd_thử is missing" in mail.lines
    assert "Bằng chứng (Data Docs): tệp quality/data_docs/index.html trên máy chủ Chiso" in mail.lines
    assert "lỗi dữ liệu" not in mail.subject


def test_a_deadline_says_what_for_when_who_and_to_whom(house: House) -> None:
    house.plans()
    house.plans(
        deadline_code="monthly",
        what_vi="Báo cáo tháng thử nghiệm",
        recurrence="monthly",
        due_on=None,
        responsible_vi="Sở Nội vụ",
        responsible_agency_code=LEAD,
        recipient_agency_code="ubnd_tinh",
        recipient_vi="Ủy ban nhân dân tỉnh",
        section=None,
    )
    mails = house.round(datetime(2026, 12, 1, 9, tzinfo=ZONE))
    assert mails[LEAD].subject == "[Chiso] 2026-12-01 · Nhắc thời hạn báo cáo · 2 thời hạn báo cáo"
    assert section(mails[LEAD], "THỜI HẠN BÁO CÁO") == [
        "Reporting deadlines of the plan",
        "* Báo cáo năm thử nghiệm",
        "Hạn: chậm nhất ngày 02/12/2026",
        "Đơn vị báo cáo: Các sở, ban, ngành",
        "Nơi nhận: Sở Tài chính",
        "Căn cứ: Kế hoạch triển khai Nghị quyết 02/NQ-CP, mục III.1",
        "* Báo cáo tháng thử nghiệm",
        "Hạn: tháng 12/2026; kế hoạch không nêu ngày",
        "Đơn vị báo cáo: Sở Nội vụ",
        "Nơi nhận: Ủy ban nhân dân tỉnh",
    ]
    assert_parts_agree(mails[LEAD])
    assert "Báo cáo tháng" not in mails[FINANCE].text
    assert "Báo cáo tháng" in mails["ubnd_tinh"].text
    assert DATA_TEAM not in mails


def test_a_test_message_says_only_that_it_arrived(house: House) -> None:
    house.opened()
    with open_store(house.settings.alerts) as con, changing(con):
        compose_test(con, house.desk, house.desk.config.recipients[FINANCE], WEDNESDAY)
    mail = house.round()[FINANCE]
    assert mail.subject == "[Chiso] 2026-11-25 · Thư thử"
    assert "Kênh nhận cảnh báo này hoạt động. Không cần làm gì." in mail.lines
    assert not mail.text.rstrip().endswith("--")
    assert_parts_agree(mail)


# Where to see more


def test_pages_are_links_where_their_address_is_configured(tmp_path: Path) -> None:
    house = House(
        tmp_path / "home", "links: {dagster: 'https://chiso.example.org/', data_docs: 'https://docs.example.org/gx'}"
    )
    mail = house.opened().hears(fall("r1"))[LEAD]
    dagster, docs = "https://chiso.example.org/assets/reporting/rpt_finding", f"https://docs.example.org/gx/{PAGE}"
    assert f"Mọi phát hiện trong Dagster <{dagster}>" in mail.lines
    assert f"Bằng chứng (Data Docs) <{docs}>" in mail.lines
    assert {dagster, docs} <= set(Page(mail.html).links)
    assert "trên máy chủ" not in mail.text


def test_pages_without_an_address_are_no_links(tmp_path: Path) -> None:
    house = House(tmp_path / "home", "links: {dagster: null}")
    mail = house.opened().hears(fall("r1", source_url=None))[LEAD]
    failed = house.round(FRIDAY, [FAILED])[DATA_TEAM]
    assert "Bằng chứng (Data Docs): tệp quality/data_docs/index.html trên máy chủ Chiso" in mail.lines
    assert Page(mail.html).links + Page(failed.html).links == []
    assert "http" not in mail.text + failed.text


def test_only_addresses_of_pages_are_links(house: House) -> None:
    urls = (
        "ftp://example.org/x javascript:alert(1) file:///etc/passwd; https://example.org/a (bảng 2); http://example.org"
    )
    mail = house.opened().hears(fall("r1", source_url=urls))[LEAD]
    assert Page(mail.html).links[:2] == ["https://example.org/a", "http://example.org"]
    assert not any(word in mail.html for word in ("ftp:", "javascript:", "file:"))


# The picture


def test_the_picture_is_inside_and_its_words_stand_in_both_parts(everything: Mail) -> None:
    page = Page(everything.html)
    assert page.alt == [picture().alt_vi]
    assert f"Biểu đồ: {picture().alt_vi}" in everything.lines
    [png] = [one for one in everything.parsed.walk() if one.get_content_type() == "image/png"]
    assert png.get_content() == picture().png
    assert png["Content-ID"] == "<bieu-do>"
    assert png.get_content_disposition() == "inline"
    assert "cid:bieu-do" in page.links


def test_no_picture_and_no_word_of_it_where_nothing_can_be_drawn(house: House) -> None:
    # nothing is published yet
    mail = house.opened().hears(fall("r1"))[LEAD]
    house.draws(lambda _: Picture(None, NOTHING_VI))
    other = house.hears(fall("r2"), on=THURSDAY)[LEAD]
    for one in (mail, other):
        assert "img" not in Page(one.html).tags
        assert "Biểu đồ" not in one.text
        assert NOTHING_VI not in one.text + one.html
        assert not any(part.get_content_maintype() == "image" for part in one.parsed.walk())


def test_nothing_is_drawn_for_faults_or_falls_within_noise(house: House) -> None:
    house.draws(lambda index: pytest.fail(f"a picture of {index}"))
    house.opened().hears(fault("f1"), noise("n1"), part("p1"), late("t1"), weekly=True)


# Both parts


def test_both_parts_say_the_same_in_the_same_order(everything: Mail) -> None:
    assert len(Page(everything.html).texts) > 50
    assert_parts_agree(everything)


def test_html_is_one_column_inline_and_fetches_nothing(everything: Mail) -> None:
    page = Page(everything.html)
    assert not {"script", "link", "style", "iframe", "table", "object", "form"} & set(page.tags)
    assert [link for link in page.links if not link.startswith(("https://", "http://", "cid:"))] == []
    assert page.tags.count("img") == 1
    assert "max-width:640px" in everything.html
    assert "url(" not in everything.html
    assert 'name="viewport"' in everything.html


def test_every_heading_has_an_english_line(everything: Mail) -> None:
    html = everything.html
    assert len(re.findall(r"</h[12]>\s*<p lang=\"en\"", html)) == len(re.findall(r"<h[12]\b", html)) == 8


# Nothing hostile leaves its place


def assert_harmless(mail: Mail, honest: Iterable[str] = ()) -> None:
    """No line, header, tag or link came out of a name; the text itself is there to read."""
    page = Page(mail.html)
    assert not {"script", "iframe"} & set(page.tags)
    assert page.tags.count("img") == 0
    assert page.handlers == []
    assert set(page.links) <= {"http://127.0.0.1:3000/assets/reporting/rpt_finding", *honest}
    assert "&lt;script&gt;" in mail.html
    said = (mail.text + mail.html).replace("\r\n", "")
    assert [one for one in said if category(one) in ("Cc", "Cf", "Zl", "Zp") and one != "\n"] == []
    assert not [line for line in mail.lines if line.startswith(("Bcc", "* ĐÃ"))]
    assert mail.parsed["Bcc"] is None
    headers = mail.mime.split(b"\r\n\r\n", 1)[0]
    assert b"thief" not in headers
    assert mail.parsed.defects == []


def test_names_from_sources_stay_text_on_one_line(house: House) -> None:
    house.marts.execute("update marts.dim_territory set name_vi = ?", [HOSTILE])
    house.opened()
    columns = dict.fromkeys(
        (
            "index_name_vi",
            "territory_label_vi",
            "component_name_vi",
            "subject_vi",
            "title_vi",
            "expected",
            "observed",
            "before_vi",
            "after_vi",
            "change_vi",
            "certainty_vi",
            "lead_agency_vi",
            "legal_basis",
            "message_vi",
            "remedy_vi",
            "source_url",
        ),
        HOSTILE,
    )
    mails = house.hears(fall("r1", **columns), part("r2", **columns), fault("f1", **columns), late("t1", **columns))
    for mail in mails.values():
        assert_harmless(mail)
        assert mail.text.count("thief@example.org") > 3
    house.marts.execute("update marts.dim_edition set load_status = 'excluded'")
    for mail in house.hears(on=THURSDAY).values():
        assert_harmless(mail)


def test_errors_and_deadlines_stay_text_on_one_line(house: House) -> None:
    house.plans(what_vi=HOSTILE, responsible_vi=HOSTILE, recipient_vi=HOSTILE, section=HOSTILE)
    house.judge(checks=all_checks(rank_fell={"outcome": "error", "error_text": HOSTILE, "title_vi": HOSTILE}))
    failed = RunEnd("abcdef01", "refresh", 1.0, True, "build_marts", HOSTILE)
    mails = house.round(runs=[failed])
    assert_harmless(mails[DATA_TEAM], ["http://127.0.0.1:3000/runs/abcdef01"])
    assert_harmless(mails[LEAD])


# The mail itself


@pytest.mark.parametrize("count", [0, 7, 73, 1234])
@pytest.mark.parametrize("mark", ["giảm", "không chạy được", "suy giảm mới nhất của các tỉnh thành"])
def test_a_subject_of_any_length_comes_back_whole_and_folded(count: int, mark: str) -> None:
    subject = f"[Chiso] 2026-11-22 · {count} {mark} · {count} lỗi dữ liệu · {count} kiểm tra không chạy được"
    message = EmailMessage(policy=POLICY)
    message["Subject"] = subject
    raw = message.as_bytes()
    assert message_from_bytes(raw, policy=SMTP)["Subject"] == subject
    assert str(make_header(decode_header(message_from_bytes(raw)["Subject"]))) == subject
    assert max(len(line) for line in raw.splitlines()) <= 78


@pytest.mark.parametrize("name", ["Chiso", "Chiso Lào Cai", "Hệ thống theo dõi các chỉ số của tỉnh Lào Cai và các xã"])
def test_the_senders_name_comes_back_whole_and_folded(name: str) -> None:
    message = EmailMessage(policy=POLICY)
    message["From"] = f"{name} <chiso@example.org>"
    raw = message.as_bytes()
    assert message_from_bytes(raw, policy=SMTP)["From"].addresses[0].addr_spec == "chiso@example.org"
    # RFC 2047 as most mail programs read it: space between two encoded words is not part of the text
    assert str(make_header(decode_header(message_from_bytes(raw)["From"]))) == f"{name} <chiso@example.org>"
    assert max(len(line) for line in raw.splitlines()) <= 78


def test_the_headers_are_those_of_an_automatic_mail(everything: Mail) -> None:
    mail = everything.parsed
    assert mail["Date"] == "Mon, 30 Nov 2026 07:30:00 +0700"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "vi, en"
    assert (mail["From"], mail["To"]) == (None, None)


def test_on_the_wire_it_is_short_lines_of_ascii_without_a_defect(house: House) -> None:
    house.draws(lambda _: picture())
    long = "Dài" * 2000
    house.opened()
    mail = house.hears(fall("r1", message_vi=long, source_url=f"https://example.org/{'a' * 2000}"))[LEAD]
    wire = addressed(mail.mime, "Chiso Lào Cai <chiso@example.org>", "a@example.org")
    assert wire.isascii()
    assert wire.count(b"\n") == wire.count(b"\r\n")
    assert max(map(len, wire.split(b"\r\n"))) <= 998
    parsed = message_from_bytes(wire, policy=SMTP.clone(raise_on_defect=True))
    assert [one.get_content_type() for one in parsed.walk()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]
    assert [defect for one in parsed.walk() for defect in one.defects] == []
    assert long in mail.text
    assert long in mail.html


def test_an_address_is_added_and_nothing_else_changes(everything: Mail) -> None:
    wire = addressed(everything.mime, "Sở Tài chính <chiso@example.org>", "a@example.org")
    headers, body = everything.mime.split(b"\r\n\r\n", 1)
    headers_then, body_then = wire.split(b"\r\n\r\n", 1)
    assert body_then == body
    assert headers_then.startswith(headers)
    mail = message_from_bytes(wire, policy=SMTP)
    assert mail["Message-ID"] == everything.mail_id
    assert (mail["From"], mail["To"]) == ("Sở Tài chính <chiso@example.org>", "a@example.org")


@pytest.mark.parametrize("address", ["a@example.org\nBcc: thief@example.org", "a@example.org\r\n\r\nbody"])
def test_an_address_with_a_line_break_is_refused(everything: Mail, address: str) -> None:
    with pytest.raises(ValueError, match=r"linefeed|carriage"):
        addressed(everything.mime, "chiso@example.org", address)
    with pytest.raises(ValueError, match=r"linefeed|carriage"):
        addressed(everything.mime, address, "a@example.org")


def test_each_message_has_an_id_of_its_own_on_all_channels_of_its_recipient(tmp_path: Path) -> None:
    house = House(
        tmp_path / "home",
        """
sender: "Chiso <chiso@example.org>"
channels: {mail: {kind: smtp, host: 127.0.0.1, port: 2525, security: none}}
recipients:
  so_noi_vu:
    send: [{channel: mail, address: a@example.org}, {channel: mail, address: b@example.org}, {channel: file}]
""",
    )
    mails = [*house.opened().hears(fall("r1")).values(), *house.hears(fall("r1"), fall("r2"), on=THURSDAY).values()]
    ids = [mail.mail_id for mail in mails]
    assert len(set(ids)) == len(ids) == 4
    assert all(re.fullmatch(r"<[0-9a-f]{32}@example\.org>", mail_id) for mail_id in ids)
    with open_store(house.settings.alerts) as con:
        rows = con.execute(
            "select mime, channel, address from delivery join message using (message_id) where mail_id = ?",
            [next(mail.mail_id for mail in mails if mail.recipient == LEAD)],
        ).fetchall()
    assert [(row["channel"], row["address"]) for row in rows] == [
        ("mail", "a@example.org"),
        ("mail", "b@example.org"),
        ("file", ""),
    ]
    sent = {message_from_bytes(addressed(row["mime"], "c@example.org", "d@example.org"))["Message-ID"] for row in rows}
    assert len(sent) == 1
    assert sent <= set(ids)


def test_two_falls_of_one_place_are_one_card_and_the_day_is_that_of_viet_nam(house: House) -> None:
    house.judge(fall("r1"), rank_fall("r2"))
    mail = house.round(datetime(2026, 11, 25, 20, 0, tzinfo=ZONE).astimezone(tz=None))[LEAD]
    assert mail.subject.startswith("[Chiso] 2026-11-25 · Bản tin mở đầu · 1 suy giảm")
    assert date(2026, 11, 25).strftime("Ngày %d/%m/%Y.") in mail.text
