"""The indices: for each, the latest edition that was out, for the home unit, those it was made of, or the country.

Belongs here: choosing the edition and the units, and putting a row together. Does not belong here: what was out when
(`editions`), what figures there are (`figures`), or layout.
"""

import re
from dataclasses import replace
from datetime import date

import duckdb

from quality.numbers_vi import decimals_of, number_vi
from quality.report.continuous import continuous_row
from quality.report.editions import Edition
from quality.report.figures import Cells, Figures, Unit, UnitKey, cell_origin
from quality.report.model import Change, IndexRow, Lead, Number, Origin
from quality.report.published import Row, rows
from quality.report.words import KEPT, NO_FIGURE, UNKNOWN_DAY, qualifier_vi
from quality.suites.wording import edition_vi, index_label

_INDICES = "select * from marts.dim_index"


def read_indices(
    con: duckdb.DuckDBPyConnection, figures: Figures, leads: dict[str, Lead], home: str, day: date
) -> tuple[IndexRow, ...]:
    """Give the rows of every index: those of the plan first, in its order, then the others."""

    def place(index: Row) -> tuple[object, ...]:
        lead = leads.get(index["index_code"])
        return not index["in_plan"], _natural(lead.legal_basis if lead else "\uffff"), index["index_code"]

    found: list[IndexRow] = []
    for index in sorted(rows(con, _INDICES), key=place):
        lead = leads.get(index["index_code"])
        own = rows_of(index, figures, lead)
        if all(row.edition_year is None for row in own):
            own = continuous_row(con, own[0], home, day) or own
        found += own
    return tuple(found)


def rows_of(index: Row, figures: Figures, lead: Lead | None) -> list[IndexRow]:
    """The rows of one index, never none.

    Today's unit stands alone where it has a figure as new as any of its predecessors'; else they stand beside it. Where
    the latest edition has nothing of any of them, a row says so.
    """
    is_national = index["level"] == "national"
    units = [unit for unit in figures.units if unit.is_country == is_national]
    latest = {unit.code: _latest(index["index_code"], unit, figures) for unit in units}
    newest = figures.editions.latest_year(index["index_code"])
    today = [unit for unit in units if not unit.is_predecessor]
    if newest is None:
        return [_empty(index, unit, lead, None, ()) for unit in today[:1]] or [_nowhere(index, lead)]
    own = max((edition.year for unit in today if (edition := latest[unit.code])), default=0)
    made: list[IndexRow] = []
    for unit in units:
        edition = latest[unit.code]
        if edition is not None and (not unit.is_predecessor or edition.year > own):
            made.append(_row(index, unit, edition, figures, lead))
        elif edition is None and unit.is_predecessor and not own:
            made.append(_empty(index, unit, lead, None, ()))
    if newest > max((row.edition_year or 0 for row in made), default=0) and today:
        made.insert(0, _missing(index, today[0], newest, figures, lead))
    return made or [_nowhere(index, lead)]


def _latest(index_code: str, unit: Unit, figures: Figures) -> Edition | None:
    """The unit's latest edition with a cell of the total; of two lists the shorter, which is the one since a merger."""
    own = [
        edition
        for key, edition in figures.editions.shown.items()
        if key[0] == index_code and edition.vintage in figures.cells.get((*key, unit.code), {})
    ]
    return max(own, key=lambda edition: (edition.year, _shorter(edition.basis)), default=None)


def _shorter(basis: str) -> int:
    return -int(basis) if basis.isdigit() else 0


def _row(index: Row, unit: Unit, edition: Edition, figures: Figures, lead: Lead | None) -> IndexRow:
    key = (*edition.key, unit.code)
    cells = figures.cells[key][edition.vintage]
    overview = figures.overview.get(key)
    # what is computed of another version says nothing about this one
    is_current = overview is not None and overview["vintage"] == edition.vintage
    told = overview if overview is not None and is_current else {}
    score, rank, tier = (cells.get(measure) for measure in ("score", "rank", "tier"))
    has_rank = rank is not None and rank["value"] is not None
    printed_among = rank["ranked_among"] if rank else None
    computed = told.get("rank_computed") if not has_rank else None
    previous = told.get("previous_edition_year")
    row = replace(
        _empty(index, unit, lead, edition, ()),
        score=_number(score),
        score_text=score["value_text"] if score else None,
        rank=int(rank["value"]) if rank is not None and has_rank else computed,
        ranked_among=(told.get("ranked_among") or printed_among) if has_rank else told.get("ranked_among_computed"),
        is_rank_computed=not has_rank and computed is not None,
        tier=tier["value_text"] if tier else None,
        is_last_good=bool(told.get("is_last_good")) or edition.load_status == "last_good_kept",
        source_kind=next((cell["source_kind"] for cell in (score, rank, tier) if cell), edition.origin.kind),
        origins=tuple(cell_origin(cell) for cell in (score, rank, tier) if cell),
    )
    if row.rank is None:
        row = replace(row, ranked_among=None)
    changes = [figures.changes.get((key, measure)) for measure in ("score", "rank")]
    score_change, rank_change = (_change(change, edition.vintage) for change in changes)
    row = replace(row, score_change=score_change, rank_change=rank_change)
    if score_change or rank_change:
        previous = next(change["previous_edition_year"] for change in changes if change is not None)
        row = replace(row, before_origins=_before(key, previous, figures))
    return replace(row, previous_year=previous, remarks=_remarks(index, row, edition, told, is_current, cells))


def _remarks(index: Row, row: IndexRow, edition: Edition, told: Row, is_current: bool, cells: Cells) -> tuple[str, ...]:
    said = [f"đã được thay bằng {index_label(index['successor_index_code'])}"] if index["successor_index_code"] else []
    if edition.coverage == "partial" and edition.territories_published and edition.basis.isdigit():
        said.append(f"bảng một phần ({number_vi(edition.territories_published)} trên {edition.basis} đơn vị)")
    elif edition.coverage == "partial":
        said.append("số liệu một phần")
    if row.is_last_good:
        reason = told.get("withheld_reason_vi") or edition.reason
        said.append(f"{KEPT}; tệp mới đang bị giữ lại" + (f": {reason}" if reason else ""))
    if not is_current:
        said.append("số liệu của phiên bản đã có trong kỳ báo cáo; sau đó nơi công bố đã sửa")
    if not edition.publication.is_day_known:
        said.append(UNKNOWN_DAY)
    if row.score is None and row.score_text:
        said.append(f"nơi công bố không ghi điểm ({row.score_text})")
    if row.is_rank_computed:
        said.append("hạng tự tính từ điểm công bố")
    qualifiers = dict.fromkeys(qualifier_vi(cell["qualifier"]) for cell in cells.values())
    return (*said, *(word for word in qualifiers if word))


def _change(change: Row | None, vintage: int) -> Change | None:
    if change is None or change["change"] is None or change["vintage"] != vintage:
        return None
    is_rank = change["measure"] == "rank"
    # a computed figure was printed nowhere and has the decimals that it has
    before, after = (change[f"decimals_{when}"] for when in ("before", "after"))
    before = before if before is not None else decimals_of(change["value_before"])
    return Change(
        before=Number(change["value_before"], 0 if is_rank else before),
        difference=Number(change["change"], 0 if is_rank else max(before, after or 0)),
        is_comparable=change["is_comparable"],
        is_computed=change["before_method"] == "backcast_mean" or bool(change["is_rank_computed"]),
        break_reason=change["break_reason_vi"],
    )


def _before(key: UnitKey, previous: int, figures: Figures) -> tuple[Origin, ...]:
    """Where the figures of the edition before stood: the unit's own, or those that its back-cast was made of."""
    index_code, _, basis, territory = key
    own = figures.cells.get((index_code, previous, basis, territory))
    predecessors = {unit.code for unit in figures.units if unit.is_predecessor}
    found = (
        [own]
        if own
        else [
            versions
            for (index, year, _, code), versions in sorted(figures.cells.items())
            if (index, year) == (index_code, previous) and code in predecessors
        ]
    )
    cells = [versions[max(versions)] for versions in found]
    return tuple(cell_origin(cell) for own in cells for measure, cell in sorted(own.items()) if measure != "tier")


def _empty(index: Row, unit: Unit, lead: Lead | None, edition: Edition | None, remarks: tuple[str, ...]) -> IndexRow:
    """The row of an index without a figure; `_row` fills it."""
    code = index["index_code"]
    named = {"index_code": code, "edition_year": edition.year, "basis": edition.basis} if edition else None
    return IndexRow(
        index_code=code,
        index_name=index["name_vi"],
        level=index["level"],
        in_plan=bool(index["in_plan"]),
        territory_code=unit.code,
        unit=unit.label,
        edition_year=edition.year if edition else None,
        edition=edition_vi(named) if named else NO_FIGURE,
        basis=edition.basis if edition else None,
        score=None,
        score_text=None,
        rank=None,
        ranked_among=None,
        is_rank_computed=False,
        tier=None,
        previous_year=None,
        score_change=None,
        rank_change=None,
        publication=edition.publication if edition else None,
        source_kind=edition.origin.kind if edition else None,
        coverage=edition.coverage if edition else None,
        territories_published=edition.territories_published if edition else None,
        is_last_good=False,
        remarks=remarks,
        lead=lead,
        origins=(),
        before_origins=(),
    )


def _missing(index: Row, unit: Unit, year: int, figures: Figures, lead: Lead | None) -> IndexRow:
    """Say that the index's latest edition has nothing of the unit, and why, as far as is known."""
    code = index["index_code"]
    shown = [e for e in figures.editions.shown.values() if (e.index_code, e.year) == (code, year)]
    withheld = [e for e in figures.editions.withheld if (e.index_code, e.year) == (code, year)]
    edition = (shown or withheld)[-1]
    row = _empty(index, unit, lead, edition, ())
    if shown:
        said = ["trong kho chưa có số liệu của tỉnh ở kỳ này", *_remarks(index, row, edition, {}, True, {})]
    else:
        said = ["số liệu của kỳ này bị giữ lại" + (f": {edition.reason}" if edition.reason else "")]
    return replace(row, remarks=tuple(said), origins=(edition.origin,))


def _nowhere(index: Row, lead: Lead | None) -> IndexRow:
    """An index for whose level the file knows no unit."""
    return _empty(index, Unit("", "", False, False), lead, None, ())


def _number(cell: Row | None) -> Number | None:
    if cell is None or cell["value"] is None:
        return None
    return Number(cell["value"], cell["printed_decimals"] or 0)


def _natural(text: str) -> tuple[tuple[bool, int, str], ...]:
    """So that 'mục 10' comes after 'mục 9'."""
    return tuple((part.isdigit(), int(part) if part.isdigit() else 0, part) for part in re.split(r"(\d+)", text))
