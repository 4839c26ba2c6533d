"""Files of 200 MB at the door: memory and time, beside the plain library reading the same bytes.

python -m tests.benchmarks.large_bench
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.integration.receive.large_files import EXAMINE, READ, large_csv, large_workbook, peak_of
from tests.integration.receive.synthetic import pci_2018

MEGABYTES = 200
AIM_MIB = 1024

# the floor: the same library, and nothing but its rows
_PLAIN_CSV = """
import csv, sys
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    print(sum(1 for row in csv.reader(file)))
"""
_PLAIN_WORKBOOK = """
import sys, openpyxl
sheet = openpyxl.load_workbook(sys.argv[1], read_only=True, data_only=True).worksheets[0]
sheet.reset_dimensions()
print(sum(1 for row in sheet.iter_rows(values_only=True)))
"""


def timed(call: Callable[[], tuple[int, str]]) -> tuple[float, int, str]:
    """Seconds, peak MiB, and what was printed."""
    started = time.perf_counter()
    peak, said = call()
    return time.perf_counter() - started, peak, said


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="chiso-large-") as folder:
        table = large_csv(Path(folder) / "pci_2018.csv", MEGABYTES, pci_2018())
        book = large_workbook(Path(folder) / "synthetic.xlsx", MEGABYTES)
        print(f"Files of {MEGABYTES} MB (aim: at most {AIM_MIB} MiB)")
        for name, ours, floor in (
            ("CSV, one edition's rows examined", (EXAMINE, folder, str(table), "where"), (_PLAIN_CSV, str(table))),
            ("workbook, every line read", (READ, str(book)), (_PLAIN_WORKBOOK, str(book))),
        ):
            seconds, peak, said = timed(lambda ours=ours: peak_of(*ours))
            plain, plain_peak, _ = timed(lambda floor=floor: peak_of(*floor))
            print(f"  {name:<36} {peak:>5} MiB {seconds:>7.1f} s   ({said})")
            print(f"  {'  floor: the library alone':<36} {plain_peak:>5} MiB {plain:>7.1f} s   {seconds / plain:.1f}x")


if __name__ == "__main__":
    main()
