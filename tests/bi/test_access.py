"""What SQL Lab refuses, and who may come near it."""

import time
from collections.abc import Iterator

import httpx
import pytest

from tests.bi.conftest import Superset, run_sql

HARMFUL = {
    "a file of the machine": "select * from read_csv('/etc/passwd')",
    "a file of the machine, by its name": "select * from '/etc/passwd'",
    "the names of files": "select * from glob('/etc/*')",
    "an address": "select * from read_csv('http://127.0.0.1:1/x.csv')",
    "writing a file": "copy (select 1) to '/tmp/chiso-superset-copy.csv'",
    "another database": "attach '/tmp/chiso-superset-other.duckdb' as other",
    "an extension": "install httpfs",
    "loading an extension": "load httpfs",
    "opening the lock": "set enable_external_access = true",
    "opening the lock, otherwise": "pragma enable_external_access = true",
    "a table": "create table marts.mine as select 1 as one",
    "a temporary file": "export database '/tmp/chiso-superset-export'",
    "a change": "update marts.dim_index set name_vi = 'x'",
    "a loss": "drop table marts.dim_index",
    "two statements": "select 1; copy (select 1) to '/tmp/chiso-superset-copy.csv'",
}


@pytest.fixture(scope="module")
def client(superset: Superset) -> Iterator[httpx.Client]:
    with superset.client() as signed_in:
        yield signed_in


def test_reading_works(client: httpx.Client) -> None:
    answered = run_sql(client, "select count(*) as indices from marts.dim_index")
    assert answered.status_code == 200, answered.text
    assert answered.json()["data"][0]["indices"] > 10


@pytest.mark.parametrize("harmful", HARMFUL.values(), ids=HARMFUL.keys())
def test_harm_is_refused(client: httpx.Client, harmful: str) -> None:
    answered = run_sql(client, harmful)
    assert answered.status_code >= 400, answered.text
    assert "errors" in answered.json()


def test_duckdb_itself_is_locked(client: httpx.Client) -> None:
    """Superset's own reading of statements is not what the refusals hang on."""
    expected = {
        "access_mode": "read_only",
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "enable_external_access": "false",
        "lock_configuration": "true",
    }
    settings = ", ".join(f"current_setting('{name}')::varchar as {name}" for name in expected)
    (found,) = run_sql(client, f"select {settings}").json()["data"]
    assert found == expected


def test_rows_are_limited(client: httpx.Client) -> None:
    assert len(run_sql(client, "select * from range(200000)").json()["data"]) == 10_000


def test_an_endless_query_is_ended(client: httpx.Client) -> None:
    begun = time.monotonic()
    answered = run_sql(client, "select count(*) from range(10000000) a, range(10000000) b where a.range + b.range = 7")
    assert answered.status_code >= 400, answered.text
    assert "Interrupt" in answered.text.title()
    assert time.monotonic() - begun < 40
    assert run_sql(client, "select 1 as one").status_code == 200


def test_a_reader_sees_the_dashboard_and_no_sql(superset: Superset, client: httpx.Client) -> None:
    """Roles Gamma and Chiso are all that a reader needs."""
    roles = {role["name"]: role["id"] for role in client.get("/api/v1/security/roles/").json()["result"]}
    person = {"username": "doc", "password": "chi-doc-thoi", "email": "doc@localhost", "active": True}
    person |= {"first_name": "Người", "last_name": "đọc", "roles": [roles["Gamma"], roles["Chiso"]]}
    made = client.post("/api/v1/security/users/", json=person)
    assert made.status_code == 201, made.text
    with superset.client("doc", "chi-doc-thoi") as reader:
        assert reader.get("/api/v1/dashboard/chiso").status_code == 200
        assert reader.get("/api/v1/dashboard/chiso/charts").json()["result"]
        assert run_sql(client, "select 1 as one").status_code == 200
        refused = reader.post("/api/v1/sqllab/execute/", json={"database_id": 1, "sql": "select 1"})
        assert refused.status_code == 403
    assert client.delete(f"/api/v1/security/users/{made.json()['id']}").status_code == 200
