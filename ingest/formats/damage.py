"""Turning what a library says about a damaged file into a fault with a place and one readable line."""

from collections.abc import Iterator
from contextlib import contextmanager

from ingest.faults import EditionFault, Fault

_LONGEST = 200


def unreadable(file: str, text: str, row: int | None = None, column: str | None = None) -> EditionFault:
    """The fault of a file that cannot be read, and why."""
    return EditionFault([Fault("file_unreadable", file, row, column, text)])


def unsafe(file: str, text: str) -> EditionFault:
    """The fault of a file that must not be opened, and why."""
    return EditionFault([Fault("file_unsafe", file, text=text)])


def too_large(file: str, text: str) -> EditionFault:
    """The fault of a file that would need more memory or time than a table of an index ever does."""
    return EditionFault([Fault("table_too_large", file, text=text)])


def missing(file: str, text: str) -> EditionFault:
    """The fault of a place that the file does not have; `text` says what it has instead."""
    return EditionFault([Fault("place_missing", file, text=text)])


# what a library that checks little of what it reads raises over a damaged file; for blocks that only call the library
CARELESS: tuple[type[Exception], ...] = (
    LookupError,
    ValueError,
    TypeError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    NameError,
    NotImplementedError,
    EOFError,
    RecursionError,
)


@contextmanager
def damaged(file: str, *errors: type[Exception], saying: str = "") -> Iterator[None]:
    """Any of `errors`, raised by a library inside, means that the file is damaged. Raises EditionFault in its stead."""
    try:
        yield
    except errors as error:
        raise unreadable(file, f"{saying}{_one_line(error)}") from error


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text[:_LONGEST] if text else type(error).__name__
