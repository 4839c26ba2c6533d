"""A peer: Spark in one process. `PYTHON spark_peer.py STEP STORE SMALL [FILE …]`, with the Python of `make spark`.

The same plain SQL as the floor, over Parquet by month; two threads, and the memory that a run has.
"""

import json
import re
import sys
import time
from pathlib import Path

from pyspark.sql import SparkSession

sys.path.insert(0, str(Path(__file__).parent))
import plain_sql

_MONTHS = "received_month in ({})"
_WORDS = {
    "key": f"cast(conv(substr(sha2(concat(unhex('{plain_sql.OUTER}'), unhex(sha2(concat(unhex('{plain_sql.INNER}'),"
    " encode(dossier_id, 'utf-8')), 256))), 256), 1, 16), 16, 10) as decimal(20, 0)) - 9223372036854775808",
    "content_hash": "cast(conv(substr(md5(content), 1, 16), 16, 10) as decimal(20, 0)) - 9223372036854775808",
    "local_date": "local_date",
    "id_date": "to_date(concat('20', split_part(dossier_id, '-', 2)), 'yyyyMMdd')",
    "moment": "unix_micros",
    "text": "string",
}


class Spark:
    """The steps over one folder of Parquet tables, partitioned by month."""

    def __init__(self, store: Path, small: Path) -> None:
        self.store = store
        self.session = (
            SparkSession.builder.master("local[2]")
            .config("spark.driver.memory", "3g")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.session.timeZone", "UTC")
            .config("spark.sql.shuffle.partitions", "8")
            .config("spark.sql.sources.partitionOverwriteMode", "dynamic")
            .config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
            .config("spark.ui.showConsoleProgress", "false")
            .config("spark.sql.parquet.compression.codec", "zstd")
            .config("spark.local.dir", str(store / "spill"))
            .config("spark.log.level", "ERROR")
            .getOrCreate()
        )
        self.tables = {name: f"parquet.`{store / name}`" for name in ("raw", "fact", "daily", "monthly", "faults")}
        self.tables |= {name: f"parquet.`{small / name}.parquet`" for name in ("calendar", "crosswalk", "unit")}

    def load(self, files: list[str]) -> list[str]:
        delivered = re.search(r"\d{4}-\d\d-\d\d", Path(files[0]).name)
        assert delivered is not None
        self.session.read.parquet(*files).createOrReplaceTempView("feed")
        made = plain_sql.RAW.format(**_WORDS, delivered=delivered[0], delivery_no="1", feed="feed")
        self.session.sql(
            re.sub(r"local_date\((\w+)\)", r"cast(\1 + interval 7 hours as date)", made)
        ).write.partitionBy("received_month").mode("append").parquet(str(self.store / "raw"))
        stamps = self.session.sql("select distinct substr(split_part(dossier_id, '-', 2), 1, 4) as stamp from feed")
        return [f"date '20{row.stamp[:2]}-{row.stamp[2:]}-01'" for row in stamps.collect()]

    def fact(self, months: list[str] | None = None) -> None:
        self._write("fact", plain_sql.FACT, "raw", months)

    def aggregates(self, months: list[str] | None = None) -> None:
        self._write("daily", plain_sql.DAILY, "fact", months)
        self._write("monthly", plain_sql.MONTHLY, "daily", months)

    def expectations(self, months: list[str] | None = None) -> None:
        self._write("faults", plain_sql.EXPECTATIONS, "fact", months)

    def day(self, files: list[str]) -> None:
        months = self.load(files)
        for step in (self.fact, self.aggregates, self.expectations):
            step(months)

    def counts(self, step: str) -> dict[str, int]:
        row = self.session.sql(plain_sql.COUNTS[step].format(**self.tables)).collect()[0]
        return {name: int(value) for name, value in row.asDict().items()}

    def _write(self, table: str, made: str, source: str, months: list[str] | None) -> None:
        read = self.tables[source]
        if months is not None:
            read = f"(select * from {read} where {_MONTHS.format(', '.join(months))})"
        frame = self.session.sql(made.format(**{**self.tables, source: read}))
        frame.write.partitionBy("received_month").mode("overwrite").parquet(str(self.store / table))


def main() -> None:
    step, store, small, *files = sys.argv[1:]
    spark = Spark(Path(store), Path(small))
    started = time.perf_counter()
    getattr(spark, step)(*([files] if files else []))
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": {step: seconds}, "counts": {step: spark.counts(step)}}))
    spark.session.stop()


if __name__ == "__main__":
    main()
