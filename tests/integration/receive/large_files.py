"""Synthetic files far larger than any edition, and how much memory reading them takes in a process of its own."""

import csv
import random
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from tests.integration.receive.synthetic import Edition

_COLUMNS = 40
# programs for `peak_of`: each prints what came of it
READ = """
import sys
from pathlib import Path
from ingest.formats.opening import lines_in, places_in, sniff
path, name = Path(sys.argv[1]), "synthetic"
format = sniff(path, name)
[place] = places_in(path, name, format)
print(sum(1 for line in lines_in(path, name, format, place)))
"""
EXAMINE = """
import sys
from pathlib import Path
from ingest.facts import offer_of
from ingest.offer import OfferedFile
from ingest.receive import Desk
from ingest.settings import Settings, Shelf
from ingest.store import Store
home, path = Path(sys.argv[1]), Path(sys.argv[2])
desk = Desk(Settings.from_env({"CHISO_HOME": str(home)}))
stored = Store(desk.shelf.archive).put(path, path.suffix)
layout = {"where": {"edition": "2018"}} if len(sys.argv) > 3 else {}
files = [OfferedFile(path.name, stored.name, stored.sha256, layout)]
candidate = desk.examine(files, {"index": "PCI", "edition": 2018, "basis": "63"})
rows = candidate.description["tables"][0]["rows"]
print(candidate.outcome, len(candidate.cells), rows, *(remark.check for remark in candidate.remarks))
"""
_ROOT = Path(__file__).resolve().parents[3]


def large_csv(path: Path, megabytes: int, edition: Edition) -> Path:
    """A statistical office's whole database as CSV, in which the rows of one edition stand at the end."""
    draw = random.Random(1)
    header, *rows = edition.rows
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["edition", *header])
        block = [["2017", "Hà Nội", *(f"{draw.random() * 10:.8f}" for _ in header[1:])] for _ in range(5000)]
        while file.tell() < megabytes * 1_000_000:
            writer.writerows(block)
        writer.writerows(["2018", *row] for row in rows)
    return path


def large_workbook(path: Path, megabytes: int) -> Path:
    """A workbook of random numbers, some `megabytes` when packed."""
    draw = random.Random(1)

    def sheet() -> Iterator[bytes]:
        yield b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        row = 0
        while path.stat().st_size < megabytes * 1_000_000:
            lines = []
            for _ in range(600):
                row += 1
                cells = "".join(f"<c><v>{draw.random():.15f}</v></c>" for _ in range(_COLUMNS))
                lines.append(f'<row r="{row}">{cells}</row>')
            yield "".join(lines).encode()
        yield b"</sheetData></worksheet>"

    main = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        book.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{package}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
            'spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/'
            'vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        )
        book.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{main}/officeDocument"'
            ' Target="xl/workbook.xml"/></Relationships>',
        )
        book.writestr(
            "xl/workbook.xml",
            '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
            f'xmlns:r="{main}"><sheets><sheet name="Synthetic" sheetId="1" r:id="rId1"/></sheets></workbook>',
        )
        book.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{main}/worksheet"'
            ' Target="worksheets/sheet1.xml"/></Relationships>',
        )
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as opened:
            for part in sheet():
                opened.write(part)
    return path


def peak_of(code: str, *arguments: str) -> tuple[int, str]:
    """Run code in a process of its own. Gives its peak memory in MiB, and what it printed.

    The kernel's mark for this program: getrusage would count what the process that started it had.
    """
    told = (
        f"{code}\nstatus = open('/proc/self/status').read()\nprint(int(status.split('VmHWM:')[1].split()[0]) // 1024)"
    )
    done = subprocess.run(
        [sys.executable, "-c", told, *arguments], capture_output=True, text=True, cwd=_ROOT, timeout=900, check=True
    )
    *said, peak = done.stdout.split()
    return int(peak), " ".join(said)
