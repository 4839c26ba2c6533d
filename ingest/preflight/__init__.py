"""What a file's figures look like beside the catalog, beside themselves and beside the edition before, at the door.

Belongs here: rough checks that a person can act on before an edition enters. Does not belong here: the finer rules about
figures that are in (`quality`), which judge every edition anew on each run. Where nothing can be compared, that is said;
a check that could not be made is never a check that was passed.
"""

from collections import defaultdict
from dataclasses import dataclass, replace

from ingest.faults import Words
from ingest.preflight.before import beside_the_edition_before
from ingest.preflight.inspected import Inspected as Inspected
from ingest.preflight.itself import composites, in_scale, ranks, rows_copied, territories, tiers, unproved
from ingest.reader import Cell
from ingest.remarks import Remark
from ingest.territory import Gazetteer


@dataclass(frozen=True)
class Preflight:
    """What the checks saw, and what they could prove: `facts` are sentences for the report."""

    remarks: list[Remark]
    facts: list[Words]


def preflight(seen: Inspected, places: Gazetteer) -> Preflight:
    """Every check on one edition's figures. Raises nothing: what it finds is in the remarks."""
    composed, facts, proved = composites(seen)
    compared, more = beside_the_edition_before(seen)
    remarks = [
        *territories(seen, places),
        *in_scale(seen),
        *rows_copied(seen),
        *ranks(seen),
        *tiers(seen),
        *composed,
        *compared,
        *unproved(seen, proved),
    ]
    return Preflight(remarks, [*facts, *more])


def on_list(cells: list[Cell], basis: str, places: Gazetteer) -> list[Cell]:
    """Cells of an earlier edition on the list `basis`: a merged unit's score is the mean of its predecessors'.

    The mean is official practice (DTI 2024 was published on both lists); here it is only compared with.
    """
    merged: dict[str, set[str]] = defaultdict(set)
    for one in places.predecessors:
        if basis in places.territories[one.territory_code].lists and one.territory_code != one.predecessor_code:
            merged[one.territory_code].add(one.predecessor_code)
    by_figure: dict[str, dict[str, Cell]] = defaultdict(dict)
    for cell in cells:
        if cell.measure == "score" and cell.value is not None:
            by_figure[cell.component_code][cell.territory_code] = cell
    means = [
        replace(
            of[min(parts)],
            territory_code=code,
            territory_text=places.territories[code].name_vi,
            value=sum(of[part].value or 0.0 for part in parts) / len(parts),
        )
        for code, parts in merged.items()
        for of in by_figure.values()
        if parts <= of.keys()
    ]
    there = {cell.territory_code for cell in cells}
    return [*cells, *(cell for cell in means if cell.territory_code not in there)]
