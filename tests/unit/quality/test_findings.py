"""Findings: ids that stay, a schema that says what it holds, and code without the words it must not know."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from quality.findings import Check, Finding, finding_id, write_results


def test_finding_id_is_the_same_everywhere_and_tells_subjects_apart() -> None:
    assert finding_id("score_fell", "ALPHA", 2002, "63", "1", "total") == "c6fd42c38368d158"
    assert finding_id("score_fell", "ALPHA", None, "63") != finding_id("score_fell", "ALPHA", "63", None)


def test_two_findings_of_one_id_are_refused(warehouse: Path, finding: Callable[..., Finding]) -> None:
    write_results(warehouse, [finding("a")], [])
    with pytest.raises(duckdb.ConstraintException):
        write_results(warehouse, [finding("b"), finding("b")], [])
    with duckdb.connect(str(warehouse), read_only=True) as con:
        assert con.execute("select finding_id from reporting.rpt_finding").fetchall() == [("a",)]


def test_columns_carry_types_and_constraints(warehouse: Path, check: Callable[..., Check]) -> None:
    write_results(warehouse, [], [check("key_unique")])
    with duckdb.connect(str(warehouse), read_only=True) as con:
        columns = {
            name: (kind, nullable)
            for name, kind, nullable in con.execute(
                "select column_name, data_type, is_nullable from duckdb_columns() where table_name = 'rpt_finding'"
            ).fetchall()
        }
    assert columns["finding_id"] == ("VARCHAR", False)
    assert columns["edition_year"] == ("INTEGER", True)
    assert columns["value_before"] == ("DOUBLE", True)
    assert columns["is_latest_edition"] == ("BOOLEAN", False)
    assert columns["as_of"] == ("DATE", False)


def test_importing_the_package_does_not_import_great_expectations() -> None:
    code = "import sys, quality.run, quality.alerts.tending, quality.suites; print('great_expectations' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
