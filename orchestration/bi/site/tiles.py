"""The tile grid: a tile a province, placed by a reviewed list; no border geometry."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from orchestration.bi.site.frame import SiteError
from quality.report.published import Row

_GRID = Path(__file__).with_name("tile_grid.csv")


def read_tiles(units: Iterable[Row]) -> list[dict[str, Any]]:
    """The tiles {code, row, column, note, note_vi, note_en}; a tile with a note is a part of its unit, such as islands.

    Raises SiteError when a unit of today has no tile, or a tile no unit.
    """
    with _GRID.open(encoding="utf-8", newline="") as file:
        tiles = [
            {
                "code": row["territory_code"],
                "row": int(row["row"]),
                "column": int(row["column"]),
                "note": bool(row["label_vi"]),
                "note_vi": row["label_vi"],
                "note_en": row["label_en"],
            }
            for row in csv.DictReader(file)
        ]
    placed = {str(tile["code"]) for tile in tiles if not tile["note"]}
    of_today = {unit["code"] for unit in units if unit["is_of_today"]}
    if placed != of_today:
        different = ", ".join(sorted(placed ^ of_today))
        raise SiteError(f"{_GRID.name} and the list of today's provinces differ in {different}; mend {_GRID.name}")
    return tiles
