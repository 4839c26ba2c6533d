"""The figures of metrics that are on record, to hold a new sheet against.

Read from the archive and not from the raw files: a sheet that was shelved a minute ago counts too.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from ingest.catalog import Catalog
from ingest.faults import EditionFault
from ingest.metric_reader import MetricCell, read_delivery
from ingest.territory import Gazetteer

# metric, territory, first and last day, and whether it is an actual, a target or a forecast
Figure = tuple[str, str, date, date | None, str]


def figure_of(cell: MetricCell) -> Figure:
    """What two figures share of which the later one restates the earlier."""
    kind = cell.qualifier if cell.qualifier in ("target", "forecast") else "actual"
    return cell.metric_code, cell.territory_code, cell.period_start, cell.period_end, kind


class Record:
    """Figures in force: of each source, those that its newest delivery gives. Sources stand beside each other."""

    def __init__(self, cells: Iterable[MetricCell]) -> None:
        self.codes: set[str] = set()
        self.units: dict[str, set[str]] = {}
        newest: dict[tuple[str, Figure], list[MetricCell]] = {}
        for cell in cells:
            self.codes.add(cell.metric_code)
            self.units.setdefault(cell.metric_code, set()).add(cell.unit)
            held = newest.setdefault((cell.source_code, figure_of(cell)), [])
            if held and _order(held[0]) < _order(cell):
                held.clear()
            if not held or _order(held[0]) == _order(cell):
                held.append(cell)
        self._by_figure = newest
        self._by_metric: dict[tuple[str, str], list[MetricCell]] = {}
        for held in newest.values():
            for cell in held:
                self._by_metric.setdefault((cell.metric_code, cell.territory_code), []).append(cell)

    def restated_by(self, cell: MetricCell) -> list[MetricCell]:
        """The figures of the same source that this one would replace."""
        return self._by_figure.get((cell.source_code, figure_of(cell)), [])

    def actuals(self, metric: str, territory: str, unit: str) -> list[MetricCell]:
        """All actual figures of one metric, the newest period last; of all sources."""
        found = [
            cell
            for cell in self._by_metric.get((metric, territory), [])
            if cell.unit == unit and cell.period_end is not None and cell.qualifier not in ("target", "forecast")
        ]
        return sorted(found, key=lambda cell: (cell.period_end or date.max, cell.period_start, _order(cell)))

    def codes_and_units(self, territory: str | None) -> list[tuple[str, str]]:
        """Every metric code with each unit that it bears, of one territory or of all."""
        found = {
            (metric, cell.unit)
            for (metric, place), held in self._by_metric.items()
            if territory in (None, place)
            for cell in held
        }
        return sorted(found)

    def of_source(self, source: str) -> Iterator[MetricCell]:
        for (code, _), held in self._by_figure.items():
            if code == source:
                yield from held


def _order(cell: MetricCell) -> tuple[date, str, int]:
    return cell.received_on, cell.delivery, cell.vintage


def on_record(catalog: Catalog, places: Gazetteer) -> Record:
    """What the catalog's deliveries hold. One that cannot be read counts for nothing; a run names its faults."""
    cells: list[MetricCell] = []
    for delivery in catalog.deliveries:
        try:
            cells += read_delivery(catalog.metric_sources[delivery.source], delivery, places, frozenset())
        except EditionFault:
            continue
    return Record(cells)
