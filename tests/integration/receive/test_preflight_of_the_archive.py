"""The preflight over everything that ships, each edition as if it had just come: how often is it a false alarm?"""

import sys
from collections import Counter

import pytest

from ingest.catalog import Catalog, Edition
from ingest.catalog_reader import load_catalog
from ingest.preflight import Inspected, on_list, preflight
from ingest.reader import Cell, read_edition
from ingest.settings import PACKAGE_ROOT, Shelf
from ingest.territory import gazetteer

# editions whose figures contradict themselves; see CONFLICTS.csv of the archive
FAULTY = {
    "PAPI 2022_63": "d1 of Hà Nội is 0.0007 off the sum of its parts, a thousand times what rounding explains",
    "PCI 2011_63": "62 of 63 totals are not those of the sub-indices printed beside them (off by 0.2 points and more)",
    "PCI 2022_63": "a press table: the total of Hòa Bình is 0.27 off its sub-indices",
    "PCI 2023_63": "a press table: the total of Thanh Hóa is 0.69 off its sub-indices",
    "PGI 2022_63": "a press table: the total of Hải Dương is 0.03 off the sum of its parts",
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog((Shelf(PACKAGE_ROOT / "catalog", PACKAGE_ROOT / "archive"),))


def _before(edition: Edition, catalog: Catalog) -> Edition | None:
    """The newest earlier edition, on the same list and complete if there is one: as a candidate is compared."""
    earlier = [one for one in catalog.editions_of(edition.index) if one.year < edition.year]
    return max(
        earlier, key=lambda one: (one.basis == edition.basis, one.coverage == "complete", one.year), default=None
    )


def test_published_editions_are_held_only_where_their_figures_are_faulty(
    catalog: Catalog, capfd: pytest.CaptureFixture[str]
) -> None:
    places = gazetteer()
    cells: dict[str, list[Cell]] = {
        str(edition.path): read_edition(edition, catalog, places) for edition in catalog.editions
    }
    checks: dict[str, Counter[str]] = {"held": Counter(), "warned": Counter()}
    held: dict[str, str] = {}
    provincial = [one for one in catalog.editions if catalog.indices[one.index].level == "provincial"]
    for edition in provincial:
        before = _before(edition, catalog)
        seen = Inspected(
            edition,
            catalog.indices[edition.index],
            cells[str(edition.path)],
            before,
            on_list(cells[str(before.path)], edition.basis, places) if before else [],
            [(one, cells[str(one.path)]) for one in catalog.editions_of(edition.index)],
        )
        for remark in preflight(seen, places).remarks:
            checks["held" if remark.holds else "warned"][remark.check] += 1
            if remark.holds:
                held[f"{edition.index} {edition.key}"] = f"{remark.check}: {remark.what.en} [{remark.where[:80]}]"
    with capfd.disabled():
        print(f"\n{len(provincial)} editions of provinces, as if each had just come", file=sys.stderr)
        for kind, counts in checks.items():
            print(
                f"  {kind}: " + ", ".join(f"{check} {count}" for check, count in counts.most_common()), file=sys.stderr
            )
        for name, why in held.items():
            print(f"  held {name}: {why}", file=sys.stderr)
    assert held.keys() == FAULTY.keys()
