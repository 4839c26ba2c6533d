"""A source's layout: what a sheet's labels, units, periods and constants come to. All figures are synthetic."""

from datetime import date

import pytest
import yaml

from ingest.catalog_reader import load_catalog
from ingest.metric_match import first_tables, match
from ingest.metric_sheet import examine_delivery
from ingest.period import kind_of, parse_period, read_label
from ingest.territory import gazetteer

from .conftest import HEADER, LAYOUT, Desk, as_csv, checks

GOOD = [("Tỷ lệ thử", "%", "tháng 1/2030", "97,5", ""), ("Điểm thử", "", "01/2030", "1234,5", "số ước")]


@pytest.mark.parametrize(
    ("typed", "label", "qualifier"),
    [
        ("2026-10", "2026-10", None),
        ("10/2026", "2026-10", None),
        ("tháng 9/2026", "2026-09", None),
        ("Tháng 10 năm 2026", "2026-10", None),
        ("T10/2026", "2026-10", None),
        ("Quý III/2026", "2026-Q3", None),
        ("năm 2026", "2026", None),
        ("Sơ bộ 2024", "2024", "preliminary"),
        ("2024 (Sơ bộ)", "2024", "preliminary"),
        ("Prel. 2024", "2024", "preliminary"),
        ("2024 Prel.", "2024", "preliminary"),
        ("2021/2023", "2021/2023", None),
    ],
)
def test_periods_as_people_type_them(typed: str, label: str, qualifier: str | None) -> None:
    assert read_label(typed, {"sơ bộ": "preliminary", "prel.": "preliminary"}) == (label, qualifier)


@pytest.mark.parametrize("typed", ["13/2026", "31/10/2026", "2026-1", "9/26", "tháng 0/2026", "sau Tết", ""])
def test_what_is_no_period_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="is not a period"):
        read_label(typed, {})


@pytest.mark.parametrize(("label", "kind"), [("2026-10", "month"), ("2026-Q3", "quarter"), ("2026", "year")])
def test_the_kind_of_a_period(label: str, kind: str) -> None:
    assert kind_of(*parse_period(label)) == kind


@pytest.mark.parametrize("label", ["2026-10-31", "2026-H1", "2026-10M", "2025-YTD", "2021/2023"])
def test_other_periods_have_no_kind(label: str) -> None:
    assert kind_of(*parse_period(label)) is None


def test_labels_units_and_constants_become_codes(desk: Desk) -> None:
    candidate = desk.examine(GOOD)
    assert candidate.outcome == "accepted_with_warnings"
    assert checks(candidate) == {"uncompared": False}
    got = [(c.metric_code, c.unit, c.territory_code, c.period_label, c.value, c.value_text) for c in candidate.cells]
    assert got == [
        ("synthetic_rate", "percent", "15-2025", "2030-01", 97.5, "97,5"),
        ("synthetic_points", "points", "15-2025", "2030-01", 1234.5, "1234,5"),
    ]
    assert [(c.source_kind, c.note, c.received_on) for c in candidate.cells] == [
        ("official", None, date(2030, 2, 5)),
        ("official", "số ước", date(2030, 2, 5)),
    ]
    assert candidate.mapping == list(zip(HEADER, ("metric", "unit", "period", "value", "note"), strict=True))
    assert candidate.description["delivery"] == "2030-01"


def test_a_sheet_saved_with_semicolons_below_titles_and_blank_lines(desk: Desk) -> None:
    lines = ["BÁO CÁO;;;;", ";;;;", ";".join(HEADER), ";;;;", *(";".join(row) for row in GOOD)]
    catalog = desk.catalog()
    offer = desk.offer("\r\n".join(lines).encode("utf-8-sig"), "bang.csv")
    [source] = catalog.metric_sources.values()
    assert match(first_tables(offer.path(offer.files[0]), offer.name, "csv"), [source]) is source
    candidate = examine_delivery(offer, source, catalog, gazetteer(), date(2030, 2, 5))
    assert [(cell.value, cell.source_row) for cell in candidate.cells] == [(97.5, 5), (1234.5, 6)]
    assert candidate.description["place"] == {"header": 3, "delimiter": ";"}


@pytest.mark.parametrize("typed", ["1.234", "1.234,5", "1 234,5", "97.5", "1234.5"])
def test_the_other_decimal_mark_is_never_taken_for_one(desk: Desk, typed: str) -> None:
    candidate = desk.examine([("Điểm thử", "", "01/2030", typed, "")])
    assert [(r.check, r.where) for r in candidate.remarks] == [
        ("number_unreadable", "bang.csv, row 2, column 'Giá trị'")
    ]


def test_a_mark_beside_the_period_is_a_qualifier(desk: Desk) -> None:
    candidate = desk.examine([("Tỷ lệ thử", "%", "Sơ bộ 01/2030", "90", "")])
    assert [(cell.period_label, cell.qualifier) for cell in candidate.cells] == [("2030-01", "preliminary")]


def test_the_flat_form_of_a_statistical_table(desk: Desk) -> None:
    """Dimension labels, then the value: what one figure is may be said by the layout for the whole table."""
    desk.layout = {
        "source": "synthetic_table",
        "title": "Synthetic table",
        "every": "year",
        "columns": {"territory": "Tỉnh, thành phố", "period": "Năm", "value": "value"},
        "constants": {"metric": "synthetic_count", "unit": "enterprises", "basis": "63"},
        "period_marks": {"sơ bộ": "preliminary"},
        "no_data": [".."],
    }
    rows = [("Hà Nội", "2029", "10.5"), ("Lào Cai", "Sơ bộ 2029", "3"), ("Sơn La", "2029", "..")]
    candidate = desk.examine(rows, header=("Tỉnh, thành phố", "Năm", "value"))
    got = [(c.metric_code, c.territory_code, c.period_label, c.value, c.qualifier) for c in candidate.cells]
    assert got == [
        ("synthetic_count", "01", "2029", 10.5, "exact"),
        ("synthetic_count", "10", "2029", 3.0, "preliminary"),
    ]
    assert checks(candidate) == {"new_code": True, "uncompared": False, "blank": False, "without_origin": False}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"every": "week"}, "every"),
        ({"constants": {"territory": "15-2025", "place": "x"}}, "place"),
        ({"constants": {}}, "neither a column nor a constant says: territory"),
        ({"metrics": {"Tỷ lệ thử": {"code": "Rate", "unit": "percent"}}}, "Rate"),
        ({"source": "other_name"}, "name the file other_name.yaml"),
    ],
)
def test_a_wrong_layout_is_a_fault_that_says_where(desk: Desk, change: dict[str, object], said: str) -> None:
    desk.catalog()
    path = desk.shelf.catalog / "metrics" / "synthetic_monthly.yaml"
    path.write_text(yaml.safe_dump(LAYOUT | change, allow_unicode=True), encoding="utf-8")
    catalog = load_catalog((desk.shelf,))
    [(_, fault)] = catalog.faults
    assert (fault.code, fault.file) == ("catalog_invalid", "metrics/synthetic_monthly.yaml")
    assert said in fault.text
    assert not catalog.metric_sources


def test_a_sheet_is_known_by_header_and_labels(desk: Desk) -> None:
    """Two layouts share a header: the labels decide; where they do not, nobody guesses."""
    catalog = desk.catalog()
    [source] = catalog.metric_sources.values()
    folder = desk.shelf.catalog / "metrics"
    twin = LAYOUT | {"source": "synthetic_twin", "metrics": {"Khác": {"code": "synthetic_other", "unit": "points"}}}
    (folder / "synthetic_twin.yaml").write_text(yaml.safe_dump(twin, allow_unicode=True), encoding="utf-8")
    sources = list(desk.catalog().metric_sources.values())

    def matched(*rows: tuple[str, ...]) -> str | None:
        offer = desk.offer(as_csv([("Báo cáo tháng 1",), (), HEADER, *rows]), "bang.csv")
        found = match(first_tables(offer.path(offer.files[0]), offer.name, "csv"), sources)
        return found.code if found else None

    assert matched(("Tỷ lệ thử", "%", "01/2030", "1", "")) == source.code
    assert matched(("Khác", "điểm", "01/2030", "1", "")) == "synthetic_twin"
    # one label of each: neither knows all of them
    assert matched(("Khác", "điểm", "01/2030", "1", ""), ("Tỷ lệ thử", "%", "01/2030", "1", "")) is None
    assert matched(("Lạ", "điểm", "01/2030", "1", "")) is None
    # a label too many is a fault of the source that knows the others
    assert matched(("Tỷ lệ thử", "%", "01/2030", "1", ""), ("Lạ", "điểm", "01/2030", "1", "")) == source.code
