"""`chiso run` as a person runs it: what it says, what it leaves, and that doing it again changes nothing."""

import hashlib
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest

from tests.conftest import Installation

# synthetic figures for an edition that the archive does not hold; other column order, spellings and decimal mark
ADDED = """Nhóm xếp hạng,PCI 2018,Tỉnh,Xếp hạng,Gia nhập thị trường,Tiếp cận đất đai,Tính minh bạch,Chi phí thời gian,\
Chi phí không chính thức,Cạnh tranh bình đẳng,Tính năng động,Hỗ trợ doanh nghiệp,Đào tạo lao động,Thiết chế pháp lý
Khá,"61,5",LAO CAI,2,"6,15","6,15","6,15","6,15","6,15","6,15","6,15","6,15","6,15","6,15"
Tốt,"72,5",TP. Đà Nẵng,1,"7,25","7,25","7,25","7,25","7,25","7,25","7,25","7,25","7,25","7,25"
"""
ORIGIN = ("--source-url", "https://example.test/pci", "--source-kind", "official", "--partial")


def content(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def copy(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A second home that tests may change."""
    return installation.copied(tmp_path_factory.mktemp("second") / "home")


def test_status_says_what_is_held(installation: Installation) -> None:
    said = installation.chiso("status").stdout
    assert "IPRI" in said
    assert "no edition" in said
    assert "2005-2025" in said
    assert "Inbox: empty" in said


def test_commands_before_the_first_run_say_what_to_do(tmp_path: Path) -> None:
    empty = Installation(tmp_path / "home")
    assert "Start with: chiso run" in empty.chiso("status").stdout
    findings = empty.chiso("findings")
    assert findings.returncode == 1
    assert "`chiso run` makes it" in findings.stderr
    assert "No incident" in empty.chiso("alerts", "list").stdout


def test_an_unusable_setting_is_said_in_one_line(tmp_path: Path) -> None:
    said = Installation(tmp_path).chiso("run", CHISO_AS_OF="22/11/2026")
    assert said.returncode == 1
    assert said.stderr == "Error: CHISO_AS_OF is '22/11/2026'; write a date as YYYY-MM-DD, or leave it out\n"


def test_the_first_run_sends_one_opening_digest_to_each_office(installation: Installation) -> None:
    """The findings of all history do not flood anybody."""
    paths = sorted((installation.home / "alerts" / "outbox").glob("*.eml"))
    recipients = [path.name.removesuffix(path.name[-17:])[11:] for path in paths]
    assert recipients == ["data_team", "so_khoa_hoc_va_cong_nghe", "so_noi_vu", "so_tai_chinh"]
    message = BytesParser(policy=policy.default).parsebytes(paths[-1].read_bytes())
    assert "Bản tin mở đầu" in str(message["subject"])
    html = message.get_body(preferencelist=("html",))
    assert html is not None
    assert "Kính gửi Sở Tài chính" in html.get_content()
    assert [part.get_content_type() for part in message.walk()].count("image/png") == 1


def test_nothing_new_is_nothing_done(installation: Installation) -> None:
    before = content(installation.home / "published")
    again = installation.chiso("run")
    assert again.returncode == 0, again.stderr
    assert "Nothing changed since the last run" in again.stdout
    assert content(installation.home / "published") == before


def test_running_all_over_again_gives_the_same_bytes(copy: Installation) -> None:
    published, outbox = copy.home / "published", copy.home / "alerts" / "outbox"
    before, alerts = content(published), content(outbox)
    again = copy.chiso("run", "--force")
    assert again.returncode == 0, again.stdout + again.stderr
    assert content(published) == before
    assert content(outbox) == alerts


def test_a_second_run_at_the_same_time_is_refused(copy: Installation) -> None:
    from ingest.home_lock import only_run

    with only_run(copy.home):
        for command in (["publish"], ["run", "--force"]):
            refused = copy.chiso(*command)
            assert refused.returncode == 1
            assert "another run" in refused.stderr


def test_a_file_is_checked_and_added_without_code(copy: Installation, tmp_path: Path) -> None:
    offered = tmp_path / "pci_2018.csv"
    offered.write_text(ADDED, encoding="utf-8")
    unsure = copy.chiso("check", str(offered), "--partial")
    assert unsure.returncode == 1
    assert "--basis" in unsure.stderr
    checked = copy.chiso("check", str(offered), "--partial", "--basis", "63")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "2 rows, 26 figures" in checked.stdout
    nowhere = copy.chiso("add", str(offered), "--partial", "--basis", "63")
    assert nowhere.returncode == 1
    assert "--source-url" in nowhere.stderr
    added = copy.chiso("add", str(offered), "--basis", "63", *ORIGIN)
    assert added.returncode == 0, added.stdout + added.stderr
    twice = copy.chiso("add", str(offered), "--basis", "63", *ORIGIN)
    assert twice.returncode == 0
    assert "known already" in twice.stdout


def test_a_table_that_lacks_units_is_not_taken_for_a_whole_one(copy: Installation, tmp_path: Path) -> None:
    offered = tmp_path / "pci_2018.csv"
    offered.write_text(ADDED.replace("61,5", "61,4"), encoding="utf-8")
    said = copy.chiso("check", str(offered), "--basis", "63")
    assert said.returncode == 1
    assert "The table has 2 of 63 units" in said.stdout
    assert "--partial" in said.stdout


def test_only_a_finished_build_of_the_same_choices_is_published(copy: Installation) -> None:
    other = copy.chiso("publish", CHISO_EXCLUDE_PUBLISHERS="VCCI")
    assert other.returncode == 1
    assert "CHISO_EXCLUDE_PUBLISHERS" in other.stderr
    mark = copy.home / "state" / "warehouse.json"
    text = mark.read_text(encoding="utf-8")
    mark.unlink()
    half = copy.chiso("publish")
    mark.write_text(text, encoding="utf-8")
    assert half.returncode == 1
    assert "not a finished build" in half.stderr


def test_settings_that_fit_nothing_are_said(installation: Installation) -> None:
    said = installation.chiso("run", CHISO_TERRITORY="99-nowhere")
    assert said.returncode == 1
    assert "no territory code" in said.stderr


def test_a_bad_file_is_refused_with_its_places(copy: Installation, tmp_path: Path) -> None:
    offered = tmp_path / "pci_2018.csv"
    offered.write_text(ADDED.replace("LAO CAI", "Lao Kay").replace('"72,5"', "72;5"), encoding="utf-8")
    before = content(copy.home / "catalog") if (copy.home / "catalog").exists() else {}
    said = copy.chiso("add", str(offered), "--basis", "63", *ORIGIN)
    assert said.returncode == 1
    assert "row 2, column 'Tỉnh'" in said.stdout
    assert "row 3, column 'PCI 2018'" in said.stdout
    assert (content(copy.home / "catalog") if (copy.home / "catalog").exists() else {}) == before


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Tỉnh,PCI 2018\n", "a header and no row"),
        ("Tỉnh,PCI 2018\nHà Nội,6.5\nAtlantis,7\n", "no territory list knows 'Atlantis'"),
        ("PK\x03\x04", "not a zip file"),
        ("", "the file is empty"),
    ],
)
def test_what_is_no_table_is_said_plainly(installation: Installation, tmp_path: Path, text: str, says: str) -> None:
    offered = tmp_path / "pci_2018.csv"
    offered.write_text(text, encoding="utf-8")
    said = installation.chiso("check", str(offered))
    assert said.returncode == 1
    assert says in said.stderr
    assert "Traceback" not in said.stderr
