"""One pull in a process of its own, to be killed or to run out of room.

puller.py HOME SOURCE PARTITION HOST:PORT [BYTES]     BYTES: the largest file that this process may write

Prints what came; ends with 2 and the message when it was refused.
"""

import resource
import sys

from ingest.pull.config import PullConfig
from ingest.pull.faults import PullFault
from ingest.pull.pulling import Session
from ingest.pull.source import load_sources
from ingest.settings import Settings
from ingest.store import StoreError


def main(home: str, code: str, partition: str, allowed: str, most: str = "") -> None:
    settings = Settings.from_env({"CHISO_HOME": home})
    source = load_sources(settings.shelves[-1:])[0][code]
    if most:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most)))
    try:
        with Session(settings, PullConfig(allow_private=frozenset(allowed.split(",")))) as session:
            pulled = session.pull(source, partition)
    except (PullFault, StoreError) as error:
        print(f"{type(error).__name__}: {error}")
        sys.exit(2)
    print(f"{len(pulled.tables)} tables, {pulled.bytes} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
