"""`make spark`: the whole pipeline with its tables built by Spark, on a cluster of two workers started for it.

    python -m orchestration.spark [arguments of chiso, default: run]

A cluster that stands already is used by `chiso run` itself: set CHISO_SPARK_MASTER. See README.md beside this file.
"""

import os
import signal
import subprocess
import sys

from ingest.settings import Settings
from orchestration.spark.build import python
from orchestration.spark.cluster import standalone


def main() -> int:
    settings = Settings.from_env()
    # else a termination would pass the end of the block, and the cluster would go on
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with standalone(python(), settings.home / "spark" / "cluster") as environment:
        chiso = [sys.executable, "-m", "orchestration.cli", *(sys.argv[1:] or ["run"])]
        return subprocess.run(chiso, env={**os.environ, **environment}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
