"""`chiso pull` and `chiso verify` as a person uses them."""

import os
import re
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from ingest.faults import EditionFault, Fault
from ingest.home_lock import AnotherRun
from ingest.offer import CandidateError
from ingest.pull.pulling import Pulled
from ingest.pulled import receive_pulled
from ingest.receive import Desk, Received
from ingest.store import StoreError
from orchestration.cli_pull import pull, verify
from tests.integration.pull import publishers
from tests.integration.pull.conftest import House
from tests.integration.pull.publisher_server import Publisher, Reply

Run = Callable[..., Result]


@pytest.fixture
def run(house: House, site: Publisher, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name in [name for name in os.environ if name.startswith("CHISO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CHISO_HOME", str(house.home))
    monkeypatch.setenv("CHISO_AS_OF", "2026-11-22")
    monkeypatch.setattr("orchestration.cli_show_pull._console", Console(highlight=False, width=250))
    monkeypatch.setattr("orchestration.cli_show_add._console", Console(highlight=False, width=250))
    monkeypatch.setenv("CHISO_PULL_ALLOW_PRIVATE", site.at)

    def invoke(*arguments: str, command: click.Command | None = None) -> Result:
        result = CliRunner().invoke(command or pull, arguments)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return invoke


def line(result: Result, source: str) -> str:
    return next(line for line in result.output.splitlines() if line.startswith(source))


def test_pull_says_what_came(run: Run, house: House, site: Publisher) -> None:
    publishers.papi(site)
    publishers.dti(site, (2022,))
    publishers.declare("papi_data", site, house.home)
    publishers.declare("dti_ranking", site, house.home)
    first = run("papi_data", "dti_ranking", "--edition", "2018", "--edition", "2024")
    assert first.exit_code == 1, "DTI has no 2018"
    assert "dti_ranking has no edition 2018; one of: 2020, " in first.output
    assert not site.asked
    first = run("papi_data", "--edition", "2018", "--edition", "2024")
    assert first.exit_code == 1, "one of them is held"
    assert re.search(r"report: .*/quarantine/papi_2024_\w+/report\.md", first.output)
    assert len(re.findall(r"papi_data +20(?:18|24) +new +1 +", first.output)) == 2
    assert "known its figures are there already, as 2018_63" in first.output
    assert "held papi_2024_" in first.output  # the capture has a second column of names, which its own YAML explains
    assert "unchanged" in line(run("papi_data", "--edition", "2018"), "papi_data")


def test_what_fails_is_told_last_with_what_to_do_and_the_others_come(run: Run, house: House, site: Publisher) -> None:
    publishers.dti(site, (2022, 2024))
    site.serve("/xep-hang-2023", Reply(b"", status=403))
    publishers.declare("dti_ranking", site, house.home)
    result = run("dti_ranking", "--edition", "2022", "--edition", "2023", "--edition", "2024")
    assert result.exit_code == 1
    assert len(re.findall(r"dti_ranking +202[24] +new", result.output)) == 2
    assert re.search(r"dti_ranking +2023 +failed", result.output)
    assert "Ask the publisher for leave, or drop the file into the inbox" in result.output.splitlines()[-1]


def test_the_newest_edition_or_all(run: Run, house: House, site: Publisher) -> None:
    publishers.declare("dti_ranking", site, house.home, editions={"first": 2022, "last": 2024})
    publishers.dti(site)
    assert run("dti_ranking").exit_code == 0
    assert site.paths() == ["GET /xep-hang-2024"]
    result = run("dti_ranking", "--all-editions")
    assert [word for word in ("2022", "2023", "2024") if f"dti_ranking  {word}" in result.output] == [
        "2022",
        "2023",
        "2024",
    ]


def test_dry_run_prints_the_requests_and_makes_none(run: Run, house: House, site: Publisher) -> None:
    publishers.declare("papi_data", site, house.home)
    publishers.declare("pci_provinces", site, house.home)
    result = run("papi_data", "pci_provinces", "--dry-run")
    assert result.exit_code == 0
    assert not site.asked
    assert f"GET {site.url}/robots.txt" in result.output
    assert f"GET {site.url}/eng/papi-data/" in result.output
    assert result.output.count(f"GET {site.url}/en/provinces/") == 63
    assert "user-agent: chiso/" in result.output
    assert "then the file behind its link that fits '2025'" in result.output


def test_without_arguments_it_lists(run: Run, house: House, site: Publisher) -> None:
    publishers.dti(site)
    publishers.declare("dti_ranking", site, house.home)
    assert line(run(), "dti_ranking").rstrip().endswith("–")
    run("dti_ranking", "--edition", "2022")
    listed = run("--list")
    assert re.search(r"(20\d\d-\d\d-\d\dT[\d:]+Z) +\1", line(listed, "dti_ranking"))
    assert "by hand" in line(listed, "egdi")
    (house.home / "catalog/sources/broken.yaml").write_text("source: broken\n")
    assert "not usable" in run().output
    assert "no source is called nothing; one of: " in run("nothing").output
    assert "name a source" in run("--dry-run").output


def test_what_came_is_taken_in_and_said(run: Run, house: House, site: Publisher) -> None:
    publishers.dti(site)
    publishers.declare("dti_ranking", site, house.home)
    for _ in range(2):
        assert "known its figures are there already, as 2022_63" in run("dti_ranking", "--edition", "2022").output


@pytest.mark.parametrize(
    "error",
    [
        AnotherRun("another run (process 1) is writing"),
        CandidateError("cannot be taken as it was offered"),
        EditionFault([Fault("catalog_invalid", "index.yaml", text="is broken")]),
        StoreError("cannot be stored"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_cannot_be_taken_in_is_told_and_the_other_sources_come(
    run: Run, house: House, site: Publisher, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    publishers.papi(site)
    publishers.dti(site)
    publishers.declare("papi_data", site, house.home)
    publishers.declare("dti_ranking", site, house.home)

    def received(desk: Desk, pulled: Pulled) -> list[Received]:
        if pulled.source.code == "papi_data":
            raise error
        return receive_pulled(desk, pulled)

    monkeypatch.setattr("ingest.pulled.receive_pulled", received)
    result = run("papi_data", "dti_ranking", "--edition", "2023")
    assert result.exit_code == 1
    assert re.search(rf"papi_data +2023 .* not taken in: .*{re.escape(str(error)[:20])}", result.output)
    assert re.search(r"dti_ranking +2023 .* known", result.output)


def test_verify_finds_every_damage(run: Run, house: House, site: Publisher) -> None:
    for number in range(3):
        site.serve(f"/{number}", Reply(f"page {number}".encode()))
    slugs = {"address": site.url + "/{slug}", "slugs": ["0", "1", "2"]}
    house.declare("s", "page_tables", slugs, site)
    run("s")
    whole = run(command=verify)
    assert whole.exit_code == 0
    assert re.search(r"[\d,]+ files, [\d,]+ bytes, 3 receipts; no problems", whole.output)
    changed, missing, _ = house.stored()
    changed.chmod(0o644)
    changed.write_bytes(b"other bytes")
    missing.unlink()
    next(house.receipts.paths()).write_text("{")
    (house.home / "archive/.incoming" / "999999999-x.part").write_bytes(b"half")
    edition = house.home / "catalog/pci/editions"
    edition.mkdir(parents=True)
    shipped = Path(publishers.PACKAGE_ROOT / "catalog/pci/editions/2017_63.yaml").read_text(encoding="utf-8")
    (edition / "2017_63_v2.yaml").write_text(re.sub(r"(?m)^basis:", "vintage: 2\nbasis:", shipped), encoding="utf-8")
    damaged = run(command=verify)
    assert damaged.exit_code == 1
    assert f"{changed}: does not hold the bytes that it is named after. Move it elsewhere" in damaged.output
    assert "names bytes that are not in the archive" in damaged.output
    assert "is not a readable receipt" in damaged.output
    assert "is missing, PCI 2017_63_v2 names it" in damaged.output
    assert "1 unfinished files of processes that ended; the next pull removes them" in damaged.output
    # bytes that came damaged are never taken for whole ones, nor written over
    with pytest.raises(Exception, match="no longer holds the bytes that it is named after"):
        house.store.put(iter([b"page 0" if changed.name.startswith(_sha(b"page 0")) else _page_of(changed)]))
    assert changed.read_bytes() == b"other bytes"


def _sha(content: bytes) -> str:
    import hashlib

    return hashlib.sha256(content).hexdigest()


def _page_of(path: Path) -> bytes:
    return next(page for page in (b"page 1", b"page 2") if _sha(page) == path.name[:64])
