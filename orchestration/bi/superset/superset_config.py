"""Superset as Chiso runs it. Superset imports this module by its name; serve.py sets the environment that it reads.

What may be set: everything of https://superset.apache.org/docs/configuration, in a file that CHISO_BI_CONFIG names;
its values win over these. What belongs to the dashboard (datasets, charts) does not belong here.
"""

import importlib.util
import logging
import os
import threading
from pathlib import Path
from typing import Any

from duckdb_engine import ConnectionWrapper
from sqlalchemy import event
from sqlalchemy.engine import URL, Engine
from sqlalchemy.pool import NullPool

_HOME = Path(os.environ["CHISO_HOME"]) / "superset"

# --- where it keeps things: all of it in one folder that only its owner reads
SECRET_KEY = (_HOME / "secret_key").read_text()
SQLALCHEMY_DATABASE_URI = f"sqlite:///{_HOME / 'superset.db'}"
# several processes write their few rows; one waits for the other
SQLALCHEMY_ENGINE_OPTIONS = {"connect_args": {"timeout": 30}}
GUEST_TOKEN_JWT_SECRET = GLOBAL_ASYNC_QUERIES_JWT_SECRET = SECRET_KEY

# --- the published file: read, and nothing else
QUERY_SECONDS = 20
_READ_ONLY = {
    "access_mode": "read_only",
    "enable_external_access": "false",  # no file and no address from SQL
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "memory_limit": "2GB",
    "threads": "2",
    "lock_configuration": "true",
}


def DB_CONNECTION_MUTATOR(
    url: URL, engine: dict[str, Any], user: str | None, security: object, source: object
) -> tuple[URL, dict[str, Any]]:
    """Lock every DuckDB connection down, whatever the database is set to, and pool none.

    Inside one process DuckDB keeps a file open until its last connection is closed, and a file swapped in meanwhile
    stays unseen. Workers answer one request at a time (serve.py), so that each query opens the file that stands.
    """
    if url.get_backend_name() == "duckdb":
        engine["poolclass"] = NullPool
        engine.setdefault("connect_args", {}).setdefault("config", {}).update(_READ_ONLY)
    return url, engine


@event.listens_for(Engine, "connect")
def _limit_time(connection: Any, record: Any) -> None:
    # Superset's own limit needs the main thread, where requests do not run; a connection lasts for one query
    if isinstance(connection, ConnectionWrapper):
        record.info["limit"] = threading.Timer(QUERY_SECONDS, connection.interrupt)
        record.info["limit"].daemon = True
        record.info["limit"].start()


@event.listens_for(Engine, "close")
def _lift_limit(connection: Any, record: Any) -> None:
    if "limit" in record.info:
        record.info.pop("limit").cancel()


# --- no figure outlives the file that it came from
CACHE_CONFIG = DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
ROW_LIMIT = 10_000
SQL_MAX_ROW = 50_000
DISPLAY_MAX_ROW = 10_000
DEFAULT_SQLLAB_LIMIT = 1_000

# --- Vietnamese numbers and days; the interface itself has no Vietnamese
D3_FORMAT = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " ₫"]}
D3_TIME_FORMAT = {
    "dateTime": "%d/%m/%Y %H:%M:%S",
    "date": "%d/%m/%Y",
    "time": "%H:%M:%S",
    "periods": ["SA", "CH"],
    "days": ["Chủ nhật", "Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy"],
    "shortDays": ["CN", "T2", "T3", "T4", "T5", "T6", "T7"],
    "months": [f"Tháng {month}" for month in range(1, 13)],
    "shortMonths": [f"Th{month}" for month in range(1, 13)],
}
CURRENCIES = ["VND", "USD"]

# --- what goes wrong is told, and nothing else
LOG_LEVEL = logging.WARNING
ALEMBIC_SKIP_LOG_CONFIG = True
logging.getLogger("py.warnings").setLevel(logging.ERROR)  # hundreds from its own migrations; they bury the password

# --- nothing is asked from outside: the browser itself forbids it
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,  # the reverse proxy speaks TLS
    "session_cookie_secure": False,
}
THEME_FONT_URL_ALLOWED_DOMAINS: list[str] = []
ENABLE_CORS = False
DOCUMENTATION_URL = BUG_REPORT_URL = None

# --- who comes in
RATELIMIT_ENABLED = True  # of guesses at a password
AUTH_RATE_LIMIT = "20 per minute"
RATELIMIT_APPLICATION = None
RATELIMIT_STORAGE_URI = "memory://"  # each process counts for itself


def FLASK_APP_MUTATOR(app: Any) -> None:
    """Limit the two places where passwords are tried; Superset 6.1 limits a view that takes none."""
    from superset import security_manager

    for place in {"AuthDBView", "SecurityApi"} & app.blueprints.keys():
        security_manager.limiter.limit(AUTH_RATE_LIMIT, methods=["POST"])(app.blueprints[place])


FEATURE_FLAGS = {"EMBEDDABLE_CHARTS": False, "DASHBOARD_RBAC": False}

APP_NAME = "Chiso"
LOGO_TARGET_PATH = "/superset/dashboard/chiso/"
WELCOME_PAGE_LAST_TAB = "all"

if "CHISO_BI_CONFIG" in os.environ:
    _spec = importlib.util.spec_from_file_location("chiso_bi_config", os.environ["CHISO_BI_CONFIG"])
    assert _spec is not None
    assert _spec.loader is not None
    _own = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(_own)
    globals().update({name: value for name, value in vars(_own).items() if name.isupper()})
