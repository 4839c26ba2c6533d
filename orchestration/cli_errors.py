"""Expected failures of the command line, said in a line; anything else is a fault of ours and shows whole."""

import errno
from collections.abc import Callable
from functools import wraps
from typing import Any

import click

# full, over the quota, read-only, not ours
_OF_THE_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)


def plainly(command: Callable[..., None]) -> Callable[..., None]:
    """Say an expected failure in one line instead of a traceback."""

    @wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except Exception as error:
            if isinstance(error, _expected()):
                raise click.ClickException(str(error)) from error
            if isinstance(error, OSError) and error.errno in _OF_THE_DISK:
                raise click.ClickException(f"{error.strerror}: {error.filename or 'while writing'}") from error
            raise

    return wrapped


def _expected() -> tuple[type[Exception], ...]:
    """Asked for only when something failed: loading them all would slow every command down."""
    from ingest.dossiers.ledger import RawDamaged
    from ingest.dossiers.staging import LoadFailed
    from ingest.faults import EditionFault
    from ingest.home_lock import AnotherRun
    from ingest.offer import CandidateError
    from ingest.pull.faults import PullFault
    from ingest.receipts import ReceiptError
    from ingest.settings import SettingsError
    from ingest.store import StoreError as ArchiveError
    from orchestration.duckdb_resource import WarehouseError
    from orchestration.published_tables import PublishError
    from orchestration.warehouse_state import NotBuilt
    from quality.alerts.config import ConfigError
    from quality.alerts.holds import HoldError
    from quality.alerts.store import StoreError
    from quality.backtest import BacktestFailed

    return (
        SettingsError,
        WarehouseError,
        AnotherRun,
        NotBuilt,
        PublishError,
        CandidateError,
        EditionFault,
        ArchiveError,
        ReceiptError,
        LoadFailed,
        RawDamaged,
        PullFault,
        BacktestFailed,
        ConfigError,
        HoldError,
        StoreError,
    )
