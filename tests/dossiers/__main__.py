"""python -m tests.dossiers FOLDER --dossiers 200000 --first 2025-07-01 --last 2025-09-14 --days 3 --form csv

Writes a synthetic history of so many dossiers into FOLDER, then the deliveries of the days after it.
"""

import argparse
from datetime import date, timedelta
from pathlib import Path

from tests.dossiers.calibration import FIRST_DAY, LAST_DAY, RECEIVED
from tests.dossiers.feed import Feed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--dossiers", type=int, default=RECEIVED)
    parser.add_argument("--first", type=date.fromisoformat, default=FIRST_DAY)
    parser.add_argument("--last", type=date.fromisoformat, default=LAST_DAY)
    parser.add_argument("--days", type=int, default=0, help="deliveries after the history")
    parser.add_argument("--form", choices=("csv", "jsonl", "parquet"), default="csv", help="of the daily deliveries")
    parser.add_argument("--by-agency", action="store_true", help="a file per unit and day")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    feed = Feed.sized(asked.dossiers, asked.first, asked.last, asked.seed)
    written = feed.backfill(asked.folder, asked.last)
    for number in range(asked.days):
        written += feed.day(asked.folder, asked.last + timedelta(number + 1), asked.form, asked.by_agency)
    print(f"{len(written)} files, {sum(file.stat().st_size for file in written):,} bytes")


if __name__ == "__main__":
    main()
