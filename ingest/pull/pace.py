"""Turns: one request to a host at a time, and a pause after each, whatever source, thread or process asks."""

import fcntl
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from ingest.pull.faults import NetworkFault, PullFault
from ingest.store import storing, write_all

# seconds; who asks to be left alone for longer is asked again after this
LONGEST_WAIT = 86_400.0
_ASKED = b"asked last at the time of this file\n"
_WAIT = re.compile(rb"leave alone for +([0-9.]+) s from +([0-9.]+)\n")


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
class Turn:
    """One request to a host. `ended`: when the last byte of its answer came, in seconds since 1970; 0 if none did."""

    ended: float = 0.0


class Pace:
    """The queues of all hosts. A small file for each is the lock; its time is that of the last request, its text says
    for how long the host wants to be left alone. So it holds among sessions and processes, and after them.
    """

    def __init__(self, folder: Path, clock: Clock, patience: float) -> None:
        self._folder, self._clock, self._patience = folder, clock, patience
        self._queues: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    @contextmanager
    def turn(self, host: str, pause: float) -> Iterator["Turn"]:
        """Wait until this host may be asked, and hold it until the answer is here.

        `pause`: seconds between the end of one answer and the next request. Raises NetworkFault when the host said that
        it wants to be left alone for longer than our patience.
        """
        with self._queue(host), self._file(host) as file:
            self._lock(file)
            held = _held(file)
            if held > self._patience:
                raise NetworkFault(f"{host} wants no request for another {held:,.0f} s. Try again after that", held)
            self._clock.sleep(max(pause - _since(file), held))
            turn = Turn()
            with storing(self._folder):
                _mark(file, time.time())
            try:
                yield turn
            finally:
                _mark(file, turn.ended or time.time())

    def hold(self, host: str, seconds: float) -> None:
        """Nobody asks this host for so long, a day at most: it said that it is busy. For whoever has its turn."""
        with self._file(host) as file, storing(self._folder):
            if (seconds := min(seconds, LONGEST_WAIT)) > _held(file):
                file.seek(0)
                # always the same length, so that it is written over as a whole
                write_all(file, _ASKED + b"leave alone for %12.3f s from %17.3f\n" % (seconds, time.time()))

    def _file(self, host: str) -> IO[bytes]:
        with storing(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / f"{re.sub(r'[^a-z0-9.-]', '_', host.lower())}.turn"
            return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o666), "r+b", buffering=0)

    def _lock(self, file: IO[bytes]) -> None:
        # another process may hold it for as long as a download takes; waiting for it can be broken off
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                self._clock.sleep(0.05)

    def _queue(self, host: str) -> threading.Lock:
        with self._guard:
            return self._queues.setdefault(host, threading.Lock())


def _mark(file: IO[bytes], when: float) -> None:
    if os.fstat(file.fileno()).st_size == 0:
        write_all(file, _ASKED)
    os.utime(file.fileno(), (when, when))


def _held(file: IO[bytes]) -> float:
    """Seconds for which the host still wants to be left alone; none when the clock was set back."""
    file.seek(0)
    said = _WAIT.search(file.read())
    if said is None:
        return 0.0
    seconds, gone = float(said[1]), time.time() - float(said[2])
    return max(seconds - gone, 0.0) if gone >= 0 else 0.0


def _since(file: IO[bytes]) -> float:
    """Seconds since the last request; ages when there was none, and none when the clock was set back."""
    status = os.fstat(file.fileno())
    return max(time.time() - status.st_mtime, 0.0) if status.st_size else float("inf")
