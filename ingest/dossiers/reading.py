"""The SQL that reads files of one shape: values given, values typed, whether a record is at fault, and the raw row."""

from collections.abc import Mapping, Sequence
from glob import escape
from pathlib import Path

from ingest.dossiers.columns import Column, literal, local_date
from ingest.dossiers.key import first_64_bits, hashed
from ingest.dossiers.shape import Shape

# what content_hash is made of, in this order and so written, for ever: new records are compared with those of long ago
_CONTENT = (
    "procedure_code",
    "procedure_field",
    "unit_code",
    "level",
    "channel",
    "epoch_us(received_at)",
    "epoch_us(due_at)",
    "epoch_us(finished_at)",
    "result_electronic",
    "data_reused",
    "fee_vnd",
    "satisfaction",
    "petitions",
    "petitions_on_time",
)
_TEXT_OF_CONTENT = ", '|', ".join(_CONTENT)
# no character of a text: what cannot be written as text by any program delimits nothing
_NO_DELIMITER = "\x01"
# the columns of raw/dossier, in their order; the month is the folder's name
_RAW = {
    "dossier_key": hashed("given_dossier_id"),
    "version": "version::integer",
    "content_hash": first_64_bits(f"md5(concat({_TEXT_OF_CONTENT}))"),
    "territory_code": "$territory",
    "procedure_code": "procedure_code",
    "procedure_field": "procedure_field",
    "unit_code": "unit_code",
    "level": "level",
    "channel": "channel",
    "received_date": "received_date",
    "received_at": "received_at",
    "received_at_date": local_date("received_at"),
    "due_at": "due_at",
    "due_date": local_date("due_at"),
    "finished_at": "finished_at",
    "finished_date": local_date("finished_at"),
    "result_electronic": "result_electronic",
    "data_reused": "data_reused",
    "fee_vnd": "fee_vnd",
    "satisfaction": "satisfaction",
    "petitions": "petitions::integer",
    "petitions_on_time": "petitions_on_time::integer",
    "delivered_date": "delivered_date",
    "delivery_no": "delivery_no",
    "received_month": "case when not faulty then date_trunc('month', received_date)::date end",
}


def raw_rows(shape: Shape, paths: Sequence[Path], columns: Mapping[str, Column]) -> str:
    """SQL: the rows of raw/dossier; received_month is null where a record is at fault.

    Wants the parameters of the key and `territory`, and a table `delivery` (filename, delivered_date, delivery_no). No
    value of a file comes through that is not as declared.
    """
    made = ", ".join(f"{expression} as {name}" for name, expression in _RAW.items())
    return f"select {made} from ({judged(shape, paths, columns)}) join delivery using (filename)"


def judged(shape: Shape, paths: Sequence[Path], columns: Mapping[str, Column], numbered: bool = False) -> str:
    """SQL: every record with its given and typed values, `misshapen` and `faulty`; with its `row_no` if `numbered`."""
    typed = ", ".join(f"{one.typed(shape.held_as(one.name))} as {one.value}" for one in columns.values())
    faulty = " or ".join(("misshapen", *(column.fault() for column in columns.values())))
    return f"select *, {faulty} as faulty from (select *, {typed} from ({given(shape, paths, columns, numbered)}))"


def given(shape: Shape, paths: Sequence[Path], columns: Mapping[str, Column], numbered: bool = False) -> str:
    """SQL: every record with its values as the file gives them, null where it gives none; `row_no` needs kept order."""
    files = f"[{', '.join(literal(escape(str(path))) for path in paths)}]"
    held = dict(shape.held)
    absent = [f"null::varchar as given_{name}" for name in columns if name not in held]
    if shape.format == "jsonl":
        return _given_in_json(files, columns, numbered)
    row_no = []
    if shape.format == "csv":
        types = ", ".join(f"'given_{name}': 'varchar'" for name in held)
        source = _text(files, shape.delimiter, types) + """, header = true, quote = '"', escape = '"')"""
        values = [f"given_{name}" for name in held]
        row_no = ["row_number() over () + 1 as row_no"] * numbered
    else:
        source = f"read_parquet({files}, filename = true, file_row_number = {str(numbered).lower()})"
        values = [f"{_in_parquet(one.called, one.held_as)} as given_{name}" for name, one in held.items()]
        row_no = ["file_row_number + 1 as row_no"] * numbered
    return f"select filename, false as misshapen, {', '.join([*row_no, *values, *absent])} from {source}"


def lacks_key(column: Column) -> str:
    """SQL over the `keys` of a JSON line: whether it has the column under none of its names."""
    return f"not list_has_any(keys, [{', '.join(map(literal, column.names))}])"


def _in_parquet(called: str, held_as: str) -> str:
    quoted = '"' + called.replace('"', '""') + '"'
    return {"text": f"nullif({quoted}, '')", "nothing": "null::varchar"}.get(held_as, quoted)


def _text(files: str, delimiter: str, types: str) -> str:
    """The beginning of a reader of text files, without any guess about them."""
    return f"read_csv({files}, auto_detect = false, filename = true, delim = '{delimiter}', columns = {{{types}}}"


def _given_in_json(files: str, columns: Mapping[str, Column], numbered: bool) -> str:
    """A record a line. Misshapen is what is no object, has a key that is not declared, or a column twice, or lacks one
    that must be there though it may be empty.
    """
    calls = [(name, column.name) for column in columns.values() for name in column.names]
    paths = ", ".join(literal(f'$."{name}"') for name, _ in calls)
    known = ", ".join(literal(name) for name, _ in calls)
    row_no = "row_number() over () as row_no, " * numbered
    # one column that nothing delimits and nothing quotes: the line
    lines = _text(files, _NO_DELIMITER, "'line': 'varchar'") + ", header = false, quote = '', escape = '')"
    record = "case when json_valid(line) and json_type(line) = 'OBJECT' then line::json end as record"
    twice = "list_unique(keys) <> len(keys)"
    misnamed = f"record is null or not list_has_all([{known}], keys) or {twice} as misnamed"
    places = {column: [f"found[{at}]" for at, one in enumerate(calls, 1) if one[1] == column] for column in columns}
    values = ", ".join(f"nullif(coalesce({', '.join(of)}), '') as given_{name}" for name, of in places.items())
    by_two_names = [f"list_count([{', '.join(of)}]) > 1" for of in places.values() if len(of) > 1]
    # a required one that is not there is at fault anyway, for want of a value
    may_be_empty = [one for one in columns.values() if one.must_be_there and not one.required]
    lacking = [f"(given_{one.name} is null and {lacks_key(one)})" for one in may_be_empty]
    misshapen = " or ".join(["misnamed", *by_two_names, *lacking])
    return (
        f"select * exclude (line, found, misnamed), {values}, {misshapen} as misshapen from (select *, {misnamed},"
        f" json_extract_string(record, [{paths}]) as found from (select *, json_keys(record) as keys from"
        f" (select *, {record} from (select {row_no}line, filename from {lines}) where trim(line) <> '')))"
    )
