"""A table as CSV that any spreadsheet may open: what would become a formula is made text.

UTF-8 with a byte order mark, without which Excel takes Vietnamese for another encoding; comma, dot decimals, ISO dates,
`true` and `false`, lines that end in LF. An empty cell is no value, a quoted empty cell is an empty text.
"""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# a tab or line break may start a cell of its own; blanks before a sign, and full-width signs, do not disarm it
_FORMULA = r"^(?:[\t\r\n]|[\s\p{Z}\p{Cc}\p{Cf}]*[=+\-@＝＋－＠﹦﹢﹣﹫])"
# -0,5; +3; -1.234,5 %
_PLAIN_NUMBER = r"^[+-]?[0-9]+(?:[.,  ][0-9]+)*[  ]?%?$"


def write_csv(rows: pa.Table, path: Path) -> None:
    """Write one CSV file. The same rows give the same bytes."""
    columns = [spreadsheet_safe(column) if pa.types.is_string(column.type) else column for column in rows.itercolumns()]
    safe = pa.table(columns, names=rows.column_names)
    with path.open("wb") as stream:
        stream.write(_BYTE_ORDER_MARK)
        csv.write_csv(safe, stream, csv.WriteOptions(include_header=True, delimiter=",", quoting_style="needed"))


def spreadsheet_safe(texts: pa.ChunkedArray) -> pa.ChunkedArray:
    """The texts, with an apostrophe before each that a spreadsheet would take for a formula; plain numbers stay."""
    dangerous = pc.and_(
        pc.match_substring_regex(texts, _FORMULA), pc.invert(pc.match_substring_regex(texts, _PLAIN_NUMBER))
    )
    return pc.if_else(dangerous, pc.binary_join_element_wise("'", texts, ""), texts)
