"""Large files take no more memory than small ones: they are read line by line, or refused with what to do."""

from pathlib import Path

from tests.integration.receive.large_files import large_csv, large_workbook, peak_of
from tests.integration.receive.synthetic import pci_2018

# MiB, the requirement; what an installation's process may take
_BOUND = 1024
_READ = """
import sys
from pathlib import Path
from ingest.formats.opening import lines_in, places_in, sniff
path, name = Path(sys.argv[1]), "synthetic"
format = sniff(path, name)
[place] = places_in(path, name, format)
print(sum(1 for line in lines_in(path, name, format, place)))
"""
_EXAMINE = """
import sys
from pathlib import Path
from ingest.facts import offer_of
from ingest.offer import OfferedFile
from ingest.receive import Desk
from ingest.settings import Settings, Shelf
from ingest.store import Store
home, path = Path(sys.argv[1]), Path(sys.argv[2])
desk = Desk(Settings.from_env({"CHISO_HOME": str(home)}))
stored = Store(desk.shelf.archive).put(path, path.suffix)
layout = {"where": {"edition": "2018"}} if len(sys.argv) > 3 else {}
files = [OfferedFile(path.name, stored.name, stored.sha256, layout)]
candidate = desk.examine(files, {"index": "PCI", "edition": 2018, "basis": "63"})
print(candidate.outcome, len(candidate.cells), *(remark.check for remark in candidate.remarks))
"""


def test_a_large_csv_gives_the_rows_of_its_edition_within_bounds(tmp_path: Path) -> None:
    edition = pci_2018()
    path = large_csv(tmp_path / "pci_2018.csv", 200, edition)
    peak, said = peak_of(_EXAMINE, str(tmp_path / "home"), str(path), "where")
    assert said.startswith(f"accepted {len(edition.values)}"), said
    assert peak < _BOUND


def test_a_large_csv_that_is_no_edition_is_held_within_bounds(tmp_path: Path) -> None:
    path = large_csv(tmp_path / "pci_2018.csv", 60, pci_2018())
    peak, said = peak_of(_EXAMINE, str(tmp_path / "home"), str(path))
    assert said.startswith("held 0 "), said
    assert peak < _BOUND


def test_a_large_workbook_is_read_within_bounds(tmp_path: Path) -> None:
    path = large_workbook(tmp_path / "synthetic.xlsx", 20)
    peak, said = peak_of(_READ, str(path))
    assert int(said) > 100_000
    assert peak < _BOUND / 4  # ten times as large in `make bench`: what it takes does not grow with the file
