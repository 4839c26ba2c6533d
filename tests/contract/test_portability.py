"""The models are SQL that DuckDB and Spark both read: what only one of them has stands in dispatched macros.

Every model is rendered as sqlfluff renders it, with what differs between engines left as calls, read as DuckDB's SQL
and written as Spark's. `make spark-test` runs the models on a real Spark.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from sqlfluff.core import FluffConfig, Linter
from sqlglot import ErrorLevel, exp, parse_one, tokenize
from sqlglot.errors import SqlglotError
from sqlglot.tokens import Token, TokenType

from tests.conftest import ROOT

PROJECT = ROOT / "dbt_project"
# `show system functions` of Spark 4.1
SPARK = ROOT / "tests" / "fixtures" / "spark" / "functions_4_1.txt"
# both engines have these, and mean something else by them or treat null another way
OTHER_MEANING = "any_value concat date_add date_diff date_sub datediff hash log split to_timestamp"
# they add binary numbers in whatever order an engine reads them, and the last bits tell
BY_ORDER = "avg corr covar_pop covar_samp stddev stddev_pop stddev_samp var_pop var_samp variance"
# what the stand-ins make of dispatched macros and of dbt's cross-database ones
DISPATCHED = (
    "computed nearest_whole power_of_ten raw_files dbt_date_trunc dbt_dateadd dbt_datediff dbt_hash dbt_listagg"
)
# words that may stand before a bracket and call nothing
NO_CALLS = (
    "all and any as between by case cast decimal else exists extract from group having in intersect is join not on or"
    " over partition select then union using values varchar when where window with within"
)
MAY_STAND_BEFORE_A_BRACKET = frozenset(SPARK.read_text(encoding="ascii").split()) - {*OTHER_MEANING.split()} | {
    *f"{DISPATCHED} {NO_CALLS}".split()
}
TOKENS = {
    TokenType.DCOLON: "`::`: write cast(… as …)",
    TokenType.QUALIFY: "`qualify`: number the rows in a CTE and choose there",
    TokenType.MOD: "`%`: write mod(…, …)",
    TokenType.DIV: "`//`: write floor(… / …)",
    TokenType.TILDE: "`~`: write like",
    TokenType.FILTER: "`filter (where …)`: count or add up a case",
    TokenType.ARROW: "`->`",
    TokenType.L_BRACKET: "a list or a subscript",
    TokenType.L_BRACE: "a struct",
    TokenType.PIVOT: "pivot",
    TokenType.UNPIVOT: "unpivot",
    TokenType.ASOF: "an asof join",
}
BAD = {
    "select a::int from t": "::",
    "select a from t qualify row_number() over (order by a) = 1": "qualify",
    "select list_sum(a) from t": "list_sum",
    "select count(*) filter (where a > 1) from t": "filter",
    "select a from read_parquet('x.parquet')": "read_parquet",
    "select a // b from t": "//",
    "select a % b from t": "%",
    "select [a, b] from t": "list",
    "select {'a': b} from t": "struct",
    "select list_transform(a, x -> x + 1) from t": "->",
    "select a from t where a ~ 'b'": "~",
    "select cast(a as varchar) from t": "string",
    "select * exclude (a) from t": "exclude",
    "select distinct on (a) a, b from t": "distinct on",
    "select a, count(*) from t group by all": "by all",
    "select date_diff('day', a, b) from t": "date_diff",
    "select strftime(a, '%Y') from t": "strftime",
    "select arg_max(a, b) from t": "arg_max",
    'select "a b" from t': "adapter.quote",
    "select a from generate_series(1, 5) as t(a)": "generate_series",
    "select unnest(a) from t": "unnest",
    "from t": "select",
    "select cast(a as hugeint) from t": "hugeint",
    "select 100.0 * a / b from t": "1e2",
    "select avg(a) from t": "exact_mean",
}
_NAME = re.compile(r"[a-z_]\w*")


def rendered(path: Path, config: FluffConfig) -> str:
    """A model as sqlfluff reads it."""
    found = Linter(config=config).render_file(str(path), config)
    assert not found.templater_violations, f"{path}: {found.templater_violations[0]}"
    return str(found.templated_variants[0])


def only_duckdb(sql: str) -> list[str]:
    """What of a rendered model Spark would not read, or would read as something else; empty when it is portable."""
    try:
        tokens, tree = tokenize(sql, read="duckdb"), parse_one(sql, read="duckdb")
        tree.sql(dialect="spark", unsupported_level=ErrorLevel.RAISE)
    except SqlglotError as error:
        return [str(error)]
    found = [TOKENS[token.token_type] for token in tokens if token.token_type in TOKENS]
    return [*found, *_words(tokens), *_clauses(tree)]


def _words(tokens: list[Token]) -> Iterator[str]:
    if tokens[0].text.lower() not in ("select", "with"):
        yield f"begins with {tokens[0].text}: begin with select or with"
    for token, after in pairwise([*tokens, tokens[-1]]):
        name, calls = token.text.lower(), after.token_type is TokenType.L_PAREN
        if token.token_type is TokenType.IDENTIFIER and name != "row":
            yield f'"{name}" is a text to Spark: use adapter.quote'
        elif token.token_type is TokenType.STRING:
            continue
        elif name == "varchar" and not calls:
            yield "varchar without a length: write string"
        elif name == "all" and tokens[tokens.index(token) - 1].text.lower().endswith("by"):
            yield "`order by all` or `group by all`: name the columns"
        elif calls and name in BY_ORDER.split():
            yield f"{name}(…) depends on the order of rows: use exact_mean, exact_sum"
        elif calls and _NAME.fullmatch(name) and name not in MAY_STAND_BEFORE_A_BRACKET:
            yield f"{name}(…) is no function of Spark's, or another one: use what both have, or a dispatched macro"


def _clauses(tree: exp.Expr) -> Iterator[str]:
    for star in tree.find_all(exp.Star):
        if any(star.args.values()):
            yield "`* exclude`, `replace` or `rename`: name the columns"
    for distinct in tree.find_all(exp.Distinct):
        if distinct.args.get("on"):
            yield "`distinct on`: number the rows and choose"
    for quotient in tree.find_all(exp.Div):
        first = quotient.left
        while isinstance(first, exp.Mul | exp.Div | exp.Paren | exp.Neg):
            first = first.this
        # Spark divides whole numbers in decimals then, which end somewhere; DuckDB in binary numbers
        if isinstance(first, exp.Literal) and not first.is_string and re.fullmatch(r"[0-9]*\.[0-9]*", first.name):
            yield f"{quotient.sql('duckdb')} divides a decimal: write the number as 1e0, 1e2"
    for kind in tree.find_all(exp.DataType):
        if kind.this in (exp.DType.INT128, exp.DType.UINT128, *exp.DataType.UNSIGNED_INTEGER_TYPES):
            yield f"type {kind.sql('duckdb')}: Spark has no hugeint and nothing unsigned"


@pytest.mark.parametrize(("sql", "named"), BAD.items())
def test_what_only_duckdb_has_is_found(sql: str, named: str) -> None:
    found = only_duckdb(sql)
    assert found
    assert any(named in one.lower() for one in found), found


def test_models_are_portable() -> None:
    paths = sorted(path for folder in ("models", "tests") for path in (PROJECT / folder).rglob("*.sql"))
    assert len(paths) > 100
    config = FluffConfig.from_path(str(PROJECT / "models"))
    found = {path.stem: wrong for path in paths if (wrong := only_duckdb(rendered(path, config)))}
    assert not found, "\n".join(f"{name}: {'; '.join(wrong)}" for name, wrong in found.items())
