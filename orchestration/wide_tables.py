"""Schema `wide`: one table an index, one row per province and edition, the usual columns and one for each component.

The same figures as in `reporting.rpt_index_overview` and `marts.fct_index_result`, laid side by side for those who
work in spreadsheets and BI tools. Which indices and components there are is read from the warehouse.
"""

import re
from collections.abc import Iterator

import duckdb

from orchestration.duckdb_resource import literal, quoted
from orchestration.published_tables import Column, DerivedTable, PublishError, Table, read_rows

SCHEMA = "wide"
_OVERVIEW = "reporting.rpt_index_overview"
# before the components, in the order in which an analyst reads them, and after them
_USUAL = (
    "edition_year",
    "basis",
    "territory_sort_vi",
    "territory_code",
    "territory_name_vi",
    "is_home",
    "score",
    "rank_published",
    "ranked_among",
    "rank_computed",
    "ranked_among_computed",
    "tier",
    "previous_edition_year",
    "score_change",
    "rank_change",
    "comparable_with_previous",
)
_ORIGIN = ("lead_agency_vi", "coverage", "is_last_good", "source_kind", "source_url", "published_on")


def wide_tables(connection: duckdb.DuckDBPyConnection, database: str, tables: list[Table]) -> Iterator[DerivedTable]:
    """A table for each index that has an edition, sorted by edition, list and the Vietnamese alphabet.

    Raises PublishError when the overview lacks one of the usual columns.
    """
    overview = next((table for table in tables if table.full_name == _OVERVIEW), None)
    known = {column.name: column for column in overview.columns} if overview else {}
    lacking = [name for name in (*_USUAL, *_ORIGIN) if name not in known]
    if lacking:
        raise PublishError(f"{_OVERVIEW} has no column {', '.join(lacking)}, which the wide tables show")
    connection.execute(f"use {quoted(database)}")
    indices = connection.execute(
        "select index_code, any_value(index_name_vi) from reporting.rpt_index_overview"
        " where edition_year is not null group by index_code order by index_code"
    ).fetchall()
    for code, name in indices:
        components = connection.execute(
            "select component_code, any_value(name_vi), any_value(name_en)"
            " from marts.dim_component inner join marts.fct_index_result using (index_code, component_code)"
            " where index_code = ? and component_code <> 'total' and measure = 'score' and value is not null"
            " group by component_code order by any_value(sort_order), component_code",
            [code],
        ).fetchall()
        names = _column_names([component for component, *_ in components])
        named = [(names[component], component, _as_label(vi), en) for component, vi, en in components]
        columns = (
            *(known[column] for column in _USUAL),
            *(
                Column(column, "DOUBLE", True, f"{vi}. Score of the component `{component}`, as published: {en}.")
                for column, component, vi, en in named
            ),
            *(known[column] for column in _ORIGIN),
        )
        table = Table(
            SCHEMA,
            table_name(code),
            f"Bảng rộng {code.replace('_', ' ')}. {name}: one row per edition, territorial list and territory; scores"
            " of the components in columns of their own, as published and in force, empty where none was published.",
            columns,
            ("edition_year", "basis", "territory_code"),
        )
        yield DerivedTable(table, read_rows(connection, _query(code, named), table), _parents(table, named))


def _query(code: str, named: list[tuple[str, str, str, str]]) -> str:
    scores = "".join(
        f", max(value) filter (component_code = {literal(component)}) as {quoted(column)}"
        for column, component, _, _ in named
    )
    usual = ", ".join(f"overview.{column}" for column in _USUAL)
    of_components = "".join(f", part.{quoted(column)}" for column, *_ in named)
    origin = ", ".join(f"overview.{column}" for column in _ORIGIN)
    return (
        f"with part as (select edition_year, basis, territory_code{scores} from marts.fct_index_result"
        f" where index_code = {literal(code)} and measure = 'score' and is_current group by all)"
        f" select {usual}{of_components}, {origin} from reporting.rpt_index_overview as overview"
        " left join part using (edition_year, basis, territory_code)"
        f" where overview.index_code = {literal(code)} and overview.edition_year is not null order by all nulls last"
    )


def _column_names(components: list[str]) -> dict[str, str]:
    """The component's code; where a usual column or another component has the name, `_component` behind it."""
    taken = {*_USUAL, *_ORIGIN, *components}
    names = {}
    for component in components:
        name = component
        while name in (*_USUAL, *_ORIGIN) or (name != component and name in taken):
            name += "_component"
        names[component] = name
        taken.add(name)
    return names


def _as_label(name: str) -> str:
    """A name that stays whole as the first sentence of a comment."""
    return re.sub(r"[.;] ", ", ", name)


def table_name(index_code: str) -> str:
    """The name of an index's table; one that begins with a digit would have to be quoted everywhere."""
    name = index_code.lower()
    return name if name[0].isalpha() else f"index_{name}"


def _parents(table: Table, named: list[tuple[str, str, str, str]]) -> dict[str, tuple[str, str, str]]:
    parents = {column: ("reporting", "rpt_index_overview", column) for column in (*_USUAL, *_ORIGIN)}
    return parents | {column: ("marts", "fct_index_result", "value") for column, *_ in named}
