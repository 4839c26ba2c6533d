"""What a start of Superset leaves behind, and what it listens on."""

import stat
import subprocess

from tests.bi.conftest import USER, Superset

Starts = tuple[Superset, Superset]


def test_the_password_is_told_once_and_kept(starts: Starts) -> None:
    first, second = starts
    assert f"First user: {USER}" in first.printed
    assert "Password" not in second.printed
    assert first.password not in second.printed
    with second.client() as client:
        users = client.get("/api/v1/security/users/").json()
    assert [user["username"] for user in users["result"]] == [USER]


def test_only_the_owner_reads_its_folder(superset: Superset) -> None:
    folder = superset.home / "superset"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*") if path.is_file()}
    assert {"secret_key", "superset.db"} <= modes.keys()
    assert set(modes.values()) == {0o600}
    assert len((folder / "secret_key").read_text()) > 50


def test_it_listens_on_loopback_only(superset: Superset) -> None:
    listening = subprocess.run(["ss", "-Hltn"], capture_output=True, text=True, check=True).stdout.split()
    assert [where for where in listening if where.endswith(f":{superset.port}")] == [f"127.0.0.1:{superset.port}"]


def test_a_start_says_where_and_raises_nothing(starts: Starts) -> None:
    first, second = starts
    for start in starts:
        preparation, where, _ = start.printed.partition(f"{start.url}/superset/dashboard/chiso/")
        assert where
        assert "Traceback" not in preparation
        assert "ERROR" not in preparation
    print(f"first start {first.seconds:.0f} s, second start {second.seconds:.0f} s")


def test_the_dashboard_stands_there_once(superset: Superset) -> None:
    with superset.client() as client:
        counts = {kind: client.get(f"/api/v1/{kind}/").json()["count"] for kind in ("dashboard", "database")}
    assert counts == {"dashboard": 1, "database": 1}
