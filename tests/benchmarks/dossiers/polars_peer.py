"""A peer: Polars, its streaming engine where it has one. `PYTHON polars_peer.py STEP STORE SMALL [FILE …]`.

Parquet by month at every step, each month sorted in memory, which is what suits it. HMAC it has none: ids go through
Python's. Contents are hashed with its own hash, which is no promise for another version: faster than it may be.
"""

import hmac
import json
import re
import sys
import time
from pathlib import Path

import polars as pl

_KEY = bytes(range(32))
_ZONE = pl.duration(hours=7)
_MOMENTS = ["received_at", "due_at", "finished_at"]
_WORDS = ["procedure_code", "procedure_field", "unit_code", "level", "channel"]
_ANSWERS = ["result_electronic", "data_reused", "fee_vnd", "satisfaction", "petitions", "petitions_on_time"]
_BY = ["territory_code", "level", "unit_code", "procedure_field"]
_AMOUNTS = ["petitions", "petitions_on_time", "fee_vnd", "working_days"]
_FINISHED, _IN_TIME = pl.col("is_finished"), pl.col("is_in_time")
_ELECTRONIC, _REUSED, _ANSWER = pl.col("result_electronic"), pl.col("data_reused"), pl.col("satisfaction")
_CONDITIONS = {
    "dossiers_online": pl.col("channel") == "online",
    "dossiers_open": ~_FINISHED,
    "dossiers_finished": _FINISHED,
    "finished_in_time": _FINISHED & _IN_TIME,
    "finished_late": _FINISHED & ~_IN_TIME,
    "finished_undated": _FINISHED & _IN_TIME.is_null(),
    "results_electronic": _FINISHED & _ELECTRONIC,
    "results_on_paper": _FINISHED & ~_ELECTRONIC,
    "results_unrecorded": _FINISHED & _ELECTRONIC.is_null(),
    "data_reused": _REUSED,
    "data_not_reused": ~_REUSED,
    "data_reuse_unrecorded": _REUSED.is_null(),
    "answers_satisfied": _ANSWER.is_in(["very_satisfied", "satisfied"]),
    "answers_neutral": _ANSWER == "neutral",
    "answers_dissatisfied": _ANSWER == "dissatisfied",
    "times_at_fault": pl.col("time_fault").is_not_null(),
}
_COUNTED = [
    "dossiers",
    "finished_in_time",
    "finished_late",
    "results_electronic",
    "data_reused",
    "answers_satisfied",
    "petitions",
    "fee_vnd",
]
_FAULTS = {
    "due_before_received": pl.col("time_fault") == "due_before_received",
    "finished_before_received": pl.col("time_fault") == "finished_before_received",
    "after_delivery": pl.col("time_fault") == "after_delivery",
    "received_another_day": pl.col("is_received_another_day"),
    "unit_unknown": pl.col("name").is_null(),
    "version_in_conflict": pl.col("is_version_in_conflict"),
}


def _keys(ids: pl.Series) -> pl.Series:
    keys = [int.from_bytes(hmac.digest(_KEY, one.encode(), "sha256")[:8], "big") - 2**63 for one in ids]
    return pl.Series(keys, dtype=pl.Int64)


class Polars:
    """The steps over folders of Parquet, one file a month but for raw."""

    def __init__(self, store: Path, small: Path) -> None:
        self.store = store
        self.small = {name: pl.read_parquet(small / f"{name}.parquet") for name in ("calendar", "crosswalk", "unit")}

    def load(self, files: list[str]) -> list[str]:
        load_no = len(list(self.store.glob("raw/*/*.parquet"))) + 1
        delivered = re.search(r"\d{4}-\d\d-\d\d", Path(files[0]).name)
        assert delivered is not None
        feed = pl.scan_parquet(files)
        stamp = pl.col("dossier_id").str.extract(r"-(\d{6})-", 1)
        made = feed.with_columns(
            received_date=("20" + stamp).str.to_date("%Y%m%d"),
            content_hash=pl.struct("version", *_WORDS, *_MOMENTS, *_ANSWERS).hash().reinterpret(signed=True),
        ).select(
            dossier_key=pl.col("dossier_id").map_batches(_keys, return_dtype=pl.Int64, is_elementwise=True),
            version="version",
            content_hash="content_hash",
            territory_code=pl.lit("15-2025"),
            **{name: name for name in _WORDS},
            received_date="received_date",
            received_at="received_at",
            received_at_date=(pl.col("received_at") + _ZONE).dt.date(),
            due_at="due_at",
            due_date=(pl.col("due_at") + _ZONE).dt.date(),
            finished_at="finished_at",
            finished_date=(pl.col("finished_at") + _ZONE).dt.date(),
            **{name: name for name in _ANSWERS},
            delivered_date=pl.lit(delivered[0]).str.to_date(),
            delivery_no=pl.lit(load_no),
            received_month=pl.col("received_date").dt.month_start(),
        )
        before = self._months("raw")
        stamped = {path: path.stat().st_mtime_ns for path in before.values()}
        made.sink_parquet(
            pl.PartitionBy(
                self.store / "raw",
                key="received_month",
                include_key=True,
                file_path_provider=lambda given: (
                    f"{given.partition_keys.item()}/load-{load_no:06d}-{given.index_in_partition}.parquet"
                ),
            ),
            mkdir=True,
            compression="zstd",
        )
        return [name for name, path in self._months("raw").items() if stamped.get(path) != path.stat().st_mtime_ns]

    def fact(self, months: list[str] | None = None) -> None:
        (self.store / "fact").mkdir(exist_ok=True)
        calendar, crosswalk = self.small["calendar"], self.small["crosswalk"]
        same = pl.col("dossier_key") == pl.col("dossier_key").shift(-1)
        version, content = pl.col("version"), pl.col("content_hash")
        fault = (
            pl.when(pl.col("due_at") < pl.col("received_at"))
            .then(pl.lit("due_before_received"))
            .when(pl.col("finished_at") < pl.col("received_at"))
            .then(pl.lit("finished_before_received"))
            .when(
                (pl.col("received_date") > pl.col("delivered_date"))
                | (pl.col("finished_date") > pl.col("delivered_date"))
            )
            .then(pl.lit("after_delivery"))
        )
        right = pl.col("time_fault").is_null()
        for month in months or self._months("raw"):
            (
                pl.scan_parquet(self.store / "raw" / month / "*.parquet")
                .sort(
                    ["dossier_key", "version", "content_hash", "delivered_date", "delivery_no"],
                    descending=[False, True, True, False, False],
                )
                .with_columns(
                    is_version_in_conflict=(
                        same & (version == version.shift(-1)) & (content != content.shift(-1))
                    ).fill_null(False),
                    is_latest=(pl.col("dossier_key") != pl.col("dossier_key").shift(1)).fill_null(True),
                    time_fault=fault,
                )
                .filter("is_latest")
                .join(crosswalk.lazy(), left_on="unit_code", right_on="old_code", how="left")
                .join(
                    calendar.lazy().rename({"working_day_no": "received_no"}),
                    left_on="received_date",
                    right_on="day",
                    how="left",
                )
                .join(
                    calendar.lazy().rename({"working_day_no": "finished_no"}),
                    left_on="finished_date",
                    right_on="day",
                    how="left",
                )
                .with_columns(
                    unit_code_given="unit_code",
                    unit_code=pl.coalesce("new_code", "unit_code"),
                    working_days=pl.when(right).then(pl.col("finished_no") - pl.col("received_no")),
                    is_finished=pl.col("finished_at").is_not_null(),
                    is_in_time=pl.when(right).then(pl.col("finished_at") <= pl.col("due_at")),
                    is_received_another_day=pl.col("received_at_date") != pl.col("received_date"),
                )
                .drop("is_latest", "new_code", "received_no", "finished_no", "content_hash", "received_at_date")
                .sink_parquet(self.store / "fact" / f"{month}.parquet", compression="zstd")
            )

    def aggregates(self, months: list[str] | None = None) -> None:
        counts = [pl.len().cast(pl.Int64).alias("dossiers")]
        counts += [condition.sum().cast(pl.Int64).alias(name) for name, condition in _CONDITIONS.items()]
        counts += [pl.col(name).cast(pl.Int64).sum() for name in _AMOUNTS]
        daily = (
            self._scan("fact", months)
            .group_by(*_BY, "received_date", "received_month")
            .agg(counts)
            .collect(engine="streaming")
        )
        summed = pl.col("dossiers", *_CONDITIONS, *_AMOUNTS).sum()
        self._write("daily", daily)
        self._write("monthly", daily.group_by(*_BY, "received_month").agg(summed))

    def expectations(self, months: list[str] | None = None) -> None:
        found = [pl.len().alias("dossiers")]
        for name, condition in _FAULTS.items():
            found += [
                condition.sum().alias(name),
                pl.col("delivery_no").filter(condition).min().alias(f"{name}_delivery_no"),
            ]
        joined = self._scan("fact", months).join(self.small["unit"].lazy(), on="unit_code", how="left")
        by = ["territory_code", "level", "unit_code", "received_month"]
        self._write("faults", joined.group_by(by).agg(found).collect(engine="streaming"))

    def day(self, files: list[str]) -> None:
        months = self.load(files)
        for step in (self.fact, self.aggregates, self.expectations):
            step(months)

    def counts(self, step: str) -> dict[str, int]:
        versions, dossiers = pl.col("version").sum().alias("versions"), pl.len().alias("dossiers")
        match step:
            case "load":
                finished = pl.col("finished_at").count().alias("finished")
                asked = pl.scan_parquet(self.store / "raw/*/*.parquet").select(
                    pl.len().alias("records"), versions, finished
                )
            case "fact":
                asked = self._scan("fact").select(dossiers, versions, pl.col("unit_code").n_unique().alias("units"))
            case "aggregates" | "day":
                asked = self._scan("monthly").select(pl.col(_COUNTED).sum())
            case _:
                asked = self._scan("faults").select(pl.col("dossiers", *_FAULTS).sum())
        return {name: int(value) for name, value in asked.collect(engine="streaming").row(0, named=True).items()}

    def _months(self, table: str) -> dict[str, Path]:
        return {path.name: path for path in sorted((self.store / table).glob("*"))}

    def _scan(self, table: str, months: list[str] | None = None) -> pl.LazyFrame:
        chosen = [self.store / table / f"{month}.parquet" for month in months or []]
        return pl.scan_parquet(chosen or self.store / table / "*.parquet")

    def _write(self, table: str, made: pl.DataFrame) -> None:
        (self.store / table).mkdir(exist_ok=True)
        for (month,), rows in made.partition_by("received_month", as_dict=True).items():
            rows.write_parquet(self.store / table / f"{month}.parquet", compression="zstd")


def main() -> None:
    step, store, small, *files = sys.argv[1:]
    peer = Polars(Path(store), Path(small))
    started = time.perf_counter()
    getattr(peer, step)(*([files] if files else []))
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": {step: seconds}, "counts": {step: peer.counts(step)}}))


if __name__ == "__main__":
    main()
