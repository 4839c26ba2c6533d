"""The declared columns of the feed, and the SQL that types a value as declared, or gives null where it cannot be."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ingest.catalog_reader import read_document
from ingest.faults import Words
from ingest.settings import ZONE, Settings

ID = "dossier_id"
# the body that issued it, its day, its number
_ID = "^[0-9A-Za-z._]+-([0-9]{6})-[0-9]+$"
_WORDS = r"[\p{L}\p{M} ,-]+"
# seconds and zone; without a zone a text would be read as of some other one
_ZONED = r":\d\d(\.\d+)?(Z|[+-]\d\d(:?\d\d)?)$"
_FIRST, _END = "timestamptz '1900-01-01 00:00:00+00'", "timestamptz '9999-12-31 00:00:00+00'"
# the country's clocks have kept one distance from UTC since 1975; asking for it row by row is many times slower
_OFFSET = int((datetime(2000, 1, 1, tzinfo=ZONE).utcoffset() or timedelta()).total_seconds())


@dataclass(frozen=True)
class Column:
    """One declared column. `expected` completes "must be …"; `names` are those that a file may call it by."""

    name: str
    type: str
    expected: Words
    required: bool
    must_be_there: bool
    names: tuple[str, ...]
    limits: dict[str, Any]

    def takes(self, held_as: str) -> bool:
        """Whether a file may hold the column so: as text, as what it is, or empty throughout and of no type."""
        return held_as in ("text", "nothing") or (held_as == self.type and held_as in ("integer", "moment", "flag"))

    def typed(self, held_as: str) -> str:
        """SQL over `given_<name>`, which is null where the file has no value: the typed value, or null."""
        given, limits = f"given_{self.name}", self.limits
        match self.type:
            case "dossier_id":  # the day in it; the number itself is only ever hashed
                return f"try_strptime('20' || regexp_extract({given}, '{_ID}', 1), '%Y%m%d')::date"
            case "integer":
                number = f"try_cast({given} as bigint)"
                # 1.4 would be cast to 1, and 01 is a number of something else
                plain = f"{number}::varchar = {given} and " if held_as == "text" else ""
                fits = f"{number} between {limits['at_least']} and {limits['at_most']}"
                return f"case when {plain}{fits} then {number} end"
            case "code":
                return f"case when regexp_full_match({given}, {literal(limits['pattern'])}) then {given} end"
            case "words":
                same = f"nfc_normalize({given})"
                longest = f"length({same}) <= {limits['longest']}"
                return f"case when regexp_full_match({given}, '{_WORDS}') and {longest} then {same} end"
            case "choice":
                return f"case when {given} in ({', '.join(map(literal, limits['one_of']))}) then {given} end"
            case "flag":
                if held_as == "flag":
                    return given
                return f"case when {given} in ('true', 'True', 'TRUE') then true" + (
                    f" when {given} in ('false', 'False', 'FALSE') then false end"
                )
            case "moment":
                moment = f"try_cast({given} as timestamptz)"
                zoned = f"regexp_matches({given}, '{_ZONED}') and " if held_as == "text" else ""
                return f"case when {zoned}{moment} >= {_FIRST} and {moment} < {_END} then {moment} end"
        raise ValueError(f"the column {self.name} has no type {self.type}")

    def fault(self) -> str:
        """SQL over given and typed values: true where the record cannot be taken for this column."""
        unread = f"{self.value} is null"
        faulty = unread if self.required else f"({unread} and given_{self.name} is not null)"
        whole = self.limits.get("part_of")
        if whole is None:
            return faulty
        return f"({faulty} or coalesce({self.name} > {whole}, ({self.name} is null) <> ({whole} is null)))"

    @property
    def value(self) -> str:
        """The name of the typed value."""
        return "received_date" if self.name == ID else self.name


def local_date(moment: str) -> str:
    """SQL: the day of the country on which a moment falls."""
    return f"make_timestamp(epoch_us({moment}) + {_OFFSET * 1_000_000})::date"


def literal(text: str) -> str:
    """An SQL string for any text."""
    return "'" + text.replace("'", "''") + "'"


def load_columns(settings: Settings) -> dict[str, Column]:
    """The declared columns by name; those of the installation's own shelf where it declares any.

    Raises EditionFault where the declaration does not fit its schema.
    """
    document = read_document(declaration(settings), "dossier")
    return {name: _column(name, said) for name, said in document["columns"].items()}


def declaration(settings: Settings) -> Path:
    """The file that declares the columns: that of the last shelf that has one."""
    return [path for shelf in settings.shelves if (path := shelf.catalog / "dossiers" / "columns.yaml").is_file()][-1]


def _column(name: str, said: dict[str, Any]) -> Column:
    required = said.get("required", False)
    limits = {
        key: said[key] for key in ("pattern", "longest", "one_of", "at_least", "at_most", "part_of") if key in said
    }
    return Column(
        name,
        said["type"],
        Words(said["vi"], said["en"]),
        required,
        required or said.get("always_there", False),
        (name, *said.get("headers", ())),
        limits,
    )
