"""What is known already beside a candidate: the vintages of its own edition, and the edition to compare with."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace

from ingest.catalog import Catalog, Edition, Index
from ingest.faults import EditionFault, Words
from ingest.preflight.inspected import ENOUGH, decimals_of
from ingest.reader import Cell, read_edition
from ingest.remarks import Remark
from ingest.territory import Gazetteer
from ingest.text import tidy


def vintages_of(catalog: Catalog, index: Index, year: int, basis: str) -> list[Edition]:
    """The vintages of an edition, newest first."""
    of = [one for one in catalog.editions_of(index.code) if (one.year, one.basis) == (year, basis)]
    return sorted(of, key=lambda one: -one.vintage)


def edition_before(edition: Edition, index: Index, catalog: Catalog, places: Gazetteer) -> Edition | None:
    """The edition to compare with: the newest earlier one on the same list, a complete one if there is any."""
    earlier = [one for one in catalog.editions_of(index.code) if one.year < edition.year]
    earlier = earlier or [one for one in catalog.editions_of(index.code) if one.year > edition.year]
    near = sorted(
        earlier,
        key=lambda one: (
            one.basis == edition.basis,
            one.coverage == "complete",
            -abs(one.year - edition.year),
            one.vintage,
        ),
    )
    return next((one for one in reversed(near) if cells_of(one, catalog, places)), None)


def cells_of(edition: Edition, catalog: Catalog, places: Gazetteer) -> list[Cell]:
    key = (edition.index, edition.year, edition.basis, edition.vintage)
    if key not in catalog.compared_with:
        try:
            # as printed: what was corrected by us is no news of the publisher's
            catalog.compared_with[key] = read_edition(replace(edition, corrections=()), catalog, places)
        except EditionFault:
            catalog.compared_with[key] = []  # it has a finding of its own; there is nothing to compare with then
    return catalog.compared_with[key]


Key = tuple[str, str, str]


class _Compared:
    """Two tables of the same edition, cell by cell. How precise a column is, its most precise number says: a workbook
    keeps no zeros at the end."""

    def __init__(self, now: list[Cell], known: list[Cell]) -> None:
        self.now, self.known = _by_key(now), _by_key(known)
        self._decimals = decimals_of(now), decimals_of(known)
        self._numbers = Counter(key[1:] for key in self.now)

    def few(self, key: Key) -> bool:
        """Whether the column has too few numbers to tell how precise it is."""
        return self._numbers[key[1:]] < ENOUGH

    def finer(self, key: Key) -> bool:
        """Whether the column is printed with more decimals now."""
        now, known = (decimals.get(key[1:], 0) for decimals in self._decimals)
        return now > known

    def agree(self, key: Key) -> bool:
        """Whether both say the same, as far as the coarser of the two columns is printed."""
        one, other = _says(self.now[key]), _says(self.known[key])
        if not isinstance(one, float) or not isinstance(other, float):
            return one == other
        if self.few(key) and not self.finer(key):
            return one == other  # how precise a column is, a few numbers do not say
        coarser = min(decimals.get(key[1:], 0) for decimals in self._decimals)
        return abs(one - other) <= 0.5 * 10.0**-coarser + 1e-12


def _by_key(cells: list[Cell]) -> dict[Key, Cell]:
    return {(cell.territory_code, cell.component_code, cell.measure): cell for cell in cells}


def _says(cell: Cell) -> float | str | None:
    return tidy(cell.value_text) if cell.value_status == "text" else cell.value


def all_there(cells: list[Cell], known: list[Cell]) -> bool:
    """Whether every figure is known already, and to as many decimals.

    A part of what is known says nothing new by more decimals: it could not take the whole one's place.
    """
    tables, part = _Compared(cells, known), len(cells) < len(known)
    for key, cell in tables.now.items():
        if key not in tables.known:
            if cell.value_status == "no_data":
                continue
            return False
        if not tables.agree(key) or (tables.finer(key) and not part and cell.value != tables.known[key].value):
            return False
    return True


def beside_its_vintages(edition: Edition, cells: list[Cell], catalog: Catalog, places: Gazetteer) -> Iterator[Remark]:
    """A new vintage beside the one that stands: what it restates, and whether it says less."""
    known = vintages_of(catalog, catalog.indices[edition.index], edition.year, edition.basis)
    for one in known[1:]:
        if all_there(cells, cells_of(one, catalog, places)):
            yield Remark(
                "back_again",
                True,
                Words(
                    f"Đây lại là số liệu của phiên bản {one.vintage}, đã được phiên bản {known[0].vintage} thay",
                    f"These are the figures of vintage {one.vintage} again, which vintage {known[0].vintage} replaced",
                ),
                Words(
                    "Chỉ nhận khi nơi công bố thật sự quay lại số cũ",
                    "Accept it only where the publisher went back to the old figures",
                ),
            )
    for one in known[:1]:
        tables = _Compared(cells, cells_of(one, catalog, places))
        old, new = tables.known, tables.now
        changed = sorted(key for key in old.keys() & new.keys() if not tables.agree(key))
        gone = old.keys() - new.keys()
        if gone or (one.coverage == "complete" and edition.coverage == "partial"):
            yield Remark(
                "says_less",
                True,
                Words(
                    f"Kỳ này đã có, đầy đủ hơn: tệp mới thiếu {len(gone)} số liệu của phiên bản {one.vintage}",
                    f"This edition is known and fuller: the file lacks {len(gone)} figures of vintage {one.vintage}",
                ),
                Words(
                    "Chỉ nhận khi bản mới thay hẳn bản cũ",
                    "Accept it only where the new file replaces the old one as a whole",
                ),
            )
        if changed:
            shown = "; ".join(
                f"{t} {c} {m}: {old[t, c, m].value_text} → {new[t, c, m].value_text}" for t, c, m in changed[:5]
            )
            yield Remark(
                "restates",
                False,
                Words(
                    f"Sửa {len(changed)} số liệu của phiên bản {one.vintage}",
                    f"Restates {len(changed)} figures of vintage {one.vintage}",
                ),
                Words("Xem nơi công bố có nói vì sao không", "See whether the publisher says why"),
                shown,
            )


def corrections_of(catalog: Catalog, index: Index, year: int, basis: str) -> list[dict[str, str]]:
    """The corrections of the newest vintage: a new one keeps them until the publisher has mended the cell."""
    return [asdict(one) for edition in vintages_of(catalog, index, year, basis)[:1] for one in edition.corrections]


def next_vintage(catalog: Catalog, index: Index, year: int, basis: str) -> int:
    return 1 + max((one.vintage for one in vintages_of(catalog, index, year, basis)), default=0)
