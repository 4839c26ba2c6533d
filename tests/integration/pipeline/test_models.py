"""The models' own unit tests, on made-up rows, in a home of their own."""

import os
import subprocess
import sys

from orchestration.dbt import PROJECT
from tests.conftest import AS_OF, Installation


def test_the_logic_of_the_models(installation: Installation) -> None:
    """Unit tests are no part of a run (see orchestration/dbt.py); they need the schemas that a run has made."""
    env = {
        **os.environ,
        "CHISO_HOME": str(installation.home),
        "CHISO_TERRITORY": "15-2025",
        "CHISO_AS_OF": AS_OF,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }
    folders = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    folders += [
        "--target-path",
        str(installation.home / "unit-tests"),
        "--log-path",
        str(installation.home / "unit-tests"),
    ]
    select = ["test", "--select", "test_type:unit", "--no-use-colors"]
    ran = subprocess.run(
        [sys.executable, "-c", "from dbt.cli.main import cli; cli()", *select, *folders],
        cwd=PROJECT,
        env=env,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout
    assert " PASS=0 " not in ran.stdout, ran.stdout
