"""What sqlfluff needs to read the models without starting dbt: stand-ins whose SQL has the shape of the real one.

Belongs here: names that dbt gives to every template and that models or macros call. Only sqlfluff imports this.
"""

execute = True


def env_var(name: str, default: str = "") -> str:
    """A date, because every setting read from the environment must stand in a literal."""
    return default or "2000-01-01"


def var(name: str, default: object = None) -> object:
    """A small whole number, as all variables without a default are counts or shares."""
    return 2 if default is None else default


class dbt:
    """The cross-database macros that the models call, under the name that dbt gives them."""

    @staticmethod
    def listagg(measure: str, delimiter: str, order_by: str) -> str:
        return f"listagg({measure}, {delimiter} {order_by})"

    @staticmethod
    def datediff(first: str, second: str, part: str) -> str:
        return f"date_diff('{part}', {first}, {second})"

    @staticmethod
    def dateadd(part: str, number: str, date: str) -> str:
        return f"date_add({date}, {number})"
