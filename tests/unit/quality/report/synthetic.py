"""Making a small published file of made-up figures, and reading back the report made of it."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import docx
import duckdb
import openpyxl

from quality.report import Period
from quality.report.build import read_report
from quality.report.model import Report

HOME = "1-2025"
AS_OF = date(2031, 12, 1)
HALF, YEAR = Period.parse("2031-H1"), Period.parse("2031")
_TABLES = Path(__file__).with_name("published_tables.sql")


class Published:
    """A published file being made: `add` puts one row into a table, leaving the columns not named empty.

    It is made in memory and written when its path is asked for: a file for each row would take most of a test's time.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._con = duckdb.connect()
        self._con.execute(_TABLES.read_text(encoding="utf-8"))

    @property
    def path(self) -> Path:
        """Where the file stands, with all that was put in so far."""
        self._path.unlink(missing_ok=True)
        self._con.execute(f"attach '{self._path}' as written; copy from database memory to written; detach written")
        return self._path

    def close(self) -> None:
        self._con.close()

    def add(self, table: str, **columns: Any) -> None:
        marks = ", ".join("?" for _ in columns)
        self._con.execute(f"insert into {table} ({', '.join(columns)}) values ({marks})", list(columns.values()))

    def change(self, statement: str) -> None:
        self._con.execute(statement)

    def edition(self, index_code: str, year: int, published_on: date | None, **columns: Any) -> None:
        """An edition on the old list, whole, of known day, unless the columns say otherwise."""
        values: dict[str, Any] = {
            "basis": "63",
            "vintage": 1,
            "coverage": "complete",
            "load_status": "loaded",
            "published_on_precision": "day" if published_on else "unknown",
            "territories_published": 63,
            "is_current": True,
            "source_kind": "official",
            "source_url": f"https://example.org/{index_code.lower()}-{year}",
            "source_file": f"{index_code.lower()}_{year}.csv",
            "source_sha256": f"{year}{index_code}".encode().hex().ljust(64, "0"),
        }
        values |= columns
        named = {"index_code": index_code, "edition_year": year, "published_on": published_on}
        self.add("marts.dim_edition", **named, **values)

    def figure(
        self, index_code: str, year: int, territory: str, score: float | None, rank: int | None = None, **columns: Any
    ) -> None:
        """The total of one unit, as printed, and its row of the overview; `rank_computed` and others go there."""
        basis, vintage = columns.pop("basis", "63"), columns.pop("vintage", 1)
        key = {"index_code": index_code, "edition_year": year, "basis": basis, "territory_code": territory}
        for column, (measure, value) in enumerate((("score", score), ("rank", rank)), start=2):
            if value is None:
                continue
            self.add(
                "marts.fct_index_result",
                **key,
                component_code="total",
                measure=measure,
                vintage=vintage,
                value=value,
                value_text=str(value),
                value_status="number",
                printed_decimals=2 if measure == "score" else 0,
                source_url=f"https://example.org/{index_code.lower()}-{year}",
                source_kind="official",
                source_sha256=f"{year}{index_code}".encode().hex().ljust(64, "0"),
                source_file=f"{index_code.lower()}_{year}.csv",
                source_locator=f"{index_code.lower()}_{year}.csv#R{ord(territory[0])}C{column}",
            )
        overview = {"is_last_good": False, "ranked_among": 63 if rank else None} | columns
        if not columns.pop("no_overview", False):
            self.add("reporting.rpt_index_overview", **key, vintage=vintage, **overview)

    def moved(self, index_code: str, year: int, territory: str, before: float, after: float, **columns: Any) -> None:
        """The change of a total's score since the year before."""
        values: dict[str, Any] = {
            "basis": "63",
            "vintage": 1,
            "component_code": "total",
            "measure": "score",
            "previous_edition_year": year - 1,
            "value_before": before,
            "value_after": after,
            "change": round(after - before, 6),
            "before_method": "published",
            "decimals_before": 2,
            "decimals_after": 2,
            "is_comparable": True,
        }
        named = {"index_code": index_code, "edition_year": year, "territory_code": territory}
        self.add("reporting.rpt_index_change", **named, **(values | columns))

    def finding(self, finding_id: str, **columns: Any) -> None:
        """A regression of the first predecessor in ALPHA 2030."""
        values: dict[str, Any] = {
            "rule_code": "score_fell",
            "kind": "regression",
            "severity": "warn",
            "title_vi": "Tổng điểm giảm",
            "index_code": "ALPHA",
            "edition_year": 2030,
            "basis": "63",
            "vintage": 1,
            "territory_code": "1",
            "territory_label_vi": "Đông Sơn (đến 30/06/2025)",
            "component_code": "total",
            "measure": "score",
            "message_vi": "ALPHA 2030: giảm 1,15 điểm.",
            "certainty_vi": "Bằng 2,4 lần độ nhiễu.",
            "remedy_vi": "Làm rõ nguyên nhân.",
            "source_url": "https://example.org/alpha-2030",
            "source_locator": "alpha_2030.csv#R2C2",
        }
        self.add("reporting.rpt_finding", finding_id=finding_id, **(values | columns))

    def metric(self, code: str, start: date, end: date, value: float, **columns: Any) -> None:
        """An actual percentage of the home province."""
        values: dict[str, Any] = {
            "unit": "percent",
            "territory_code": HOME,
            "period_label": f"{start}/{end}",
            "value_text": str(value),
            "printed_decimals": 1,
            "qualifier": "exact",
            "is_actual": True,
            "is_current": True,
            "received_on": end,
            "source_kind": "press",
            "source_url": f"https://example.org/{code}",
            "source_sha256": "c" * 64,
            "source_file": "metrics.csv",
            "source_locator": f"metrics.csv#R{end:%m%d}C7",
        }
        self.add(
            "marts.fct_provincial_metric",
            metric_code=code,
            period_start=start,
            period_end=end,
            value=value,
            **(values | columns),
        )

    def target(self, code: str, low: float, **columns: Any) -> None:
        """A target of the plan for the period's year."""
        values: dict[str, Any] = {
            "target_set": "plan",
            "metric_code": code,
            "name_vi": f"Chỉ tiêu {code}",
            "unit": "percent",
            "comparison": "at_least",
            "reference_year": 2031,
            "due_on": date(2031, 12, 31),
            "section": "II.2",
            "source": "plan.txt",
        }
        self.add("reporting.rpt_target_progress", target_code=code, target_low=low, **(values | columns))

    def expect(self, index_code: str, year: int, **columns: Any) -> None:
        """A row of the publication calendar; awaited unless the columns say otherwise."""
        values: dict[str, Any] = {
            "edition_label": str(year),
            "index_name_vi": f"Chỉ số {index_code}",
            "status": "expected",
            "pace_years": 1,
            "held": False,
        }
        named = {"index_code": index_code, "edition_year": year}
        self.add("reporting.rpt_publication_calendar", **named, **(values | columns))

    def report(self, period: Period = HALF, as_of: date = AS_OF, home: str = HOME) -> Report:
        return read_report(self._con, period, as_of, home)


Rows = list[dict[str, Any]]


def sheets(path: Path) -> dict[str, Rows]:
    """Each sheet but the first; the titles stand in the third row."""
    book = openpyxl.load_workbook(path)
    return {sheet.title: _titled(list(sheet.iter_rows(min_row=3, values_only=True))) for sheet in book.worksheets[1:]}


def tables(path: Path) -> list[Rows]:
    return [
        _titled([[cell.text for cell in row.cells] for row in table.rows]) for table in docx.Document(str(path)).tables
    ]


def _titled(grid: list[Iterable[Any]]) -> Rows:
    return [dict(zip(grid[0], row, strict=True)) for row in grid[1:]]
