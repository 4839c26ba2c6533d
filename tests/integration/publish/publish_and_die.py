"""Run as a process: publish WAREHOUSE into FOLDER, and be killed right before the NTH change of a name in the folder.

publish_and_die.py FOLDER NTH WAREHOUSE        changes of a name: rename into place, removal of a file
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from orchestration.publish import publish

left = int(sys.argv[2])


def _counted(change: Callable[..., Any]) -> Callable[..., Any]:
    def change_or_die(*arguments: Any, **options: Any) -> Any:
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return change(*arguments, **options)

    return change_or_die


os.replace = _counted(os.replace)
Path.unlink = _counted(Path.unlink)  # type: ignore[method-assign]
print("ready", flush=True)
publish(Path(sys.argv[3]), Path(sys.argv[1]), "killed in the middle")
