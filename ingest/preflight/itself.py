"""A table beside the catalog and beside itself: its list of territories, its scales, its blanks and its copies."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from ingest.catalog import TOTAL, Index
from ingest.faults import Words
from ingest.preflight.inspected import COMPARE, SHOWN, Inspected, called, named, place, places
from ingest.reader import Cell
from ingest.remarks import Remark
from ingest.territory import Gazetteer
from ingest.text import tidy

# kinds of components that are printed beside a composition without being part of it
_BESIDE = ("pillar", "block", "initial_condition", "alternative_total")


def territories(seen: Inspected, gazetteer: Gazetteer) -> Iterator[Remark]:
    """Units that a complete table lacks."""
    edition = seen.edition
    listed = {one.code for one in gazetteer.territories.values() if one.is_listed(edition.basis, edition.year)}
    found = set(seen.territories) & listed
    expected = edition.territories_expected or len(listed)
    if edition.coverage == "partial" or len(found) >= expected:
        return
    names = sorted(gazetteer.territories[code].name_vi for code in listed - found)
    yield Remark(
        "territories",
        True,
        Words(
            f"Bảng có {len(found)} trong {expected} đơn vị; thiếu {named(names)}",
            f"The table has {len(found)} of {expected} units; missing: {named(names)}",
        ),
        Words(
            "Bổ sung các dòng thiếu, hoặc khai bảng chỉ là một phần (coverage: partial, --partial)",
            "Add the missing rows, or say that the table is only a part (coverage: partial, --partial)",
        ),
    )


def not_of_this_edition(seen: Inspected) -> Iterator[Remark]:
    """Components that the methodology of the edition's year does not have: a label may have changed its meaning.

    Pillars and blocks are printed beside the components in some years and only warn.
    """
    index, year = seen.index, seen.edition.year
    strange = []
    for component in index.components:
        span = index.composition(component.parent, year) if component.parent else None
        if span is not None and component.code not in {weight.component for weight in span.weights}:
            strange += [(component, cells) for (code, _), cells in seen.columns.items() if code == component.code]
    if strange:
        names = named(sorted({component.code for component, _ in strange}))
        yield Remark(
            "not_of_this_edition",
            any(component.kind not in _BESIDE for component, _ in strange),
            Words(
                f"Phương pháp năm {year} không có thành phần: {names}",
                f"The methodology of {year} has no component {names}",
            ),
            Words(
                "Nhãn có thể đã đổi nghĩa: xem cột này thật ra là gì rồi khai bằng `columns` (--column)",
                "A label may have changed its meaning: see what the column is and declare it (`columns`, --column)",
            ),
            "; ".join(place(next(iter(cells.values()))) for _, cells in strange[:SHOWN]),
        )


def published_in_time(seen: Inspected) -> Iterator[Remark]:
    """An edition is not published before the year that it is about."""
    published = seen.edition.published_on
    if published is not None and int(published[:4]) < seen.edition.year:
        yield Remark(
            "published_in_time",
            True,
            Words(
                f"Ngày công bố {published} đứng trước năm của số liệu ({seen.edition.year})",
                f"Published on {published}, before the year of the figures ({seen.edition.year})",
            ),
            Words("Sửa published_on hoặc edition", "Mend published_on or edition"),
        )


def above(seen: Inspected, gazetteer: Gazetteer) -> Iterator[Remark]:
    """Rows of the country or of a region in a table of provinces, where the edition before had none."""
    kinds = ("region", "country")
    had = {cell.territory_code for cell in seen.before_cells}
    new = [code for code in seen.territories if gazetteer.territories[code].kind in kinds and code not in had]
    if new and seen.index.level == "provincial" and seen.edition.coverage == "complete":
        cells = [next(cell for cell in seen.cells if cell.territory_code == code) for code in new]
        names = named([cell.territory_text for cell in cells])
        yield Remark(
            "above",
            False,
            Words(
                f"Có dòng không phải của một tỉnh, kỳ trước không có: {names}",
                f"Rows that are no province's, new in this edition: {names}",
            ),
            Words(
                "Xem các dòng này có thuộc bảng công bố không", "See whether these rows are part of what was published"
            ),
            "; ".join(map(place, cells[:SHOWN])),
        )


def in_scale(seen: Inspected) -> Iterator[Remark]:
    scales = _scales(seen.index, seen.edition.year)
    out = [
        cell
        for cell in seen.cells
        # a confidence interval of a score near the end of its scale may pass it
        if cell.measure == "score"
        and cell.value is not None
        and (scale := scales.get(cell.component_code)) is not None
        and not scale[0] <= cell.value <= scale[1]
    ]
    if out:
        yield Remark(
            "in_scale",
            True,
            Words(f"{len(out)} điểm nằm ngoài thang đo", f"{len(out)} scores lie outside their scale"),
            Words(
                "Xem có sai dấu thập phân, đơn vị hay lệch cột không",
                "Look for a slipped decimal mark, another unit, or a column out of place",
            ),
            places(out),
        )


def _scales(index: Index, year: int) -> dict[str, tuple[float, float]]:
    scales = {component.code: component.scale for component in index.components if component.scale}
    if index.scale:
        scales.setdefault(TOTAL, index.scale)
    for span in index.compositions:
        if span.first <= year <= span.last:
            scales |= {weight.component: weight.scale for weight in span.weights if weight.scale}
    return scales


def signs(seen: Inspected) -> Iterator[Remark]:
    """Columns in which some numbers carry a percent sign and others none: two units, perhaps."""
    for column, cells in seen.columns.items():
        signed = [cell for cell in cells.values() if tidy(cell.value_text).endswith("%")]
        bare = [cell for cell in cells.values() if not tidy(cell.value_text).endswith("%")]
        if signed and bare:
            few = min(signed, bare, key=len)
            yield Remark(
                "signs",
                True,
                Words(
                    f"{called(column)}: {len(signed)} số có dấu %, {len(bare)} số không có",
                    f"{called(column)}: {len(signed)} numbers with a percent sign, {len(bare)} without",
                ),
                Words("Xem các số có cùng đơn vị không", "See whether the numbers are in one unit"),
                places(few),
            )


def blanks(seen: Inspected) -> Iterator[Remark]:
    """Cells without a figure: whole rows are units that were not measured, single ones may have lost theirs."""
    if seen.edition.coverage == "partial":
        return
    empty = [cell for cell in seen.cells if cell.value_status == "no_data"]
    if not empty:
        return
    rows = {cell.territory_code for cell in seen.cells if cell.value_status != "no_data"}
    filled = {(cell.component_code, cell.measure) for cell in seen.cells if cell.value_status != "no_data"}
    lost = [c for c in empty if c.territory_code in rows and (c.component_code, c.measure) in filled]
    by_column = Counter((cell.component_code, cell.measure) for cell in empty)
    columns = ", ".join(f"{called(column)} ({count})" for column, count in by_column.items())
    # an index that leaves single cells blank has done so before; one that never did has not begun to
    before = {(cell.component_code, cell.measure) for cell in seen.before_cells if cell.value_status == "no_data"}
    unprinted = [cell for cell in lost if not tidy(cell.value_text)]
    yield Remark(
        "blanks",
        bool(unprinted) and not before and seen.before is not None and seen.before.coverage == "complete",
        Words(f"{len(empty)} ô không có số liệu: {columns}", f"{len(empty)} cells have no figure: {columns}"),
        Words("Xem các ô này có trống như vậy ở bản gốc không", "See whether these cells are blank in the original"),
        "; ".join(map(place, (lost or empty)[:SHOWN])),
    )


def rows_copied(seen: Inspected) -> Iterator[Remark]:
    """Units that share a whole row of scores."""
    rows: dict[tuple[tuple[str, float], ...], list[Cell]] = defaultdict(list)
    by_territory: dict[str, list[Cell]] = defaultdict(list)
    for cell in seen.cells:
        if cell.measure == "score" and cell.value is not None:
            by_territory[cell.territory_code].append(cell)
    for cells in by_territory.values():
        if len(cells) >= 3:
            rows[tuple(sorted((c.component_code, c.value or 0.0) for c in cells))].append(cells[0])
    for twins in rows.values():
        if len(twins) > 1:
            names = named([cell.territory_text for cell in twins])
            yield Remark(
                "rows_copied",
                True,
                Words(f"Các đơn vị có cùng một dòng số liệu: {names}", f"Units with the same row of figures: {names}"),
                COMPARE,
                "; ".join(place(cell) for cell in twins[:SHOWN]),
            )
