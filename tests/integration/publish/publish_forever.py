"""Run as a process: publish one warehouse after the other into one folder until killed, or `times` times.

publish_forever.py FOLDER TIMES WAREHOUSE…      prints `ready` before the first, `done` after the last
"""

import sys
from itertools import cycle, islice
from pathlib import Path

from orchestration.publish import publish

folder, times, *warehouses = sys.argv[1:]
print("ready", flush=True)
for warehouse in islice(cycle(warehouses), int(times) or None):
    publish(Path(warehouse), Path(folder), warehouse)
print("done", flush=True)
