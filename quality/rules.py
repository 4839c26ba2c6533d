"""What a rule and a suite are.

Belongs here: the shape of a rule (which expectation judges which rows, and the words for a row that fails).
Does not belong here: thresholds, severities, titles and remedies (seed `rule`), or any index, year or province.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["data_fault", "regression"]
ExpectationName = Literal["in_set", "null", "pair_equal", "a_at_least_b", "unique"]
Row = Mapping[str, Any]
# the column that says how large a judged figure may be, where a rule compares with a threshold
ALLOWED = "allowed"
# the column that every judged table has beside its own: the row is of figures that are kept back
IS_WITHHELD = "is_withheld"


@dataclass(frozen=True)
class Words:
    """What people read about one failing row. All texts are plain text; figures are in Vietnamese format.

    The `before`, `after` and `change` texts are for a change from one edition to the next ('65,25', '64,10',
    'giảm 1,15 điểm'), the `certainty` texts say how sure it is that the change is more than noise.
    """

    subject_vi: str
    expected: str
    observed: str
    message_vi: str
    message_en: str
    before_vi: str | None = None
    after_vi: str | None = None
    change_vi: str | None = None
    certainty_vi: str | None = None
    certainty_en: str | None = None


@dataclass(frozen=True)
class Rule:
    """One rule: one Great Expectations expectation, and the words for a row that fails it.

    `arguments` are the expectation's own; `judged` names the columns that it compares: a null there means that the
    evidence is broken, which is an error of ours and not a fault of the figures (empty: nulls are part of the rule).
    `applies` restricts the rule to the rows of the suite whose column has that value. `identity` names columns beside
    the usual keys that tell two subjects of one edition apart.
    """

    rule_code: str
    kind: Kind
    expectation: ExpectationName
    arguments: Mapping[str, Any]
    describe: Callable[[Row], Words]
    judged: tuple[str, ...] = ()
    applies: tuple[str, str] | None = None
    identity: tuple[str, ...] = ()

    def magnitude(self, row: Row) -> float | None:
        """How far off the row is, in the rule's unit; None where a rule knows only right and wrong."""
        value = row.get(self.arguments["column_B"]) if self.arguments.get("column_A") == ALLOWED else None
        return None if value is None else float(value)


def at_most_allowed(
    rule_code: str,
    kind: Kind,
    column: str,
    describe: Callable[[Row], Words],
    applies: tuple[str, str] | None = None,
    identity: tuple[str, ...] = (),
) -> Rule:
    """The common rule: `column` may be as large as the column `allowed` of the same row."""
    return Rule(
        rule_code=rule_code,
        kind=kind,
        expectation="a_at_least_b",
        arguments={"column_A": ALLOWED, "column_B": column, "or_equal": True},
        judged=(ALLOWED, column),
        describe=describe,
        applies=applies,
        identity=identity,
    )


@dataclass(frozen=True)
class Suite:
    """Rules over one table. `sql` gives one row for each judged subject, in a stable order.

    The SQL may use the macro `threshold_of(rule_code, index_code)`, which reads the seed `rule`. `keys` are the columns
    that Data Docs prints beside a failing row. Each row gets the column `is_withheld`, see `quality.withheld`.
    `of_figures` is false where the arrival of files is judged, not what they
    say; `compares_editions` is true where a row may fail for a fault of another edition.
    """

    name: str
    table: str
    sql: str
    keys: tuple[str, ...]
    rules: tuple[Rule, ...] = field(default=())
    of_figures: bool = True
    compares_editions: bool = False

    @property
    def guards_publication(self) -> bool:
        """Whether figures that fail a critical rule of this suite are withheld: data faults are, regressions never."""
        return self.of_figures and all(rule.kind == "data_fault" for rule in self.rules)
