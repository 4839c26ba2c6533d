"""The digest: what it says, that both parts say it, that nothing hostile leaves its place, that it is written once."""

import re
from collections.abc import Callable
from datetime import date
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP
from html.parser import HTMLParser
from pathlib import Path

import pytest

from quality.digest import POLICY, MailAddresses, write_digest
from quality.findings import Check, Finding, write_results

AS_OF = date(2026, 11, 22)
Make = Callable[..., Finding]
HOSTILE = 'Tây "><script>alert(1)</script>\r\nBcc: thief@example.org\r\n\r\nII. KHÔNG CÓ LỖI\u2028x\u202e'


class _Text(HTMLParser):
    """Visible texts and addresses of an HTML page, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: set[str] = set()
        self.links: list[str] = []
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._hidden = tag == "title"
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._hidden:
            self.texts.append(" ".join(data.split()))


def _digest(path: Path, tmp_path: Path, as_of: date = AS_OF, addresses: MailAddresses | None = None) -> Path:
    return write_digest(path, tmp_path / "outbox", as_of, "1-2025", addresses or MailAddresses())


def _parts(path: Path) -> tuple[EmailMessage, str, str]:
    message = message_from_bytes(path.read_bytes(), policy=SMTP)
    assert isinstance(message, EmailMessage)
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    return message, plain.get_content(), html.get_content()


@pytest.fixture
def written(warehouse: Path, finding: Make, fault: Make, check: Callable[..., Check]) -> Path:
    """A warehouse with every kind of finding and one check that could not run."""
    findings = [
        finding("r1"),
        finding(
            "r2",
            rule_code="rank_fell",
            measure="rank",
            before_vi="16",
            after_vi="25",
            change_vi="tụt 9 bậc",
            ranked_among=63,
        ),
        finding(
            "r3",
            rule_code="component_fell",
            severity="info",
            component_code="land",
            component_name_vi="Tiếp cận đất đai",
            before_vi="7,12",
            after_vi="6,50",
            change_vi="giảm 0,62 điểm",
        ),
        finding("r4", edition_year=2001, is_latest_edition=False),
        finding("r5", rule_code="component_fell", severity="info", component_code="land", index_code="BETA"),
        finding(
            "t1",
            rule_code="publication_late",
            title_vi="Kỳ công bố bị muộn",
            territory_code=None,
            subject_vi="ALPHA 2003",
            expected="có trước 30/06/2004",
            observed="chưa có sau 12 ngày",
        ),
        *[fault(f"f{i}", subject_vi=f"ALPHA 2002 (63 tỉnh, thành) · Tỉnh {i} · Tổng điểm") for i in range(5)],
        fault("g1", index_code="BETA", edition_year=2000, severity="critical", legal_basis=None),
    ]
    checks = [
        check("total_equals_components", outcome="failed", unexpected=6),
        check("rank_fell", outcome="error", evaluated=0, error_text="Table with name evd_rank_order does not exist!"),
    ]
    write_results(warehouse, findings, checks)
    return warehouse


def test_subject_sorts_and_counts(written: Path, tmp_path: Path) -> None:
    message, _, _ = _parts(_digest(written, tmp_path))
    assert (
        message["Subject"]
        == "[Chiso] 2026-11-22 · 1 suy giảm · 1 nhắc việc · 6 lỗi dữ liệu · 1 kiểm tra không chạy được"
    )
    assert message["Date"] == "Sun, 22 Nov 2026 07:00:00 +0700"
    assert message["Content-Language"] == "vi, en"
    assert (message["From"], message["To"]) == ("chiso@localhost", "so-tai-chinh@localhost")


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


def test_regressions_say_before_after_rank_agency_and_source(written: Path, tmp_path: Path) -> None:
    _, text, _ = _parts(_digest(written, tmp_path))
    lines = [line.strip() for line in text.splitlines()]
    for line in (
        "* ALPHA 2002 (63 tỉnh, thành) · Đông Sơn (đến 30/06/2025)",
        "- Tổng điểm: 65,25 → 64,10 (giảm 1,15 điểm)",
        "Bằng 2,4 lần độ nhiễu.",
        "- Tổng điểm, thứ hạng: 16 → 25 trên 63 (tụt 9 bậc)",
        "Chỉ giảm trong mức nhiễu hoặc ở thành phần, không liệt kê ở đây: "
        "BETA 2002 (63 tỉnh, thành) · Đông Sơn (đến 30/06/2025).",
        "* Kỳ công bố bị muộn: ALPHA 2003",
        "- Mong đợi: có trước 30/06/2004",
        "- Thực tế: chưa có",
        "- Tiếp cận đất đai: 7,12 → 6,50 (giảm 0,62 điểm)",
        "Đầu mối: Sở Tài chính",
        "Căn cứ: Kế hoạch mới, Phụ lục I",
        "Nguồn: example.org/alpha-2002 <https://example.org/alpha-2002>",
        "Các kỳ trước: 1 lần suy giảm, không liệt kê ở đây. ALPHA: 1 (2001).",
        "Gồm cả các tỉnh đã sáp nhập thành Đông Sơn: kỳ công bố trước khi sáp nhập tính theo tỉnh cũ.",
    ):
        assert line in lines


def test_faults_are_grouped_worst_first_with_the_first_few(written: Path, tmp_path: Path) -> None:
    _, text, _ = _parts(_digest(written, tmp_path))
    faults = text[text.index("III. LỖI DỮ LIỆU") : text.index("IV. PHÉP KIỂM TRA")]
    assert faults.index("BETA 2000") < faults.index("ALPHA 2002")
    assert "1 chỗ · nghiêm trọng" in faults
    assert "5 chỗ · cần xem" in faults
    assert "và 2 chỗ khác" in faults
    assert "Tỉnh 2 · Tổng điểm" in faults
    assert "Tỉnh 3" not in faults
    assert "Mong đợi: 61,35 (tính từ 10 thành phần)" in faults
    assert "Thực tế: 61,29 (lệch 0,06)" in faults
    assert "Việc cần làm: Đối chiếu bản gốc." in faults


def test_the_home_province_is_the_first_example(warehouse: Path, fault: Make, tmp_path: Path) -> None:
    others = [fault(f"f{i}", subject_vi=f"ALPHA 2002 (63 tỉnh, thành) · An {i}") for i in range(5)]
    own = fault("own", territory_code="1", subject_vi="ALPHA 2002 (63 tỉnh, thành) · Đông Sơn")
    write_results(warehouse, [*others, own], [])
    _, text, _ = _parts(_digest(warehouse, tmp_path))
    assert text.index("- Đông Sơn") < text.index("- An 0")


def test_checks_that_could_not_run_stand_apart(written: Path, tmp_path: Path) -> None:
    _, text, _ = _parts(_digest(written, tmp_path))
    assert "Table with name evd_rank_order does not exist!" in text[text.index("IV. PHÉP KIỂM TRA") :]


def test_plain_text_says_all_that_html_says(written: Path, tmp_path: Path) -> None:
    _, text, html = _parts(_digest(written, tmp_path))
    page = _Text()
    page.feed(html)
    plain = " ".join(text.split()).casefold()
    assert len(page.texts) > 40
    assert [said for said in page.texts if said.casefold() not in plain] == []
    assert [link for link in page.links if link not in plain] == []


def test_html_is_one_column_inline_and_fetches_nothing(written: Path, tmp_path: Path) -> None:
    _, _, html = _parts(_digest(written, tmp_path))
    page = _Text()
    page.feed(html)
    assert not page.tags & {"script", "img", "link", "style", "iframe", "table"}
    assert "max-width:640px" in html
    assert "url(" not in html
    assert 'name="viewport"' in html


def test_every_heading_has_an_english_line(written: Path, tmp_path: Path) -> None:
    _, _, html = _parts(_digest(written, tmp_path))
    assert len(re.findall(r"</h[12]>\s*<p lang=\"en\"", html)) == len(re.findall(r"<h[12]\b", html)) == 5


def test_nothing_found_is_said_in_good_words(warehouse: Path, check: Callable[..., Check], tmp_path: Path) -> None:
    write_results(warehouse, [], [check("key_unique", evaluated=1200), check("score_in_scale", evaluated=34)])
    message, text, html = _parts(_digest(warehouse, tmp_path))
    assert message["Subject"] == "[Chiso] 2026-11-22 · không có phát hiện mới"
    for part in (text, html):
        assert "Không có phát hiện mới: mọi phép kiểm tra đã chạy và đều đạt." in part
        assert "Không có suy giảm mới." in part
        assert "Không có lỗi dữ liệu." in part
        assert "Không có chỉ tiêu hay kỳ công bố nào cần nhắc." in part
        assert "2 quy tắc đã chạy trên 1.234 đối tượng" in part


def test_an_error_is_never_told_as_all_is_well(warehouse: Path, check: Callable[..., Check], tmp_path: Path) -> None:
    write_results(warehouse, [], [check("key_unique", outcome="error", error_text="boom")])
    message, text, _ = _parts(_digest(warehouse, tmp_path))
    assert "không có phát hiện mới" not in message["Subject"]
    assert "Không có phát hiện mới" not in text


def test_a_hostile_name_stays_text_on_one_line(warehouse: Path, finding: Make, fault: Make, tmp_path: Path) -> None:
    hostile = {"territory_label_vi": HOSTILE, "index_name_vi": HOSTILE, "source_url": "javascript:alert(1) " + HOSTILE}
    write_results(
        warehouse,
        [
            finding("r1", legal_basis=HOSTILE, lead_agency_vi=HOSTILE, **hostile),
            fault("f1", subject_vi=HOSTILE, expected=HOSTILE, observed=HOSTILE, remedy_vi=HOSTILE, **hostile),
        ],
        [],
    )
    path = _digest(warehouse, tmp_path)
    message, text, html = _parts(path)
    page = _Text()
    page.feed(html)
    assert "script" not in page.tags
    assert "&lt;script&gt;" in html
    assert page.links == []
    assert "javascript:" not in html
    assert message["Bcc"] is None
    assert not any(line.startswith(("Bcc:", "II. KHÔNG")) for line in text.splitlines())
    assert "\u202e" not in text + html
    headers = path.read_bytes().split(b"\r\n\r\n", 1)[0]
    assert b"thief" not in headers


@pytest.mark.parametrize("address", ["a@example.org\nBcc: thief@example.org", "a@example.org\r\n\r\nbody"])
def test_an_address_with_a_line_break_is_refused(written: Path, tmp_path: Path, address: str) -> None:
    with pytest.raises(ValueError, match=r"linefeed|carriage"):
        _digest(written, tmp_path, addresses=MailAddresses(recipient=address))
    assert list((tmp_path / "outbox").glob("*.eml")) == []


def test_addresses_come_from_the_environment_and_default_to_nobody() -> None:
    assert MailAddresses.from_env({}) == MailAddresses("chiso@localhost", "so-tai-chinh@localhost")
    environ = {"CHISO_ALERT_FROM": "a@example.org", "CHISO_ALERT_TO": ""}
    assert MailAddresses.from_env(environ) == MailAddresses("a@example.org", "so-tai-chinh@localhost")


def test_the_same_findings_are_written_once_on_whatever_day(written: Path, tmp_path: Path) -> None:
    first = _digest(written, tmp_path)
    content = first.read_bytes()
    assert _digest(written, tmp_path) == first
    assert _digest(written, tmp_path, as_of=date(2026, 11, 23)) == first
    assert [path.name for path in (tmp_path / "outbox").iterdir()] == [first.name]
    first.unlink()
    assert _digest(written, tmp_path).read_bytes() == content


def test_a_change_is_a_new_digest_and_going_back_is_one_too(
    warehouse: Path, fault: Make, finding: Make, tmp_path: Path
) -> None:
    names = []
    for day, findings in ((20, [fault("f1")]), (21, [fault("f1"), finding("r1")]), (22, [fault("f1")])):
        write_results(warehouse, findings, [])
        names.append(_digest(warehouse, tmp_path, as_of=date(2026, 11, day)).name)
    assert len(set(names)) == 3
    assert names[0][-16:] == names[2][-16:]


def test_message_id_is_stable_and_differs_by_content(
    written: Path, warehouse: Path, finding: Make, tmp_path: Path
) -> None:
    one = _parts(_digest(written, tmp_path))[0]["Message-ID"]
    two = _parts(_digest(written, tmp_path / "again"))[0]["Message-ID"]
    write_results(warehouse, [finding("r1")], [])
    three = _parts(_digest(warehouse, tmp_path / "third"))[0]["Message-ID"]
    assert one == two != three
    assert re.fullmatch(r"<digest-[0-9a-f]{32}@chiso\.localhost>", one)
