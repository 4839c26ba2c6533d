"""The overview picture, drawn from nothing but the editions that the report shows.

Belongs here: hiding what came later from the drawing. Does not belong here: drawing (`quality.plots`).
"""

import duckdb

from quality.plots import Picture, home_picture
from quality.report.model import Report

# what the drawing reads; the series alone holds figures
_SERIES = "reporting.rpt_index_series"
_TABLES = (
    "marts.dim_index",
    "marts.dim_component",
    "marts.dim_territory",
    "reporting.rpt_publication_calendar",
    _SERIES,
)


def picture_of(con: duckdb.DuckDBPyConnection, report: Report, home: str) -> Picture:
    """Draw the home unit's series up to the report's last day, from the open published file `con`.

    An edition that was restated since is left out: the series has its new figures only.
    """
    with duckdb.connect() as drawn:
        drawn.execute("set autoinstall_known_extensions = false; create schema marts; create schema reporting;")
        for table in _TABLES:
            drawn.register("found", con.execute(f"from {table}").to_arrow_table())
            drawn.execute(f"create table {table} as from found")
        drawn.execute("create table shown (index_code varchar, edition_year integer, basis varchar)")
        if report.drawn:
            drawn.executemany("insert into shown values (?, ?, ?)", report.drawn)
        drawn.execute(f"delete from {_SERIES} where (index_code, edition_year, basis) not in (from shown)")
        return home_picture(drawn, home)
