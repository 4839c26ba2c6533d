"""What sqlfluff needs to read the models without starting dbt: stand-ins whose SQL has the shape of the real one.

Belongs here: names that dbt gives to every template and that models or macros call. Only sqlfluff imports this.
"""

from collections.abc import Callable

# nothing is asked of a database
execute = False


def env_var(name: str, default: str = "") -> str:
    """A date, because every setting read from the environment must stand in a literal."""
    return default or "2000-01-01"


def var(name: str, default: object = None) -> object:
    """A small whole number, as all variables without a default are counts or shares."""
    return 2 if default is None else default


class dbt:
    """The cross-database macros that the models call, as calls by names that no engine has."""

    @staticmethod
    def listagg(measure: str, delimiter: str, order_by: str) -> str:
        return f"dbt_listagg({measure}, {delimiter} {order_by})"

    @staticmethod
    def datediff(first: str, second: str, part: str) -> str:
        return f"dbt_datediff({first}, {second}, '{part}')"

    @staticmethod
    def dateadd(part: str, number: str, date: str) -> str:
        return f"dbt_dateadd({date}, {number})"

    @staticmethod
    def date_trunc(part: str, date: str) -> str:
        return f"dbt_date_trunc('{part}', {date})"

    @staticmethod
    def hash(field: str) -> str:
        return f"dbt_hash({field})"

    @staticmethod
    def type_string() -> str:
        return "string"


class target:
    type = "duckdb"


class adapter:
    """Whatever differs between engines, as a call of a function."""

    @staticmethod
    def dispatch(name: str, project: str) -> Callable[..., str]:
        return lambda *arguments: f"{name}({', '.join(str(one) for one in arguments)})"

    @staticmethod
    def quote(name: str) -> str:
        return f'"{name}"'


class builtins:
    """dbt's own, behind a macro of the same name."""

    @staticmethod
    def source(source_name: str, table_name: str) -> str:
        return f"{source_name}_{table_name}"
