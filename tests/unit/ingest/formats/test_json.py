"""Cubes of statistical offices in JSON-stat, and answers of the World Bank."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ingest.formats.place import NumberCell, Place
from tests.unit.ingest.formats.conftest import fault, places, read, texts

Write = Callable[[bytes | str], Path]


def cube(**changed: Any) -> dict[str, Any]:
    return {
        "version": "2.0",
        "class": "dataset",
        "id": ["province", "year"],
        "size": [2, 2],
        "role": {"time": ["year"]},
        "dimension": {
            "province": {
                "label": "Tỉnh",
                "category": {"index": {"15": 1, "10": 0}, "label": {"10": "Lào Cai", "15": "Yên Bái"}},
            },
            "year": {"category": {"index": ["2023", "2024"]}},
        },
        "value": [1, 2.50, None, 4],
    } | changed


LINES = [
    ["Tỉnh", "year", "value"],
    ["Lào Cai", "2023", "1"],
    ["Lào Cai", "2024", "2.5"],
    ["Yên Bái", "2023", ""],
    ["Yên Bái", "2024", "4"],
]


def test_a_cube_is_a_line_for_each_cell(write: Write) -> None:
    source = write(json.dumps(cube()))
    assert places(source) == [Place()]
    lines = read(source)
    assert [line.cells for line in lines] == LINES
    assert [line.number for line in lines] == [1, 2, 3, 4, 5]
    assert isinstance(lines[1].cells[2], NumberCell)
    assert not isinstance(lines[3].cells[2], NumberCell)


def test_the_first_version_wraps_the_cube(write: Write) -> None:
    document = cube()
    dimension = document["dimension"] | {"id": document.pop("id"), "size": document.pop("size")}
    old = {"dataset": {"dimension": dimension, "value": document["value"]}}
    assert texts(write(json.dumps(old))) == LINES
    two = write(json.dumps({"a": old["dataset"], "b": old["dataset"] | {"value": [5, 6, 7, 8]}}))
    assert places(two) == [Place(table=1), Place(table=2)]
    assert texts(two, Place(table=2))[1] == ["Lào Cai", "2023", "5"]
    assert fault(read, two, Place(table=3)).code == "place_missing"


def test_sparse_values_are_blank_where_there_is_none(write: Write) -> None:
    assert texts(write(json.dumps(cube(value={"3": 4, "0": 1, "1": 2.5})))) == LINES


@pytest.mark.parametrize("status", [["a", "", None, "b"], {"0": "a", "3": "b"}])
def test_status_is_a_column_where_there_is_one(write: Write, status: object) -> None:
    lines = texts(write(json.dumps(cube(status=status))))
    assert lines[0][-1] == "status"
    assert [line[-1] for line in lines[1:]] == ["a", "", "", "b"]
    assert [line[-1] for line in texts(write(json.dumps(cube(status="p"))))[1:]] == ["p"] * 4


def test_numbers_keep_the_digits_that_the_file_gives_them(write: Write) -> None:
    text = json.dumps(cube()).replace("[1, 2.5, null, 4]", "[65.10, 1e-7, 12345678901234567890, 0.1000000000000000055]")
    assert [line[-1] for line in texts(write(text))[1:]] == [
        "65.10",
        "0.0000001",
        "12345678901234567890",
        "0.1000000000000000055",
    ]


def test_a_single_category_needs_no_index_and_a_missing_label_is_its_code(write: Write) -> None:
    dimension = {
        "p": {"category": {"label": {"10": "Lào Cai"}}},
        "y": {"category": {"index": ["1", "2"], "label": {"1": "x"}}},
    }
    document = cube(id=["p", "y"], size=[1, 2], dimension=dimension, value=[7, 8])
    assert texts(write(json.dumps(document))) == [["p", "y", "value"], ["Lào Cai", "x", "7"], ["Lào Cai", "2", "8"]]


def test_zeros_at_the_end_are_dropped_and_marks_and_utf16_understood(write: Write) -> None:
    assert texts(write(json.dumps(cube()).encode() + b"\0\0")) == LINES
    assert texts(write(json.dumps(cube(), ensure_ascii=False).encode("utf-16"))) == LINES
    assert texts(write(json.dumps(cube(), ensure_ascii=False).encode("utf-8-sig"))) == LINES


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"value": [1, 2, 3]}, "3 entries, the dimensions make 4"),
        ({"value": {"4": 1}}, "an entry at '4'"),
        ({"value": {"-1": 1}}, "an entry at '-1'"),
        ({"value": 5}, "neither a list nor an object"),
        ({"value": [1, 2, 3, {}]}, "neither a number nor text"),
        ({"value": [1, 2, 3, True]}, "neither a number nor text"),
        ({"size": [2, 3]}, "has 2 categories, `size` says 3"),
        ({"size": [4]}, "do not name the same"),
        ({"id": ["province", "month"]}, "'month' is not described"),
        ({"status": ["a"]}, "`status` has 1 entries"),
        ({"dimension": {"province": {"category": {"index": {"10": 0, "15": 0}}}, "year": {}}}, "have no order"),
        ({"dimension": []}, "`dimension` is missing"),
    ],
)
def test_a_cube_that_does_not_add_up_is_a_fault(write: Write, changed: dict[str, Any], text: str) -> None:
    found = fault(read, write(json.dumps(cube(**changed))))
    assert found.code == "file_unreadable"
    assert text in found.text


def test_a_cube_larger_than_any_table_is_a_fault(write: Write) -> None:
    category = {"category": {"index": [str(number) for number in range(2000)]}}
    document = cube(id=["a", "b"], size=[2000, 2000 * 2], dimension={"a": category, "b": category}, value={})
    document["dimension"]["b"] = {"category": {"index": [str(number) for number in range(4000)]}}
    assert fault(read, write(json.dumps(document))).code == "table_too_large"


def answer(*rows: object, **meta: object) -> list[object]:
    return [{"page": 1, "pages": 1, "per_page": "50", "total": len(rows)} | meta, list(rows)]


ROW = {
    "indicator": {"id": "GE.EST", "value": "Government effectiveness"},
    "country": {"id": "VN", "value": "Viet Nam"},
    "countryiso3code": "VNM",
    "date": "2023",
    "value": 0.155,
    "unit": "",
    "obs_status": "",
    "decimal": 1,
}


def test_an_answer_of_the_world_bank_is_a_line_for_each_row(write: Write) -> None:
    source = write(json.dumps(answer(ROW, ROW | {"date": "2024", "value": None})))
    assert places(source) == [Place()]
    assert texts(source) == [
        ["indicator", "indicator_code", "country", "country_code", "date", "value", "unit", "obs_status"],
        ["Government effectiveness", "GE.EST", "Viet Nam", "VN", "2023", "0.155", "", ""],
        ["Government effectiveness", "GE.EST", "Viet Nam", "VN", "2024", "", "", ""],
    ]


@pytest.mark.parametrize(
    ("document", "text"),
    [
        ([{"message": [{"id": "120", "key": "Invalid value", "value": "The indicator was not found"}]}], "not found"),
        (answer(ROW, page=1, pages=3, total=120), "page 1 of 3"),
        (answer(ROW, page=2, pages=2), "page 2 of 2"),
        (answer(ROW, total=2), "1 rows, `total` says 2"),
        ([{"page": 1, "pages": 1}, {}], "no list"),
        (answer("x"), "no object"),
        (answer(ROW | {"value": []}), "neither a number nor text"),
    ],
)
def test_an_answer_that_is_not_the_whole_table_is_a_fault(write: Write, document: object, text: str) -> None:
    found = fault(read, write(json.dumps(document)))
    assert found.code == "file_unreadable"
    assert text in found.text


def test_an_answer_without_rows_is_only_a_header(write: Write) -> None:
    assert len(read(write(json.dumps([{"page": 0, "pages": 0, "total": 0}, None])))) == 1


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1',
        '{"a": NaN}',
        '{"a": 1}',
        "[]",
        "[[1, 2]]",
        "[" * 100_000,
        '[{"page": 1, "pages": 1}, [' + "9" * 5000 + "]]",
        '{"class": "collection", "link": {}}',
        '{"a": "x\0y"}',
    ],
)
def test_other_json_is_a_fault(write: Write, text: str) -> None:
    assert fault(read, write(text)).code == "file_unreadable"


def test_a_number_that_would_fill_pages_is_a_fault(write: Write) -> None:
    text = json.dumps(cube()).replace("2.5", "1e999999")
    assert fault(read, write(text)).code == "file_unreadable"
