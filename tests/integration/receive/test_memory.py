"""Large files take no more memory than small ones: they are read line by line, or refused with what to do."""

from pathlib import Path

from tests.integration.receive.large_files import EXAMINE, READ, large_csv, large_workbook, peak_of
from tests.integration.receive.synthetic import pci_2018

# MiB: a quarter of what files seven to ten times as large may take in `make bench`, for it does not grow with the file
_BOUND = 256


def test_a_large_csv_gives_the_rows_of_its_edition_within_bounds(tmp_path: Path) -> None:
    edition = pci_2018()
    path = large_csv(tmp_path / "pci_2018.csv", 30, edition)
    peak, said = peak_of(EXAMINE, str(tmp_path / "home"), str(path), "where")
    assert said.startswith(f"accepted {len(edition.values)} 63"), said
    assert peak < _BOUND


def test_a_large_csv_that_is_no_edition_is_held_within_bounds(tmp_path: Path) -> None:
    path = large_csv(tmp_path / "pci_2018.csv", 30, pci_2018())
    peak, said = peak_of(EXAMINE, str(tmp_path / "home"), str(path))
    assert said.startswith("held 0 "), said
    assert peak < _BOUND


def test_a_large_workbook_is_read_within_bounds(tmp_path: Path) -> None:
    path = large_workbook(tmp_path / "synthetic.xlsx", 6)
    peak, said = peak_of(READ, str(path))
    assert int(said) > 8_000
    assert peak < _BOUND
