"""One pull in a process of its own, to be killed or to run out of room.

puller.py HOME SOURCE PARTITION HOST:PORT [BYTES]     BYTES: the largest file that this process may write

Prints what came; ends with 2 and the message when it was refused.
"""

import resource
import sys
from pathlib import Path

from ingest.pull.faults import PullFault
from ingest.store import StoreError
from tests.integration.pull.conftest import QUICK, House


def main(home: str, code: str, partition: str, allowed: str, most: str = "") -> None:
    house = House(Path(home), config=QUICK.__class__(allow_private=frozenset(allowed.split(",")), idle=60, total=60))
    source = house.source(code)
    if most:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(most), int(most)))
    try:
        with house.session() as session:
            pulled = session.pull(source, partition)
    except (PullFault, StoreError) as error:
        print(f"{type(error).__name__}: {error}")
        sys.exit(2)
    print(f"{len(pulled.tables)} tables, {pulled.bytes} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
