"""The right to write into an installation's home, one run or command at a time."""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# a scheduled run that meets another waits for it, instead of failing and alarming somebody
PATIENCE = 900.0
# homes that this process holds, and the thread that took each
_HELD: dict[Path, int] = {}


class AnotherRun(RuntimeError):
    """Another run is writing into the same CHISO_HOME."""


@contextmanager
def only_run(home: Path, patience: float = 0) -> Iterator[None]:
    """Hold the home; released by the system even when the process is killed. A thread that has it already goes on.

    Waits `patience` seconds for another run to end. Raises AnotherRun naming the process that still has it then.
    """
    if _HELD.get(home) == threading.get_ident():
        yield
        return
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
        _HELD[home] = threading.get_ident()
        try:
            yield
        finally:
            del _HELD[home]
