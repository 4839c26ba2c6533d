"""The template of every source that ships: filled in by a department, it reads back exactly and without a question."""

import csv
import hashlib
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from ingest.catalog import Catalog
from ingest.catalog_reader import load_catalog
from ingest.metric_catalog import MetricSource
from ingest.metric_match import first_tables, match
from ingest.metric_sheet import DeliveryCandidate, examine_delivery
from ingest.metric_template import GUIDE, SHEET, period_vi, write_template
from ingest.settings import PROJECT_ROOT, Settings
from ingest.territory import gazetteer
from orchestration.cli_metrics import template

from .conftest import Desk, checks

SHIPPED = load_catalog(Settings.from_env({"CHISO_HOME": "/nowhere"}).shelves)
SEEDS = PROJECT_ROOT / "dbt_project" / "seeds"
# sources whose sheets a department fills in; the others are files that were compiled
DECLARED = [source for source in SHIPPED.metric_sources.values() if source.decimal == ","]
WITH_LABELS = [source for source in DECLARED if source.metrics]
HEADER_ROW = 5


def named(source: MetricSource) -> str:
    return source.code


def opened(path: Path, source: MetricSource) -> tuple[Workbook, Worksheet, dict[str, int]]:
    """The template, its sheet and the column (from 1) of each part."""
    write_template(path, source, "2026-10", "Sở Thử nghiệm", [("synthetic_code", "points")])
    book = load_workbook(path)
    sheet = book[SHEET]
    headers = {cell.value: cell.column for cell in sheet[HEADER_ROW]}
    return book, sheet, {part: headers[header] for part, header in source.columns.items()}


def read(desk: Desk, path: Path, catalog: Catalog = SHIPPED) -> DeliveryCandidate:
    offer = desk.offer(path.read_bytes(), path.name)
    tables = first_tables(offer.path(offer.files[0]), offer.name, "xlsx")
    source = match(tables, catalog.metric_sources.values())
    assert source is not None
    return examine_delivery(offer, source, catalog, gazetteer(), date(2026, 11, 5))


def figures_for(source: MetricSource) -> list[float]:
    """Synthetic values inside the scales, with one and two decimals; totals are the sums of their parts."""
    value = {}
    for at, metric in enumerate(source.metrics.values()):
        high = (metric.scale or (0, 100))[1]
        value[metric.code] = 12.0 if metric.unit.startswith("rank") else round(high * 0.6 + 0.25 * (at % 2) + 0.5, 2)
    for total, parts in source.sums.items():
        value[total] = round(sum(value[part] for part in parts), 2)
    return list(value.values())


def typed(value: float, as_text: bool) -> object:
    return f"{value:g}".replace(".", ",") if as_text else value


@pytest.mark.parametrize("as_text", [True, False], ids=["decimal commas as text", "numbers"])
@pytest.mark.parametrize("source", WITH_LABELS, ids=named)
def test_a_filled_template_reads_back(desk: Desk, tmp_path: Path, source: MetricSource, as_text: bool) -> None:
    path = tmp_path / "mau.xlsx"
    book, sheet, column = opened(path, source)
    values = figures_for(source)
    for row, value in enumerate(values, start=HEADER_ROW + 1):
        sheet.cell(row, column["value"], typed(value, as_text))
    book.save(path)
    candidate = read(desk, path)
    assert candidate.delivery.source == source.code
    assert [(c.metric_code, c.value) for c in candidate.cells] == [
        (metric.code, value) for metric, value in zip(source.metrics.values(), values, strict=True)
    ]
    assert {(c.period_label, c.territory_code) for c in candidate.cells} == {("2026-10", "15-2025")}
    assert [c.unit for c in candidate.cells] == [metric.unit for metric in source.metrics.values()]
    assert [meaning for _, meaning in candidate.mapping] == list(source.columns)
    assert {check for check, holds in checks(candidate).items() if holds} == set()
    assert (candidate.delivery.key, candidate.delivery.format) == ("2026-10", "xlsx")


@pytest.mark.parametrize("source", WITH_LABELS, ids=named)
def test_a_sheet_that_was_moved_about_reads_the_same(desk: Desk, tmp_path: Path, source: MetricSource) -> None:
    """Columns in another order, more title lines, blank lines between, no guide: as departments send them."""
    values = figures_for(source)
    parts = sorted(source.columns, reverse=True)
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append(["ỦY BAN NHÂN DÂN TỈNH"])
    sheet.append(["BÁO CÁO", None, "Mẫu số 1"])
    sheet.append([])
    sheet.append([source.columns[part] for part in parts])
    for metric, value in zip(source.metrics.values(), values, strict=True):
        sheet.append([])
        own = {"metric": f"  {metric.label.upper()} ", "period": "Tháng 10 năm 2026", "value": typed(value, True)}
        sheet.append([own.get(part) for part in parts])
    path = tmp_path / "bao_cao.xlsx"
    book.save(path)
    candidate = read(desk, path)
    assert [(c.metric_code, c.value) for c in candidate.cells] == [
        (metric.code, value) for metric, value in zip(source.metrics.values(), values, strict=True)
    ]
    assert candidate.delivery.place.header == (4, 4)


def test_the_free_sheet_takes_any_known_code(desk: Desk, tmp_path: Path) -> None:
    [source] = [one for one in DECLARED if not one.metrics]
    path = tmp_path / "mau.xlsx"
    book, sheet, column = opened(path, source)
    for row, (code, unit, period, value) in enumerate(
        [("enterprises_registered", "doanh nghiệp", None, 1234), ("grdp_growth", "%", "Ước tính 9/2026", "8,25")],
        start=HEADER_ROW + 1,
    ):
        for part, text in (("metric", code), ("unit", unit), ("period", period), ("value", value)):
            if text is not None:
                sheet.cell(row, column[part], text)
    book.save(path)
    candidate = read(desk, path)
    assert [(c.metric_code, c.unit, c.period_label, c.value, c.qualifier) for c in candidate.cells] == [
        ("enterprises_registered", "enterprises", "2026-10", 1234.0, "exact"),
        ("grdp_growth", "percent", "2026-09", 8.25, "estimate"),
    ]
    assert candidate.delivery.key == "2026-11-05"


def test_a_blank_template_says_that_there_is_no_figure(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "mau.xlsx"
    opened(path, WITH_LABELS[0])
    assert [remark.check for remark in read(desk, path).remarks] == ["no_figure"]


@pytest.mark.parametrize("source", DECLARED, ids=named)
def test_the_template_looks_after_its_reader(tmp_path: Path, source: MetricSource) -> None:
    book, sheet, column = opened(tmp_path / "mau.xlsx", source)
    assert book.sheetnames[:2] == [SHEET, GUIDE]
    assert sheet.freeze_panes == f"A{HEADER_ROW + 1}"
    assert str(sheet.page_setup.paperSize) == sheet.PAPERSIZE_A4
    letter = sheet.cell(HEADER_ROW, column["value"]).column_letter
    checked = {str(rule.sqref): (rule.formula1, rule.formula2) for rule in sheet.data_validations.dataValidation}
    for row, metric in enumerate(source.metrics.values(), start=HEADER_ROW + 1):
        if metric.scale:
            assert checked[f"{letter}{row}"] == tuple(f"{bound:g}" for bound in metric.scale)
    said = "\n".join(str(cell.value) for row in book[GUIDE].iter_rows() for cell in row if cell.value)
    assert "Sở Thử nghiệm" in said
    assert all(header in said for header in source.columns.values())
    assert all(metric.code in said for metric in source.metrics.values())


def test_the_command_names_the_agency_and_writes_where_it_is_told(tmp_path: Path) -> None:
    out = tmp_path / "mau.xlsx"
    ran = CliRunner().invoke(template, ["service_quality_annex_2", "--month", "2026-10", "--out", str(out)])
    assert (ran.exit_code, ran.output.strip()) == (0, str(out))
    assert "Văn phòng Ủy ban nhân dân tỉnh" in str(load_workbook(out)[SHEET]["A2"].value)
    refused = CliRunner().invoke(template, ["nobody"])
    assert refused.exit_code == 1
    assert "index_766_monthly" in refused.output


def test_a_period_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not a month"):
        write_template(tmp_path / "mau.xlsx", WITH_LABELS[0], "2026-Q3")
    assert [period_vi(label) for label in ("2026-10", "2026-Q3", "2026", "2026-H1")] == [
        "tháng 10/2026",
        "quý III/2026",
        "năm 2026",
        "2026-H1",
    ]


def test_what_ships_joins_up_with_the_rest() -> None:
    """Agencies, target and index links, and the archive's own codes: a monthly figure continues what is there."""

    def column(file: str, name: str) -> set[str]:
        with (SEEDS / file).open(encoding="utf-8", newline="") as opened:
            return {row[name] for row in csv.DictReader(opened)}

    assert {source.agency for source in DECLARED if source.agency} <= column("agency.csv", "agency_code")
    codes = {source.code: {metric.code for metric in source.metrics.values()} for source in WITH_LABELS}
    assert codes["service_quality_annex_2"] <= column("metric_target_link.csv", "metric_code")
    assert "index_766_score" in codes["index_766_monthly"] & column("publication_calendar.csv", "metric_code")


def test_the_delivered_bytes_are_named(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "thang 10.xlsx"
    book, sheet, column = opened(path, WITH_LABELS[0])
    sheet.cell(HEADER_ROW + 1, column["value"], 10)
    book.save(path)
    candidate = read(desk, path)
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    assert candidate.description["sha256"] == sha256
    assert candidate.description["name"] == "thang 10.xlsx"
    [cell] = candidate.cells
    assert cell.source_locator == f"sha256/{sha256[:2]}/{sha256}.xlsx#{SHEET}!R6C4"
