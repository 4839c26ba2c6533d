"""One dbt command on Spark, in one session. Runs in .venv-spark, where Chiso itself is not installed.

    dbt_session.py build --select … --project-dir … --profiles-dir … --target-path …

Prints `schema.table` as each one is made. What became of models and tests stands in run_results.json, as always with
dbt; ends with 1 only when dbt itself fell. Ends too when its standard input does, so that it never outlives its caller.
"""

import os
import sys
import threading
from typing import Any

from dbt.adapters.spark.connections import SparkCredentials
from dbt.adapters.spark.session import Cursor
from dbt.cli.main import dbtRunner
from pyspark.sql import SparkSession

_settings: dict[str, str] = {}


def keep_ansi() -> None:
    """Undo that dbt-spark switches ANSI mode off: an overflow or an unreadable cast would pass as an empty cell."""
    prepare = SparkCredentials.__post_init__

    def with_ansi(credentials: Any) -> None:
        prepare(credentials)
        credentials.server_side_parameters["spark.sql.ansi.enabled"] = "true"
        _settings.update(credentials.server_side_parameters)

    SparkCredentials.__post_init__ = with_ansi


def remove_leftovers(manifest: Any) -> None:
    """Remove folders that a killed run left without a table: Spark refuses to make a table where one stands."""
    Cursor(server_side_parameters=_settings).execute("show schemas")
    spark = SparkSession.getActiveSession()
    for node in manifest.nodes.values():
        is_kept = str(node.resource_type) in ("model", "seed")
        if is_kept and not spark.catalog.tableExists(f"{node.schema}.{node.name}"):
            place = f"{_settings['spark.sql.warehouse.dir']}/{node.schema}.db/{node.name}"
            folder = spark._jvm.org.apache.hadoop.fs.Path(place)
            folder.getFileSystem(spark._jsc.hadoopConfiguration()).delete(folder, True)


def say(event: Any) -> None:
    if event.info.name == "LogModelResult":
        print(f"{event.data.node_info.node_relation.schema}.{event.data.node_info.node_name}", flush=True)


def end_with_caller() -> None:
    sys.stdin.read()
    os._exit(1)


def dbt(arguments: list[str], manifest: Any = None) -> Any:
    common = ["--target", "spark", "--log-level", "none"]
    outcome = dbtRunner(manifest=manifest, callbacks=[say]).invoke([*arguments, *common])
    if outcome.exception is not None:
        sys.exit(str(outcome.exception))
    return outcome.result


def main() -> None:
    threading.Thread(target=end_with_caller, daemon=True).start()
    keep_ansi()
    arguments = sys.argv[1:]
    manifest = dbt(["parse", *arguments[arguments.index("--project-dir") :]])
    remove_leftovers(manifest)
    dbt(arguments, manifest)


if __name__ == "__main__":
    main()
