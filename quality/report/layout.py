"""Sections, tables and columns: what stands where, for the document and the workbook alike.

Belongs here: the shape of a section and how a row becomes cells. Does not belong here: any section (`sections`), or
what a program writes (`document`, `workbook`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, Literal, TypeVar

from quality.numbers_vi import date_vi
from quality.report.model import Number
from quality.report.words import figure

Value = str | Number | date | None
Role = Literal["read", "detail", "trace"]
_ROLES: tuple[Role, ...] = ("read", "detail", "trace")
R = TypeVar("R")


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column and what a row has in it.

    `document` is its width there in centimetres, `workbook` its width there in characters; 0 leaves it out. What is
    for reading is printed from a workbook and stands first; details are only on the screen, traces on one line there.
    """

    title: str
    of: Callable[[R], Value]
    document: float = 0
    workbook: int = 0
    role: Role = "read"


@dataclass(frozen=True)
class Table:
    """A table as cells. `sheet` names it in a workbook, the titles in a document; without rows it says `empty_vi`."""

    sheet: str
    title_vi: str
    title_en: str
    empty_vi: str
    titles: tuple[str, ...]
    widths: tuple[float, ...]
    roles: tuple[Role, ...]
    rows: tuple[tuple[Value, ...], ...]


@dataclass(frozen=True)
class Section:
    """A numbered section: what it is in a few sentences, and its tables in either file."""

    title_vi: str
    title_en: str
    lead_vi: tuple[str, ...]
    document: tuple[Table, ...]
    workbook: tuple[Table, ...]


@dataclass(frozen=True)
class Titles:
    """How a table is called, and what it says without rows."""

    sheet: str
    vi: str
    en: str
    empty_vi: str


def for_document(titles: Titles, columns: Sequence[Column[R]], found: Iterable[R]) -> Table:
    return _table(titles, [(column, column.document) for column in columns if column.document], found)


def for_workbook(titles: Titles, columns: Sequence[Column[R]], found: Iterable[R]) -> Table:
    own = [(column, float(column.workbook)) for column in columns if column.workbook]
    return _table(titles, sorted(own, key=lambda pair: _ROLES.index(pair[0].role)), found)


def section(
    title_vi: str, title_en: str, lead_vi: Sequence[str], *tables: tuple[Titles, Sequence[Column[R]], Sequence[R]]
) -> Section:
    """A section of tables that stand in both files."""
    return Section(
        title_vi,
        title_en,
        tuple(said for said in lead_vi if said),
        tuple(for_document(*table) for table in tables),
        tuple(for_workbook(*table) for table in tables),
    )


def text(value: Value) -> str:
    """A cell as a Vietnamese reader expects it."""
    if isinstance(value, Number):
        return figure(value)
    if isinstance(value, date):
        return date_vi(value)
    return value or ""


def _table(titles: Titles, columns: Sequence[tuple[Column[R], float]], found: Iterable[R]) -> Table:
    return Table(
        sheet=titles.sheet,
        title_vi=titles.vi,
        title_en=titles.en,
        empty_vi=titles.empty_vi,
        titles=tuple(column.title for column, _ in columns),
        widths=tuple(width for _, width in columns),
        roles=tuple(column.role for column, _ in columns),
        rows=tuple(tuple(column.of(row) for column, _ in columns) for row in found),
    )
