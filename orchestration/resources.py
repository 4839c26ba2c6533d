"""What assets share: the settings of the installation, and the right to write into its home, one run at a time."""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from ingest.settings import Settings

RUN_LOGGER = "chiso.run"


class AnotherRun(RuntimeError):
    """Another run is writing into the same CHISO_HOME."""


@contextmanager
def only_run(home: Path) -> Iterator[None]:
    """Hold the home for one run; released by the system even when the process is killed.

    Raises AnotherRun naming the process that has it.
    """
    path = home / "state" / "run.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise AnotherRun(f"another run (process {holder}) is writing into {home}; wait until it ends") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


class Home(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The installation that a run works on; the whole run holds it, so that two runs never mix."""

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Home"]:
        with only_run(self.settings.home):
            yield self

    @property
    def settings(self) -> Settings:
        return Settings.from_env()


def _logger(context: dg.InitLoggerContext) -> logging.Logger:
    logger = logging.getLogger(RUN_LOGGER)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    return logger


def say(message: str) -> None:
    """Progress for whoever waits in this process; not an event of the run, of which each one costs time to store."""
    logging.getLogger(RUN_LOGGER).info(message)


# what the steps say, to whoever in this process listens
run_logger = dg.LoggerDefinition(_logger)
