"""What real publishers serve, made from the figures of the archive that ships: the same shapes, quirks included."""

import csv
import io
import json
import re
from functools import cache
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, quote, urlsplit

import openpyxl
import yaml

from ingest.pull.source import SOURCES, slugs
from ingest.settings import PACKAGE_ROOT
from tests.integration.pull.publisher_server import JSON, XLSX, Asked, Publisher, Reply

_SUB_INDICES = (
    "Entry Costs",
    "Access to land",
    "Transparency",
    "Time Costs",
    "Informal Charges",
    "Policy Bias",
    "Proactivity",
    "Business Support Policy",
    "Labor Policy",
    "Law & Order",
)
PAPI_YEARS = (2018, 2019, 2023, 2024)
PCI_YEARS = (2015, 2016, 2017, 2020, 2021)


def declare(code: str, site: Publisher, home: Path, **changes: Any) -> None:
    """Write the source that ships onto the shelf of a home, with all its addresses at `site` and no pause."""
    shipped = PACKAGE_ROOT / "catalog" / SOURCES / f"{code}.yaml"
    text = re.sub(r"https://[a-z.]+(?=/)", site.url, shipped.read_text(encoding="utf-8"))
    source = yaml.safe_load(text) | {"hosts": [site.at], "pause_seconds": 0.0} | changes
    folder = home / "catalog" / SOURCES
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{code}.yaml").write_text(yaml.safe_dump(source, allow_unicode=True), encoding="utf-8")


@cache
def rows_of(file: str) -> tuple[tuple[str, ...], ...]:
    """Header and rows of a CSV of the archive; columns about where a copy was seen are left out."""
    with (PACKAGE_ROOT / "archive" / file).open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.reader(opened))
    kept = [n for n, name in enumerate(rows[0]) if not re.search(r"seen_in|source|notes|row_order", name)]
    return tuple(tuple(row[n] for n in kept) for row in rows)


@cache
def workbook(file: str, title: str) -> bytes:
    """The table as an .xlsx: a title row, an empty one, then header and figures as numbers."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([title])
    sheet.append([])
    for number, row in enumerate(rows_of(file)):
        sheet.append([_number(cell) if number else cell for cell in row])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def table(header: tuple[str, ...], rows: list[tuple[str, ...]], body_id: str = "") -> str:
    """An HTML table."""
    head = "".join(f"<th>{escape(cell)}</th>" for cell in header)
    lines = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>\n" for row in rows)
    marked = f' id="{body_id}"' if body_id else ""
    return f"<table><thead><tr>{head}</tr></thead>\n<tbody{marked}>\n{lines}</tbody></table>"


def page(title: str, content: str) -> Reply:
    return Reply(f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{content}</body></html>".encode())


def papi(site: Publisher, years: tuple[int, ...] = PAPI_YEARS) -> None:
    """A data page that links to yearly workbooks in folders named by the year of the upload."""
    links = []
    for year in years:
        address = f"/wp-content/uploads/{year + 1}/04/PAPI_{year}_Data.xlsx"
        site.serve(address, Reply(workbook(f"papi/papi_{year}.csv", f"PAPI {year}"), XLSX))
        links.append(f'<li><a href="{address}">Download the data of the year</a></li>')
    links.append('<li><a href="/eng/report/">Report</a></li>')
    site.serve("/eng/papi-data/", page("PAPI data", f"<ul>{''.join(links)}</ul>"))


def pci_data(site: Publisher, years: tuple[int, ...] = PCI_YEARS) -> None:
    """A page whose links say the year only in their text; addresses hold blanks."""
    links = []
    for year in years:
        address = f"/uploads/{quote('Dữ liệu chỉ số')} {year % 100}.xlsx"
        site.serve(address.replace(" ", "%20"), Reply(workbook(f"pci/pci_{year}.csv", f"PCI {year}"), XLSX))
        links.append(f'<p><a href="{address}">PCI {year} (Excel)</a></p>')
    site.serve("/en/pci-data", page("PCI data", "".join(links)))


def pci_provinces(site: Publisher, years: tuple[int, ...] = PCI_YEARS) -> list[str]:
    """A page a province with its ten sub-indices by year; returns the slugs."""
    families = dict(zip(_names(), slugs({"slugs": _PCI_SLUGS}), strict=True))
    scores = {year: {row[_place(year)]: row for row in rows_of(f"pci/pci_{year}.csv")[1:]} for year in years}
    for name, slug in families.items():
        lines = []
        for number, sub_index in enumerate(_SUB_INDICES):
            cells = [scores[year].get(name, ())[_place(year) + 1 + number :][:1] for year in years]
            lines.append((sub_index, *(f"{float(cell[0]):.2f}" if cell and cell[0] else "" for cell in cells)))
        content = f"<h1>{escape(name)}</h1>{table(('Sub-index', *map(str, years)), lines)}"
        site.serve(f"/en/provinces/{slug}", page(name, content))
    return list(families.values())


def dti(site: Publisher, years: tuple[int, ...] = (2022, 2023, 2024)) -> None:
    """A page a year with the whole ranking, decimal commas, a footnote star."""
    for year in years:
        header, *rows = rows_of(f"dti/dti_{year}.csv")
        printed = [tuple(re.sub(r"^(\d+)\.(\d+)$", r"\1,\2", cell) for cell in row) for row in rows]
        site.serve(f"/xep-hang-{year}", page(f"DTI {year}", table((*header[:-1], f"{header[-1]}*"), printed)))


def pgi(site: Publisher, year: int = 2023) -> None:
    """The rows stand under //tbody[@id='pgi_data_load']."""
    header, *rows = rows_of(f"pci/pgi_{year}.csv")
    site.serve("/du-lieu-pgi", page("PGI", table(header, rows, "pgi_data_load")))


def world_bank(site: Publisher, per_page: int = 1000) -> None:
    """A list of head and figures, newest year first; `per_page` is the most that the service gives."""
    figures = {
        int(row[1]): float(row[3])
        for row in rows_of("reference/national_indices.csv")[1:]
        if row[0] == "LPI" and row[2] == "score"
    }
    items = [
        {
            "indicator": {"id": "LP.LPI.OVRL.XQ", "value": "Logistics performance index: Overall (1=low to 5=high)"},
            "country": {"id": "VN", "value": "Viet Nam"},
            "countryiso3code": "VNM",
            "date": str(year),
            "value": figures.get(year),
            "unit": "",
            "obs_status": "",
            "decimal": 1,
        }
        for year in range(2025, 2000, -1)
    ]

    def answer(asked: Asked) -> Reply:
        query = parse_qs(urlsplit(asked.path).query)
        size = min(int(query.get("per_page", ["50"])[0]), per_page)
        number = int(query.get("page", ["1"])[0])
        shown = items[(number - 1) * size : number * size]
        head = {"page": number, "pages": -(-len(items) // size), "per_page": size, "total": len(items)}
        return Reply(json.dumps([head, shown]).encode(), JSON)

    site.serve("/v2/country/VNM/indicator/LP.LPI.OVRL.XQ", answer)


def ckan(site: Publisher, extra: bool = False) -> None:
    """package_search with one package; `extra`: with a second resource of the same kind."""
    content = (PACKAGE_ROOT / "archive/reference/lao_cai_metrics.csv").read_bytes()
    site.serve("/dataset/lao-cai/chi-tieu.csv", Reply(content, "text/csv"))
    resources = [
        {"id": "1", "name": "Chỉ tiêu", "format": "CSV", "url": f"{site.url}/dataset/lao-cai/chi-tieu.csv"},
        {"id": "2", "name": "Mô tả", "format": "PDF", "url": f"{site.url}/dataset/lao-cai/mo-ta.pdf"},
    ]
    if extra:
        resources.append(resources[0] | {"id": "3", "name": "Chỉ tiêu cũ", "url": f"{site.url}/dataset/cu.csv"})
    package = {"name": "chi-tieu-lao-cai", "title": "Chỉ tiêu Lào Cai", "resources": resources}
    result = {"success": True, "result": {"count": 1, "results": [package]}}
    site.serve("/api/3/action/package_search", Reply(json.dumps(result).encode(), JSON))


def px_web(
    site: Publisher,
    language: str = "en",
    database: str = "Enterprise",
    table_name: str = "E05.02.px",
    post: bool = True,
    api: bool = True,
    most_cells: int | None = None,
) -> None:
    """New enterprises by province and year.

    `post`: the API answers the question for figures, else with 404. `api`: it is there at all. The form is always
    there, and its answers end with a NUL byte.
    """
    names, years, cells = _statistics("enterprises_newly_registered")
    variables = {
        "Province": [(str(n), name) for n, name in enumerate(names)],
        # the newest year is preliminary and says so
        "Year": [(str(n), f"Sơ bộ {year}" if year == years[-1] else str(year)) for n, year in enumerate(years)],
    }

    def stat(chosen: dict[str, list[str]], end: bytes = b"") -> Reply:
        size = [len(values) for values in chosen.values()]
        if most_cells is not None and size[0] * size[1] > most_cells:
            return Reply(b"too many cells", status=403)
        dimension = {
            code: {
                "label": code,
                "category": {
                    "index": {value: n for n, value in enumerate(values)},
                    "label": {value: dict(variables[code])[value] for value in values},
                },
            }
            for code, values in chosen.items()
        }
        document = {
            "version": "2.0",
            "class": "dataset",
            "label": "Newly registered enterprises by Province and Year",
            "id": list(chosen),
            "size": size,
            "dimension": dimension,
            "value": [cells.get((names[int(p)], years[int(y)])) for p in chosen["Province"] for y in chosen["Year"]],
        }
        return Reply(json.dumps(document, ensure_ascii=False).encode() + end, JSON)

    def table_of_api(asked: Asked) -> Reply:
        if asked.method == "POST":
            if not post:
                return Reply(b"404", status=404)
            query = {one["code"]: one["selection"]["values"] for one in json.loads(asked.body)["query"]}
            return stat({code: query[code] for code in variables})
        described = [
            {"code": code, "text": code, "values": [v for v, _ in pairs], "valueTexts": [t for _, t in pairs]}
            for code, pairs in variables.items()
        ]
        return Reply(json.dumps({"title": "New enterprises", "variables": described}).encode(), JSON)

    def form(asked: Asked) -> Reply:
        if asked.method == "GET":
            return _px_form(variables)
        fields = parse_qsl(asked.body.decode())
        if ("__VIEWSTATE", "state of the form") not in fields or ("pxc$OutputFormat", "FileTypeJsonStat") not in fields:
            return Reply(b"invalid postback", status=500)
        return stat({code: [v for name, v in fields if name == f"pxc${code}"] for code in variables}, b"\0")

    if api:
        root = f"/api/v1/{language}/"
        listed = [{"dbid": "Population", "text": "Population"}, {"dbid": database, "text": database}]
        site.serve(root, Reply(json.dumps(listed).encode(), JSON))
        site.serve(f"{root}Population/", Reply(b"[]", JSON))
        tables = [{"id": table_name, "type": "t", "text": "New enterprises"}]
        site.serve(f"{root}{database}/", Reply(json.dumps(tables).encode(), JSON))
        site.serve(f"{root}{database}/{table_name}/", table_of_api)
    site.serve(f"/pxweb/{language}/{database}/{database}/{table_name}/", form)


def _px_form(variables: dict[str, list[tuple[str, str]]]) -> Reply:
    lists = "".join(
        f'<select name="pxc${code}" multiple size="7">'
        + "".join(f'<option value="{value}">{escape(text)}</option>' for value, text in pairs)
        + "</select>"
        for code, pairs in variables.items()
    )
    return page(
        "PX-Web",
        '<form method="post" action="./"><input type="hidden" name="__VIEWSTATE" value="state of the form"/>'
        f'{lists}<select name="pxc$OutputFormat"><option value="tableViewLayout1" selected>Table</option>'
        '<option value="FileTypeJsonStat">JSON-stat</option></select>'
        '<input type="checkbox" name="pxc$never" value="1"/><input type="submit" name="pxc$Show" value="Show"/></form>',
    )


@cache
def _statistics(metric: str) -> tuple[list[str], list[int], dict[tuple[str, int], float]]:
    with (PACKAGE_ROOT / "archive/reference/provincial_statistics.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["metric"] == metric and row["province_list"] == "63"]
    cells = {(row["province"], int(row["year"])): float(row["value"]) for row in rows if row["value"]}
    return list(dict.fromkeys(row["province"] for row in rows)), sorted({int(row["year"]) for row in rows}), cells


_PCI_SLUGS = {"table": "reference/provinces_63.csv", "column": "name_ascii"}


def _names() -> list[str]:
    header, *rows = rows_of("reference/provinces_63.csv")
    return [row[header.index("name_vi")] for row in rows]


def _place(year: int) -> int:
    """Where the province's name stands in a PCI table; the sub-indices follow it."""
    header = rows_of(f"pci/pci_{year}.csv")[0]
    return next(number for number, name in enumerate(header) if name in ("Tỉnh", "Province"))


def _number(cell: str) -> str | float | None:
    try:
        return float(cell)
    except ValueError:
        return cell or None
