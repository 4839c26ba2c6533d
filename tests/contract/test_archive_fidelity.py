"""Every numeric cell of every archived table stands once in the facts, unchanged, under the right heads.

Independent of the readers: plain csv, the published alias list, and header rules of this file's own.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

ARCHIVE = Path(__file__).resolve().parents[2] / "ingest" / "archive"
NUMBER = re.compile(r"\s*-?\d+(\.\d+)?\s*")
# columns that hold keys of a row, not figures
KEYS = {"tinhid", "Mã PCI", "Mã tỉnh", "edition_year", "year", "period", "province_code", "province_list"}

Head = tuple[str, str]  # component, measure

RULES: dict[str, list[tuple[str, Head]]] = {
    "pci": [
        (r"chưa có trọng số", ("total_unweighted", "score")),
        (r"^(nhóm|pci tier)", ("total", "tier")),
        (r"^(thứ hạng|xếp hạng|thứ tự|ranking)", ("total", "rank")),
        (r"gia nhập|entry", ("entry_costs", "score")),
        (r"đất|access to land", ("land_access", "score")),
        (r"minh bạch|transparency", ("transparency", "score")),
        (r"thời gian|time costs", ("time_costs", "score")),
        (r"không chính thức|informal", ("informal_charges", "score")),
        (r"cạnh tranh bình đẳng|policy bias", ("policy_bias", "score")),
        (r"ưu đãi đối với", ("soe_bias", "score")),
        (r"năng động|proactivity", ("proactivity", "score")),
        (r"chính sách của trung ương", ("central_policy", "score")),
        (r"hỗ trợ d|kinh tế tư nhân|kttn|business support", ("business_support", "score")),
        (r"đào tạo|labor", ("labor_training", "score")),
        (r"pháp lý|law|legal", ("legal_institutions", "score")),
        (r"nguồn nhân lực", ("human_capital", "score")),
        (r"cơ sở hạ tầng", ("infrastructure", "score")),
        (r"khoảng cách", ("market_distance", "score")),
        (r"pci", ("total", "score")),
    ],
    "pgi": [
        (r"climate", ("climate_risk", "score")),
        (r"minimum", ("minimum_standards", "score")),
        (r"leadership", ("environmental_leadership", "score")),
        (r"incentives", ("green_support", "score")),
        (r"ranking", ("total", "rank")),
        (r"score", ("total", "score")),
    ],
    "dti": [
        (r"row_order", ("total", "list_position")),
        (r"xếp hạng dti", ("total", "rank")),
        (r"xếp hạng chính quyền", ("pillar_government", "rank")),
        (r"xếp hạng kinh tế", ("pillar_economy", "rank")),
        (r"xếp hạng xã hội", ("pillar_society", "rank")),
        (r"hoạt động chính quyền", ("digital_government", "score")),
        (r"hoạt động kinh tế", ("digital_economy", "score")),
        (r"hoạt động xã hội", ("digital_society", "score")),
        (r"chính quyền số", ("pillar_government", "score")),
        (r"kinh tế số", ("pillar_economy", "score")),
        (r"xã hội số", ("pillar_society", "score")),
        (r"nhận thức", ("awareness", "score")),
        (r"thể chế", ("institutions", "score")),
        (r"hạ tầng", ("infrastructure", "score")),
        (r"nhân lực", ("human_resources", "score")),
        (r"an toàn", ("cyber_security", "score")),
        (r"giá trị dti|pdti|bộ chỉ số", ("total", "score")),
    ],
    "fta_index": [(r"^hạng", ("total", "rank")), (r"điểm", ("total", "score"))],
    "pii": [
        (r"hạng pii", ("total", "rank")),
        (r"điểm pii", ("total", "score")),
        (r"đầu vào", ("input", "score")),
        (r"đầu ra", ("output", "score")),
        (r"hạng thể chế", ("institutions", "rank")),
        (r"hạng vốn", ("human_capital", "rank")),
        (r"hạng cơ sở", ("infrastructure", "rank")),
        (r"hạng thị", ("market", "rank")),
        (r"hạng doanh", ("business", "rank")),
        (r"hạng sản", ("knowledge", "rank")),
        (r"hạng tác", ("impact", "rank")),
        (r"thể chế", ("institutions", "score")),
        (r"vốn", ("human_capital", "score")),
        (r"cơ sở", ("infrastructure", "score")),
        (r"thị trường", ("market", "score")),
        (r"doanh nghiệp", ("business", "score")),
        (r"sản phẩm", ("knowledge", "score")),
        (r"tác động", ("impact", "score")),
    ],
    "par_index": [(r"^rank", ("total", "rank")), (r"par_index", ("total", "score"))],
    "sipas": [(r"^rank", ("total", "rank")), (r"percent", ("total", "score"))],
}
# printed before 2018 in this order within each dimension: 4, 3, 3, 4, 4, 4 sub-dimensions
EARLY_PAPI = [
    *("d1", "d1_1", "d1_2", "d1_3", "d1_4"),
    *("d2", "d2_2", "d2_3", "d2_4"),
    *("d3", "d3_1", "d3_inspection_boards", "d3_investment_boards"),
    *("d4", "d4_1", "d4_2", "d4_3", "d4_4"),
    *("d5", "d5_1", "d5_2", "d5_3", "d5_4"),
    *("d6", "d6_1", "d6_2", "d6_3", "d6_4"),
    "total",
]
# the 2017 workbook: later labels on the earlier content (papi/CONFLICTS.csv)
PAPI_2017 = {"2.1": "d2_2", "2.2": "d2_3", "2.3": "d2_4", "3.3": "d3_inspection_boards"}
PAR_COMPONENTS = {
    "formulation": "legal_documents",
    '"public': "administrative_reform_unspecified",
    "public finance": "public_finance",
    "appraised": "appraised_block",
    "impact: sipas": "impact_sipas",
    "impact: survey": "impact_leaders_survey",
    "impact: socio": "impact_socioeconomic",
    "impact of administrative reform (block": "impact_block",
    "impact of": "impact",
    "organizational": "organization",
    "civil": "civil_service",
    "administrative procedure": "administrative_procedures",
    "steering": "steering",
}
SIPAS_COMPONENTS = {"access": "access", "administrative p": "procedures", "civil": "civil_servants"} | {
    "service o": "outcomes",
    "complaint": "complaints",
    "policy": "policy",
    "public administrative service": "service_delivery",
}


def papi_head(file: str, position: int, header: str) -> Head:
    year = int(re.findall(r"\d{4}", file)[0])
    text = header.strip()
    if year <= 2016:
        return EARLY_PAPI[position - 3], "score"
    if year >= 2020:
        code = {"total_official": "total"}.get(text) or re.sub(r"^SC(\d)(\d)$", r"d\1_\2", text)
        return code.lower(), "score"
    if "tổng hợp" in text or "Chỉ số PAPI" in text:
        component = "total" if "không có trọng số" in text else "total_weighted"
        for word, measure in (("tối thiểu", "ci_low"), ("tối đa", "ci_high"), ("sai số", "standard_error")):
            if word in text:
                return component, measure
        return component, "score"
    variance = re.search(r"Phương sai \(Chỉ số nội dung (\d)\)", text)
    if variance:
        return f"d{variance[1]}", "variance"
    number = re.search(r"(\d\.\d|\d):", text)
    assert number, header
    if year == 2017 and number[1] in PAPI_2017:
        return PAPI_2017[number[1]], "score"
    return "d" + number[1].replace(".", "_"), "score"


def head_of(file: str, position: int, header: str, row: dict[str, str]) -> Head:
    folder, name = file.split("/")
    if folder == "papi":
        return papi_head(name, position, header)
    if name == "national_indices.csv":
        return "total", row["measure"]
    if name == "NATIONAL_REGIONAL.csv":
        return "total", "mean"
    if name == "NATIONAL.csv":
        text = row["measure"]
        component = next((code for start, code in SIPAS_COMPONENTS.items() if text.startswith(start)), "total")
        measure = "min" if "lowest" in text else "max" if "highest" in text else "mean"
        rounded = row["edition_year"] == "2020" and text == "national"
        return component, "mean_rounded" if rounded else measure
    if name.startswith("COMPONENTS"):
        component = next(code for start, code in PAR_COMPONENTS.items() if row["component"].lower().startswith(start))
        return component, {"points": "score"}.get(header, header)
    index = "pgi" if name.startswith("pgi") else folder
    if index == "pci" and "2025" in name and header == "Time Costs":
        return "compliance_costs", "score"
    lowered = header.lower()
    return next(head for pattern, head in RULES[index] if re.search(pattern, lowered))


@pytest.fixture(scope="module")
def places() -> dict[tuple[str, str], str]:
    """(name as printed, list) -> territory code, from the published alias list."""
    merged = {r["new_code"] for r in rows_of("reference/province_merger_2025.csv") if r["relation"] == "merged"}
    found = {}
    for row in rows_of("reference/province_aliases.csv"):
        key = row["alias_key"]
        if row["code_63"]:
            found[key, "63"] = row["code_63"]
        if row["code_34"]:
            found[key, "34"] = row["code_34"] + ("-2025" if row["code_34"] in merged else "")
    found["hatay", "63"] = "28"
    regions = {r["region_en"]: r["region_code"] for r in rows_of("reference/provinces_63.csv")}
    regions |= {r["region_vi"]: r["region_code"] for r in rows_of("reference/provinces_63.csv")}
    for name, code in {**regions, "Trung du miền núi phía Bắc": "NMM", "Việt Nam": "VN"}.items():
        found[fold(name), "63"] = code
    found[fold("national average of 63 provinces"), "63"] = "VN"
    return found


def fold(name: str) -> str:
    plain = name.lower()
    for marked, letter in zip(
        "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ",
        "a" * 17 + "d" + "e" * 11 + "i" * 5 + "o" * 17 + "u" * 11 + "y" * 5,
        strict=True,
    ):
        plain = plain.replace(marked, letter)
    return re.sub(r"[^a-z0-9]", "", plain)


def rows_of(file: str) -> list[dict[str, str]]:
    with (ARCHIVE / file).open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.DictReader(handle))


def printed_cells(file: str) -> Iterator[tuple[int, int, str, dict[str, str], str]]:
    """Line, column (from 1), header, row and text of every cell that is a number and no key."""
    with (ARCHIVE / file).open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.reader(handle)
        header = next(reader)
        for line, cells in enumerate(reader, start=2):
            row = dict(zip(header, cells, strict=True))
            for position, (name, text) in enumerate(row.items()):
                if NUMBER.fullmatch(text) and name not in KEYS:
                    yield line, position + 1, name, row, text


INDEX_FILES = [
    *sorted(
        f"{path.parent.name}/{path.name}"
        for path in ARCHIVE.glob("*/*.csv")
        if path.name not in ("SOURCES.csv", "CONFLICTS.csv", "HEADERS.csv") and path.parent.name != "reference"
    ),
    "reference/national_indices.csv",
]


def basis_of(file: str) -> str:
    return "34" if file in ("dti/dti_2024.csv", "pii/pii_2025.csv", "pci/pci_2025.csv") else "63"


def name_of(file: str, row: dict[str, str]) -> str:
    for header in ("Variable_Name", "tentinh_vie", "unit", "province", "Province", "Địa phương", "Tên tỉnh/thành phố"):
        if header in row:
            return row[header]
    return next(text for header, text in row.items() if re.match(r"(tên )?(tỉnh|các tỉnh)", header.strip().lower()))


@pytest.mark.parametrize("file", INDEX_FILES)
def test_every_cell_of_an_index_table_stands_once(
    file: str, bi: duckdb.DuckDBPyConnection, places: dict[tuple[str, str], str]
) -> None:
    facts = bi.execute(
        "select source_locator, territory_code, component_code, measure, value, value_status, edition_year, index_code"
        " from marts.fct_index_result where source_file = ?",
        [file],
    ).fetchall()
    by_place = {fact[0]: fact[1:] for fact in facts}
    assert len(by_place) == len(facts)
    wrong, printed = [], set()
    for line, column, header, row, text in printed_cells(file):
        if header == "economies_covered":
            continue  # stands beside the rank, see the test of ranked_among
        locator = f"{file}#R{line}C{column}"
        printed.add(locator)
        territory = "VN" if "NATIONAL.csv" in file or "national_ind" in file else None
        territory = territory or places[fold(name_of(file, row)), basis_of(file)]
        component, measure = head_of(file, column - 1, header, row)
        no_score = file.startswith("papi") and float(text) == 0
        expected = (territory, component, measure, None if no_score else float(text))
        if locator not in by_place or by_place[locator][:4] != expected:
            wrong.append((locator, text, expected, by_place.get(locator)))
        year = row.get("edition_year") or re.findall(r"20\d\d", file)[0]
        if locator in by_place and by_place[locator][5] != int(year):
            wrong.append((locator, "edition", year, by_place[locator][5]))
        if "index_code" in row and by_place.get(locator, (None,) * 7)[6] != row["index_code"]:
            wrong.append((locator, "index", row["index_code"], by_place.get(locator)))
    assert wrong[:5] == []
    loaded = {place for place, fact in by_place.items() if fact[4] == "number"}
    assert loaded <= printed


def test_the_number_of_ranked_economies_stands_beside_each_rank(bi: duckdb.DuckDBPyConnection) -> None:
    facts = dict(
        bi.execute(
            "select source_locator, ranked_among from marts.fct_index_result"
            " where source_file = 'reference/national_indices.csv' and measure = 'rank'"
        ).fetchall()
    )
    rows = rows_of("reference/national_indices.csv")
    column = list(rows[0]).index("value") + 1
    expected = {
        f"reference/national_indices.csv#R{line}C{column}": int(row["economies_covered"] or 0) or None
        for line, row in enumerate(rows, start=2)
        if row["measure"] == "rank"
    }
    assert facts == expected


@pytest.mark.parametrize("file", ["reference/lao_cai_metrics.csv", "reference/provincial_statistics.csv"])
def test_every_metric_stands_once(file: str, bi: duckdb.DuckDBPyConnection, places: dict[tuple[str, str], str]) -> None:
    facts = bi.execute(
        "select source_locator, metric_code, unit, territory_code, period_label, value, qualifier"
        " from marts.fct_provincial_metric where source_file = ?",
        [file],
    ).fetchall()
    own = {"LCA_NEW": "15-2025", "LCA_OLD": "10", "YBA_OLD": "15"}
    expected = []
    for line, column, header, row, text in printed_cells(file):
        assert header == "value", (line, header)
        territory = own.get(row.get("province_key", "")) or places[fold(row["province"]), row["province_list"]]
        expected.append((f"{file}#R{line}C{column}", row["metric"], row["unit"], territory, float(text)))
    assert Counter((f[0], f[1], f[2], f[3], f[5]) for f in facts) == Counter(expected)
    if "qualifier" in rows_of(file)[0]:
        assert Counter(f[6] for f in facts) == Counter(row["qualifier"] for row in rows_of(file))
