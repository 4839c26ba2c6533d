"""What assets share: the settings of the installation, and the right to write into its home, one run at a time."""

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from pydantic import PrivateAttr

from ingest.settings import Settings

RUN_LOGGER = "chiso.run"
# a scheduled run that meets one from the command line waits for it, instead of failing and alarming somebody
PATIENCE = 900.0
BY_COMMAND_LINE = {"chiso/by": "command line"}


class AnotherRun(RuntimeError):
    """Another run is writing into the same CHISO_HOME."""


@contextmanager
def only_run(home: Path, patience: float = 0) -> Iterator[None]:
    """Hold the home for one run; released by the system even when the process is killed.

    Waits `patience` seconds for another run to end. Raises AnotherRun naming the process that still has it then.
    """
    path = home / "state" / "run.lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    give_up = time.monotonic() + patience
    with path.open("a+", encoding="utf-8") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() < give_up:
                    time.sleep(0.2)
                    continue
                file.seek(0)
                holder = file.read().strip() or "unknown"
                message = f"another run (process {holder}) is writing into {home}; wait until it ends"
                raise AnotherRun(message) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


class Home(dg.ConfigurableResource):  # type: ignore[type-arg]
    """The installation that a run works on; the whole run holds it, so that two runs never mix."""

    _settings: Settings = PrivateAttr()

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Home"]:
        by_hand = context.run is not None and BY_COMMAND_LINE.items() <= context.run.tags.items()
        self._settings = Settings.from_env()
        with only_run(self._settings.home, 0 if by_hand else PATIENCE):
            yield self

    @property
    def settings(self) -> Settings:
        """The settings as they were when the run began: one date for all of its steps."""
        return self._settings


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
