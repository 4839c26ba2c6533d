"""The ten queries of orchestration/bi/stock_queries.sql, for tests and benchmarks."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

_FILE = Path(__file__).parents[1] / "orchestration" / "bi" / "stock_queries.sql"
_NAMES_AND_QUERIES = re.split(r"(?m)^-- name: (\w+)\n", _FILE.read_text(encoding="utf-8"))[1:]
STOCK_QUERIES: dict[str, str] = dict(zip(_NAMES_AND_QUERIES[::2], _NAMES_AND_QUERIES[1::2], strict=True))


def parameters(bi: duckdb.DuckDBPyConnection) -> Callable[[str], dict[str, Any]]:
    """Parameters for a query: of the edition with the most published figures."""
    columns = ("index_code", "edition_year", "basis")
    largest = bi.execute(
        "select index_code, edition_year, basis from marts.dim_edition where is_current"
        " order by cells_loaded desc nulls last, edition_year desc limit 1"
    ).fetchone()
    assert largest is not None
    asked = dict(zip(columns, largest, strict=True))
    return lambda sql: {name: value for name, value in asked.items() if f"${name}" in sql}
