"""What assets share: the installation that a run works on, and how steps tell what they do."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
from pydantic import PrivateAttr

from ingest.home_lock import PATIENCE, only_run
from ingest.settings import Settings

RUN_LOGGER = "chiso.run"
BY_COMMAND_LINE = {"chiso/by": "command line"}


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
