"""Run as a process: publishes on demand, each time in a fresh child that may be killed, without starting Python again.

Reads a line of JSON for each job: {"folder": …, "warehouses": […], "times": 0 for ever, "die_at": 0 for never}.
Answers with the child's process id, and when it has ended with its exit code. With `die_at` the child is killed right
before it changes a name in the folder (renames a file into place, removes one) for the n-th time.
"""

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from orchestration.publish import publish


def _die_at(nth: int) -> None:
    left = nth

    def counted(change: Callable[..., Any]) -> Callable[..., Any]:
        def change_or_die(*arguments: Any, **options: Any) -> Any:
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return change(*arguments, **options)

        return change_or_die

    os.replace = counted(os.replace)
    Path.unlink = counted(Path.unlink)  # type: ignore[method-assign]


def _work(job: dict[str, Any]) -> int:
    try:
        if job["die_at"]:
            _die_at(job["die_at"])
        for warehouse in islice(cycle(job["warehouses"]), job["times"] or None):
            publish(Path(warehouse), Path(job["folder"]), warehouse)
    except Exception:  # noqa: BLE001 - said, and told by the exit code; a child must not go on with the loop below
        traceback.print_exc()
        return 1
    return 0


for line in sys.stdin:
    child = os.fork()
    if child == 0:
        os._exit(_work(json.loads(line)))
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
