"""What a run of Chiso does with dossiers. `python -m tests.benchmarks.dossiers.ours STEP STORE SMALL [FILE …]`.

STORE is a home that has been run without dossiers. `build` is fact, aggregates and expectations, which dbt
makes together; each has the seconds in which dbt was at one of its tables. `expectations` are the evidence and Great
Expectations' judgement of it. Starting Python, dbt and Great Expectations is left out of the seconds, not of the
process.
"""

import json
import os
import shutil
import sys
import time
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb

from ingest.dossiers.load import load_dossiers
from ingest.settings import Settings
from orchestration import dbt
from quality.suites import service
from tests.benchmarks.dossiers.inputs import LAST
from tests.benchmarks.dossiers.plain_sql import COUNTS, FAULTS, KEY

_STEP_OF = {
    "fct_dossier": "fact",
    "agg_service_quality_daily": "aggregates",
    # answers and faults are counted together
    "dossier_unit_month": "aggregates",
    "dossier_open": "aggregates",
    "agg_service_quality_monthly": "aggregates",
    "evd_dossier_fault": "expectations",
}
# a row for each fault, as one column for each
_FAULTS = f"""
(
    select
        if(fault_code = '{next(iter(FAULTS))}', dossiers, 0) as dossiers,
        {", ".join(f"if(fault_code = '{name}', faulty, 0) as {name}" for name in FAULTS)}
    from evidence.evd_dossier_fault
)
"""


class Ours:
    """The steps in the home `store`."""

    def __init__(self, store: Path) -> None:
        os.environ |= {"CHISO_HOME": str(store), "CHISO_AS_OF": (LAST + timedelta(30)).isoformat()}
        self.settings = Settings.from_env()
        self.seconds: Counter[str] = Counter()

    def load(self, files: list[str]) -> None:
        for file in map(Path, files):
            feed = self.settings.dossier_feed / file.parent.name
            feed.mkdir(parents=True, exist_ok=True)
            shutil.copy2(file, feed)
        started = time.perf_counter()
        outcome = load_dossiers(self.settings, {"CHISO_DOSSIER_KEY": KEY.hex()})
        self.seconds["load"] += time.perf_counter() - started
        if outcome.refused or outcome.files != len(files):
            raise RuntimeError(f"not all was loaded: {outcome}")

    def build(self) -> None:
        manifest = json.loads(dbt.prepare(self.settings).read_text(encoding="utf-8"))
        names = [node["name"] for node in manifest["nodes"].values() if "kept_by_month" in node.get("tags", ())]
        for one in dbt.build(
            self.settings, dbt.Part(" ".join(["dossier_load", *names, "evd_dossier_fault"])), lambda message: None
        ):
            if one.has_failed:
                raise RuntimeError(f"{one.unique_id}: {one.message}")
        self._take_times()
        self._judge()

    def _take_times(self) -> None:
        """Two tables at a time are made: what a step took is the time in which any of its own was being made."""
        results = json.loads((self.settings.dbt / "target" / "run_results.json").read_text(encoding="utf-8"))["results"]
        spans = defaultdict(list)
        for one in results:
            begun = datetime.fromisoformat(one["timing"][0]["started_at"])
            ended = datetime.fromisoformat(one["timing"][-1]["completed_at"])
            spans[_STEP_OF.get(one["unique_id"].rpartition(".")[2], "state of months")].append((begun, ended))
        for step, found in spans.items():
            until = datetime.min.replace(tzinfo=UTC)
            for begun, ended in sorted(found):
                self.seconds[step] += max(0.0, (ended - max(begun, until)).total_seconds())
                until = max(until, ended)

    def _judge(self) -> None:
        from quality.gx_runner import GxRunner
        from quality.run import judge

        runner = GxRunner(self.settings.quality / "bench_docs", self.settings.as_of)
        with duckdb.connect(self.settings.warehouse, read_only=True) as db:
            started = time.perf_counter()
            judge(db, runner, service.SUITES, self.settings.as_of, self.settings.territory)
            self.seconds["expectations"] += time.perf_counter() - started

    def day(self, files: list[str]) -> None:
        self.load(files)
        self.build()
        self.seconds = Counter(day=self.seconds.total())

    def counts(self) -> dict[str, dict[str, int]]:
        tables = {
            "raw": f"read_parquet('{self.settings.raw}/dossier/*/*.parquet', hive_partitioning = true)",
            "fact": "records.fct_dossier",
            "monthly": "marts.agg_service_quality_monthly",
            "faults": _FAULTS,
        }
        found = {}
        with duckdb.connect(self.settings.warehouse, read_only=True) as db:
            for step in self.seconds.keys() & COUNTS.keys():
                cursor = db.execute(COUNTS[step].format(**tables))
                names = [name for name, *_ in cursor.description]
                found[step] = dict(zip(names, map(int, cursor.fetchall()[0]), strict=True))
        return found


def main() -> None:
    step, store, _, *files = sys.argv[1:]
    ours = Ours(Path(store))
    getattr(ours, step)(*([files] if files else []))
    print(json.dumps({"seconds": ours.seconds, "counts": ours.counts()}))


if __name__ == "__main__":
    main()
