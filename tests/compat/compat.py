"""`make compat`: proves on real DuckDB drivers, old and new, that BI can read what Chiso publishes.

    python tests/compat/compat.py --home DIR [--skip-dbt]

1. For each driver of DRIVERS: makes a throw-away environment with that driver and nothing else, opens
   DIR/published/chiso.duckdb read-only, reads every table and view to the last value, every comment, and the Parquet
   twin of every table, and compares with what the driver of this environment reads.
2. Builds the whole dbt project (models and tests) from DIR/raw twice, into folders of its own: with the driver of
   this environment, and in a throw-away environment with the driver NEXT and everything else as locked. Compares
   every table of schemas marts and reporting, value by value, whatever the order of the rows.

DIR (default: CHISO_HOME) is only read. Needs a package index that pip can reach. Ends with 1 on any difference, with
2 when something that it needs is missing.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from pathlib import Path
from typing import Any

from ingest.settings import Settings

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
DRIVERS = ("1.1.0", "1.1.3", "1.2.2", "1.3.2", "1.4.4", "1.5.6", "2.0.0")
NEXT = "2.0.0"

Answer = dict[str, Any]


class Failed(RuntimeError):
    """A command ended with an error; the message is what it said."""


def _run(*command: object, **environment: str) -> str:
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, **environment}, check=False)
    if done.returncode:
        said = (done.stdout[-6000:] + done.stderr[-2000:]).strip()
        raise Failed(f"{' '.join(words[:6])} … ended with {done.returncode}:\n{said}")
    return done.stdout


def environment(folder: Path, *requirements: str, constraints: Path | None = None) -> Path:
    """Make an environment that holds `requirements`; its Python."""
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    limits = ["--constraint", str(constraints)] if constraints else []
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python, "install", "--quiet"]
    _run(*pip, "--only-binary=:all:", *limits, *requirements)
    return python


def ask(python: Path | str, *arguments: object) -> Answer:
    """What the driver of an environment reads (see probe.py)."""
    answer: Answer = json.loads(_run(python, HERE / "probe.py", *arguments))
    return answer


def differences(expected: Answer, found: Answer) -> dict[str, str]:
    """The tables that are not read alike, each with what differs."""
    lines = {}
    for table in sorted(expected["tables"].keys() | found["tables"].keys()):
        one, other = expected["tables"].get(table), found["tables"].get(table)
        if one is None or other is None:
            lines[table] = f"only with DuckDB {(expected if other is None else found)['driver']}"
        elif one != other:
            parts = [f"{part} {one[part]} / {other[part]}" for part in one if one[part] != other[part]]
            lines[table] = "; ".join(parts)
    return lines


def read_everywhere(published: Path, scratch: Path) -> bool:
    """Part 1. True when every driver reads the same."""
    asked = (published / "chiso.duckdb", "--parquet", published / "parquet")
    expected = ask(sys.executable, *asked)
    for table, facts in expected["tables"].items():
        if facts["sha256"] != facts.get("twin_sha256", facts["sha256"]):
            print(f"  {table}: the Parquet twin differs from the table")
    print(f"The published file, as each driver reads it (compared with {expected['driver']}, which is locked):")
    print(f"  {'driver':<8}{'tables':>8}{'rows':>10}{'comments':>10}{'sum of all numbers':>24}  result")
    good = all(facts["sha256"] == facts.get("twin_sha256", facts["sha256"]) for facts in expected["tables"].values())
    for version in DRIVERS:
        try:
            found = ask(environment(scratch / f"driver-{version}", f"duckdb=={version}"), *asked)
        except Failed as error:
            print(f"  {version:<8}{'':>52}  FAILED: {error}")
            good = False
            continue
        wrong = differences(expected, found)
        tables = found["tables"].values()
        counts = [len(tables), sum(table["rows"] for table in tables), sum(table["comments"] for table in tables)]
        total = sum(table["sum"] for table in tables)
        print(f"  {found['driver']:<8}{counts[0]:>8}{counts[1]:>10}{counts[2]:>10}{total:>24.6f}", end="")
        print("  same" if not wrong else "  DIFFERENT")
        print("".join(f"    {table}: {what}\n" for table, what in wrong.items()), end="", flush=True)
        good = good and not wrong
    return good


def locked_versions(lock: Path) -> dict[str, str]:
    """Package -> version, from a requirements.lock."""
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", lock.read_text(encoding="utf-8"), re.MULTILINE))


def build(python: Path, project: Path, home: Path, raw: Path, settings: Settings) -> Path:
    """Run `dbt build` of `project` from `raw` into `home`; the DuckDB file that it made."""
    (home / "warehouse").mkdir(parents=True)
    said = {"home_territory": settings.territory, "as_of": settings.as_of.isoformat(), "raw_dir": str(raw)}
    places = {
        "project-dir": project,
        "profiles-dir": project,
        "target-path": home / "target",
        "log-path": home / "logs",
    }
    options = [word for name, place in places.items() for word in (f"--{name}", place)]
    dbt = [python.parent / "dbt", "--no-use-colors", "build", "--quiet", *options, "--vars", json.dumps(said)]
    _run(*dbt, CHISO_HOME=str(home), DBT_SEND_ANONYMOUS_USAGE_STATS="false", DO_NOT_TRACK="1")
    return home / "warehouse" / "chiso.duckdb"


def examples(one: tuple[Path, Path], other: tuple[Path, Path], table: str) -> str:
    """Some rows that only one of two (Python, DuckDB file) has."""
    mine, theirs = (
        Counter(_run(python, HERE / "probe.py", file, "--rows", table).splitlines()) for python, file in (one, other)
    )
    shown = [
        *(f"      - {row}" for row in list(mine - theirs)[:2]),
        *(f"      + {row}" for row in list(theirs - mine)[:2]),
    ]
    return "\n".join(shown)


def build_on_next(raw: Path, settings: Settings, scratch: Path) -> bool:
    """Part 2. True when both drivers build the same tables."""
    locked = locked_versions(PROJECT / "requirements.lock")
    constraints = scratch / "constraints.txt"
    others = {name: version for name, version in locked.items() if name != "duckdb"}
    constraints.write_text("".join(f"{name}=={version}\n" for name, version in others.items()), encoding="utf-8")
    project = shutil.copytree(PROJECT / "dbt_project", scratch / "dbt_project", ignore=shutil.ignore_patterns("target"))
    print(f"The dbt project, built with DuckDB {locked['duckdb']} and {NEXT}:", flush=True)
    try:
        here = Path(sys.executable)
        there = environment(scratch / "dbt-next", "dbt-core", "dbt-duckdb", f"duckdb=={NEXT}", constraints=constraints)
        made = here, build(here, project, scratch / "home-locked", raw, settings)
        made_next = there, build(there, project, scratch / "home-next", raw, settings)
        expected, found = ask(*made, "--sorted"), ask(*made_next, "--sorted")
        wrong = differences(expected, found)
        rows = sum(table["rows"] for table in found["tables"].values())
        print(f"  {len(found['tables'])} tables, {rows} rows, built with {found['driver']}: ", end="")
        print("same" if not wrong else f"DIFFERENT (- {expected['driver']}, + {found['driver']})")
        for table, what in wrong.items():
            print(f"    {table}: {what}")
            if table in expected["tables"] and table in found["tables"]:
                print(examples(made, made_next, table))
    except Failed as error:
        print(f"  FAILED: {error}")
        return False
    return not wrong


def main() -> int:
    """Both parts; the exit code."""
    settings = Settings.from_env()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path, default=settings.home)
    parser.add_argument("--skip-dbt", action="store_true", help="only part 1")
    asked = parser.parse_args()
    home = asked.home.absolute()
    if not (home / "published" / "chiso.duckdb").is_file():
        print(f"nothing is published in {home}; run `make run` first", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="chiso-compat-") as scratch:
        good = read_everywhere(home / "published", Path(scratch))
        if not asked.skip_dbt:
            good = build_on_next(home / "raw", settings, Path(scratch)) and good
    print("Every driver agrees." if good else "Something differs: see above.")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
