"""What every way starts from: the small tables as Parquet, and the synthetic feed.

python -m tests.benchmarks.dossiers.inputs small FOLDER
python -m tests.benchmarks.dossiers.inputs history FEED DOSSIERS A_WORKING_DAY
python -m tests.benchmarks.dossiers.inputs evening FEED DOSSIERS A_WORKING_DAY NUMBER

Prints the files of the feed. A process of its own: what a child is measured at begins with its parent's memory.
"""

import sys
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import duckdb

from ingest.settings import PROJECT_ROOT
from tests.dossiers.calibration import LAST_DAY
from tests.dossiers.feed import Feed
from tests.dossiers.working_days import days

# the last evening of every history; a longer one begins earlier
LAST = LAST_DAY
_LONGEST = date(2000, 1, 3)
_SEEDS = PROJECT_ROOT / "dbt_project" / "seeds"


def history(dossiers: int, a_working_day: int) -> Feed:
    """A feed of so many dossiers up to LAST, at so many on a usual working day; a longer one is not denser.

    Raises ValueError when it would begin before 2000: ids have two digits for the year.
    """
    missing = Fraction(dossiers)
    for one in reversed(list(days(_LONGEST, LAST))):
        missing -= Fraction(one.share * a_working_day, 100)
        if missing <= 0:
            return Feed.sized(dossiers, one.day, LAST)
    raise ValueError(f"{dossiers:,} dossiers at {a_working_day:,} a working day take more than 25 years")


def evening(number: int) -> date:
    """The n-th working day after LAST."""
    return [one.day for one in days(LAST, LAST + timedelta(30 + 2 * number)) if one.is_working and one.day > LAST][
        number - 1
    ]


def small_tables(folder: Path) -> None:
    """Write `calendar`, `crosswalk` and `unit` as Parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as db:
        db.execute("create table calendar (day date, working_day_no integer)")
        number, rows = 0, []
        for one in days(_LONGEST, LAST + timedelta(400)):
            number += one.is_working
            rows.append((one.day.isoformat(), number))
        db.execute(
            "insert into calendar select unnest($days)::date, unnest($numbers)",
            {"days": [day for day, _ in rows], "numbers": [place for _, place in rows]},
        )
        db.execute(
            f"create table crosswalk as select old_code, new_code"
            f" from read_csv('{_SEEDS}/commune_crosswalk.csv', all_varchar = true) where divided = 'no'"
        )
        db.execute(
            f"create table unit as select commune_code as unit_code, 'commune' as level, full_name_vi as name"
            f" from read_csv('{_SEEDS}/commune_unit.csv', all_varchar = true) union all"
            f" select agency_code, 'province', name_vi from read_csv('{_SEEDS}/agency.csv', all_varchar = true)"
        )
        for name in ("calendar", "crosswalk", "unit"):
            db.execute(f"copy {name} to '{folder}/{name}.parquet' (format parquet)")


def main() -> None:
    what, folder, *numbers = sys.argv[1:]
    if what == "small":
        small_tables(Path(folder))
        return
    dossiers, a_working_day, *number = map(int, numbers)
    feed = history(dossiers, a_working_day)
    written = feed.day(Path(folder), evening(*number), "parquet") if number else feed.backfill(Path(folder), LAST)
    print("\n".join(map(str, written)))


if __name__ == "__main__":
    main()
