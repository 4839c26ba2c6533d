"""What a spreadsheet would run is made text; everything else leaves as it is."""

from pathlib import Path

import pyarrow as pa
import pytest

from orchestration.bi.open_data.csv_file import spreadsheet_safe, write_csv

FORMULAS = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://example.test")', "-", "+84-Lào Cai",
    " =1", "\t=1", "\u00a0=1", "\u200b=1", "\ufeff=1", "\u3000@A1", "＝1+1", "＋1+1", "－1+1", "＠SUM(A1)", "﹦1",
    "\tLào Cai", "\rLào Cai", "\nLào Cai", "-0,5+1", "-5\n", "+3;=1", "--1",
]  # fmt: skip
HARMLESS = [
    "", "Lào Cai", "a=b", "x-1", "'=1", "71.664", "-0,5", "+3", "-1.234,5 %", "-12,5%", "+1 234", "−0,5", "1e-3",
    "63/63",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_becomes_text(text: str) -> None:
    assert spreadsheet_safe(pa.chunked_array([[text]])).to_pylist() == [f"'{text}"]


@pytest.mark.parametrize("text", HARMLESS)
def test_a_plain_text_or_number_stays(text: str) -> None:
    assert spreadsheet_safe(pa.chunked_array([[text, None]])).to_pylist() == [text, None]


def test_how_cells_are_written(tmp_path: Path) -> None:
    rows = pa.table(
        {
            "name": ["Đắk Lắk", "", None, 'a "b", c', "=1"],
            "value": pa.array([0.30000000000000004, -5.0, None, 1e-300, 71.664]),
            "day": pa.array([20_779, None, None, None, None], pa.int32()).cast(pa.date32()),
            "held": [True, False, None, None, None],
        }
    )
    write_csv(rows, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes().decode("utf-8").splitlines() == [
        '\ufeff"name","value","day","held"',
        '"Đắk Lắk",0.30000000000000004,2026-11-22,true',
        '"",-5,,false',
        ",,,",
        '"a ""b"", c",1e-300,,',
        '"\'=1",71.664,,',
    ]
