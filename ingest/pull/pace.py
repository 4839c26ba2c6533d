"""Turns: one request to a host at a time, and a pause after each, whatever source, thread or process asks."""

import fcntl
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from ingest.pull.faults import NetworkFault, PullFault
from ingest.store import storing, write_all


class PullStopped(PullFault):
    """Somebody asked to stop; what is stored stays, the next pull goes on from there."""


class Clock:
    """The time, and waiting that can be broken off."""

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Raises PullStopped when asked to stop."""
        if self._stopped.wait(max(seconds, 0.0)):
            raise PullStopped("stopped")

    def stop(self) -> None:
        """Break off every wait, now and to come."""
        self._stopped.set()


@dataclass
class _Queue:
    lock: threading.Lock = field(default_factory=threading.Lock)
    not_before: float = 0.0


@dataclass
class Turn:
    """One request to a host. `ended`: when the last byte of its answer came, in seconds since 1970; 0 if none did."""

    ended: float = 0.0


class Pace:
    """The queues of all hosts. The time of the last request lies in a small file, which is also the lock."""

    def __init__(self, folder: Path, clock: Clock, patience: float) -> None:
        self._folder, self._clock, self._patience = folder, clock, patience
        self._queues: dict[str, _Queue] = {}
        self._guard = threading.Lock()

    @contextmanager
    def turn(self, host: str, pause: float) -> Iterator["Turn"]:
        """Wait until this host may be asked, and hold it until the answer is here.

        `pause`: seconds between the end of one answer and the next request. Raises NetworkFault when the host said that
        it wants to be left alone for longer than our patience.
        """
        queue = self._queue(host)
        with queue.lock, self._file(host) as file:
            self._lock(file)
            held = queue.not_before - time.monotonic()
            if held > self._patience:
                raise NetworkFault(f"{host} wants no request for another {held:,.0f} s. Try again after that")
            self._clock.sleep(max(pause - _since(file), held))
            turn = Turn()
            with storing(self._folder):
                _mark(file, time.time())
            try:
                yield turn
            finally:
                _mark(file, turn.ended or time.time())

    def hold(self, host: str, seconds: float) -> None:
        """Nobody here asks this host for so long: it said that it is busy."""
        queue = self._queue(host)
        queue.not_before = max(queue.not_before, time.monotonic() + seconds)

    def _file(self, host: str) -> IO[bytes]:
        with storing(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            return (self._folder / f"{re.sub(r'[^a-z0-9.-]', '_', host.lower())}.turn").open("ab", buffering=0)

    def _lock(self, file: IO[bytes]) -> None:
        # another process may hold it for as long as a download takes; waiting for it can be broken off
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                self._clock.sleep(0.05)

    def _queue(self, host: str) -> _Queue:
        with self._guard:
            return self._queues.setdefault(host, _Queue())


def _mark(file: IO[bytes], when: float) -> None:
    if os.fstat(file.fileno()).st_size == 0:
        write_all(file, b"asked last at the time of this file\n")
    os.utime(file.fileno(), (when, when))


def _since(file: IO[bytes]) -> float:
    """Seconds since the last request; ages when there was none, and none when the clock was set back."""
    status = os.fstat(file.fileno())
    return max(time.time() - status.st_mtime, 0.0) if status.st_size else float("inf")
