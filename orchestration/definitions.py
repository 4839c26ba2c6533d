"""The code location that workspace.yaml loads."""

from ingest.settings import Settings
from orchestration.assembly import build

defs = build(Settings.from_env())
