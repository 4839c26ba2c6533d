"""An index that is computed all the time and has no editions: its latest figure on record, if the file has one.

Belongs here: figures of an index that stand among the metrics. Does not belong here: indices with editions (`indices`).
"""

import re
from dataclasses import replace
from datetime import date

import duckdb

from quality.report.figures import cell_origin
from quality.report.model import IndexRow, Number
from quality.report.published import rows
from quality.report.words import published_words, qualifier_vi
from quality.suites.wording import index_label

_AMONG = re.compile(r"rank of (\d+)")
# metrics named after the index, as the catalog of metrics does: index_<code>_score, index_<code>_rank
_METRICS = """
select *
from marts.fct_provincial_metric
where
    territory_code = $home and is_actual and is_current and value is not null and period_end <= $day
    and metric_code in ('index_' || lower($index) || '_score', 'index_' || lower($index) || '_rank')
qualify period_end = max(period_end) over ()
order by metric_code, period_start, received_on, source_locator
"""


def continuous_row(con: duckdb.DuckDBPyConnection, row: IndexRow, home: str, day: date) -> list[IndexRow]:
    """Fill the empty row of an index without editions; an empty list where nothing is on record."""
    found = rows(con, _METRICS, {"home": home, "day": day, "index": row.index_code})
    cells = {cell["metric_code"].rsplit("_", 1)[1]: cell for cell in found}
    if not cells:
        return []
    score, rank = cells.get("score"), cells.get("rank")
    among = _AMONG.search(rank["unit"] or "") if rank else None
    qualifiers = dict.fromkeys(qualifier_vi(cell["qualifier"]) for cell in cells.values())
    first = next(iter(cells.values()))
    return [
        replace(
            row,
            edition=f"{index_label(row.index_code)}, số liệu {first['period_label']}",
            score=Number(score["value"], score["printed_decimals"] or 0) if score else None,
            score_text=score["value_text"] if score else None,
            rank=int(rank["value"]) if rank else None,
            ranked_among=int(among[1]) if among else None,
            publication=published_words(None, None, None),
            source_kind=first["source_kind"],
            remarks=("không có kỳ công bố; số tính liên tục, lấy lần trích gần nhất", *(q for q in qualifiers if q)),
            origins=tuple(cell_origin(cell) for cell in cells.values()),
        )
    ]
