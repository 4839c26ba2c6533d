"""Serve the published file in Apache Superset: `make bi`. Runs in .venv-bi, where Chiso itself is not installed.

The first start makes CHISO_HOME/superset (secret key, metadata, first user); every start brings the dashboard in
assets/ to the state of the repository. Users, and what they made beside it, stay.
"""

import fcntl
import multiprocessing
import os
import secrets
import socket
import sqlite3
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DASHBOARD = "/superset/dashboard/chiso/"
LOOPBACK = ("127.0.0.1", "localhost", "::1")
PUBLISHED_PLACEHOLDER = "CHISO_PUBLISHED_FILE"  # stands in the exported database
READERS = "Chiso"  # the database, and the role that may read it
WORKERS = 3


def main() -> None:
    home = Path(os.environ.get("CHISO_HOME", "data")).resolve()
    published = home / "published" / "chiso.duckdb"
    if not published.exists():
        sys.exit(f"There is nothing to show yet: {published} is missing. Run `make run` first.")
    host, port = os.environ.get("CHISO_BI_HOST") or LOOPBACK[0], os.environ.get("PORT") or "8088"
    if host not in LOOPBACK:
        print(f"Warning: Superset listens on {host} without TLS: others reach it, and can read passwords on the way.")

    os.environ["CHISO_HOME"] = str(home)
    refuse_taken(host, int(port))
    make_home(home / "superset")
    lock = os.open(home / "superset", os.O_RDONLY)  # held until this process ends
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"Superset is running already on {home / 'superset'}; stop it first.")
    # this process imports neither Superset nor DuckDB: a process that has DuckDB's threads must not fork workers
    preparation = multiprocessing.get_context("spawn").Process(target=prepare, args=(published,))
    preparation.start()
    preparation.join()
    if preparation.exitcode:
        sys.exit("Superset could not be prepared; the reason stands above.")
    print(f"Superset: http://{host}:{port}{DASHBOARD} (stop: Ctrl+C)", flush=True)
    serve(host, port)


def refuse_taken(host: str, port: int) -> None:
    """End before minutes of preparation when another program answers there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            sys.exit(f"Port {port} of {host} cannot be used ({error.strerror}); choose another: make bi PORT=8089")


def make_home(folder: Path) -> None:
    """A folder that only its owner reads, with a random secret key and an empty metadata file; what is there stays."""
    os.umask(0o077)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    key, metadata = folder / "secret_key", folder / "superset.db"
    if not key.exists():
        key.write_text(secrets.token_urlsafe(42), "ascii")
    if not metadata.exists():
        connection = sqlite3.connect(metadata)
        connection.execute("pragma journal_mode = wal")  # readers do not wait for writers; stays set in the file
        connection.close()


def prepare(published: Path) -> None:
    """Bring the metadata to this version of Superset, make the first user, import the dashboard."""
    from superset.app import create_app  # reads superset_config beside this file

    with create_app().app_context():
        from flask_migrate import upgrade
        from superset import appbuilder, db, security_manager
        from superset.commands.importers.v1.assets import ImportAssetsCommand
        from superset.models.core import Database
        from superset.utils.core import override_user

        upgrade()
        appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()
        owner = first_user(security_manager)
        with override_user(owner):
            ImportAssetsCommand(read_assets(published)).run()
        database = db.session.query(Database).filter_by(database_name=READERS).one()
        may_read = security_manager.add_permission_view_menu("database_access", database.perm)
        security_manager.add_permission_role(security_manager.add_role(READERS), may_read)
        db.session.commit()


def first_user(security_manager: Any) -> Any:
    """The administrator who owns the dashboard. Made once; a password that was not given is told once."""
    if users := security_manager.get_all_users():
        return min(users, key=lambda user: user.id)
    name, given = os.environ.get("CHISO_BI_USER") or "admin", os.environ.get("CHISO_BI_PASSWORD")
    password = given or secrets.token_urlsafe(12)
    role = security_manager.find_role("Admin")
    user = security_manager.add_user(name, "Chiso", "BI", f"{name}@localhost", role, password=password)
    if not user:
        sys.exit(f"The first user {name!r} could not be made; the reason stands above.")
    if not given:
        print(f"First user: {name}\nPassword:   {password}\nIt is told only this once.", flush=True)
    return user


def read_assets(published: Path) -> dict[str, str]:
    """The YAML files by their place in an export, with the published file of this home as database."""
    folder = HERE / "assets"
    return {
        path.relative_to(folder).as_posix(): path.read_text("utf-8").replace(PUBLISHED_PLACEHOLDER, str(published))
        for path in sorted(folder.rglob("*.yaml"))
    }


def serve(host: str, port: str) -> None:
    """Answer until stopped: processes of their own, each with one request at a time (see superset_config)."""
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            self.cfg.set("bind", f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
            self.cfg.set("workers", WORKERS)
            # unlike "sync", it is not blocked by the idle connections that browsers open ahead
            self.cfg.set("worker_class", "gthread")
            self.cfg.set("threads", 1)
            self.cfg.set("control_socket_disable", True)
            self.cfg.set("loglevel", "warning")

        def load(self) -> Any:
            from superset.app import create_app

            return create_app()

    Server().run()


if __name__ == "__main__":
    main()
