"""How far the working warehouse is built, and of which choices: only what went all the way may be published.

The stages follow one another: a stage that begins undoes itself and all later ones, so that a kill anywhere, or a
single stage run again by hand, never leaves a mixture that looks whole.
"""

import hashlib
import json
from pathlib import Path

from ingest.settings import Settings

# evidence laid out, editions judged and faulty ones withheld, public tables built, findings written
STAGES = ("evidence", "gate", "public", "findings")


class NotBuilt(RuntimeError):
    """The working warehouse is half built, or was built under other settings or of other figures."""


def begin(settings: Settings, stage: str) -> None:
    """A stage is about to write. Raises NotBuilt unless the one before it is done, with the raw figures as they are."""
    place = STAGES.index(stage)
    if place > 0:
        _require(settings, STAGES[place - 1], _raw_state(settings))
    _record(settings, STAGES[:place])


def finish(settings: Settings, stage: str) -> None:
    """The stage is done; what it was made of is recorded."""
    _record(settings, STAGES[: STAGES.index(stage) + 1])


def require_built(settings: Settings) -> None:
    """Raise NotBuilt unless the last build was finished, for this territory and these excluded publishers."""
    _require(settings, STAGES[-1])


def _require(settings: Settings, stage: str, raw: str | None = None) -> None:
    found = json.loads(_mark(settings).read_text(encoding="utf-8")) if _mark(settings).exists() else {}
    if stage not in found.get("stages", ()):
        raise NotBuilt("the working warehouse is not a finished build; run `chiso run` first")
    if found["choices"] != _choices(settings):
        raise NotBuilt(
            "the working warehouse was built for another CHISO_TERRITORY or CHISO_EXCLUDE_PUBLISHERS; "
            "run `chiso run` with the present ones first"
        )
    if raw not in (None, found["raw"]):
        raise NotBuilt("the raw figures changed since the working warehouse was built; run `chiso run` first")


def _record(settings: Settings, stages: tuple[str, ...]) -> None:
    _mark(settings).parent.mkdir(parents=True, exist_ok=True)
    record = {"stages": stages, "choices": _choices(settings), "raw": _raw_state(settings)}
    beside = _mark(settings).with_suffix(".new")
    beside.write_text(json.dumps(record), encoding="utf-8")
    beside.replace(_mark(settings))


def _mark(settings: Settings) -> Path:
    return settings.state / "warehouse.json"


def _choices(settings: Settings) -> dict[str, object]:
    return {"territory": settings.territory, "excluded_publishers": sorted(settings.excluded_publishers)}


def _raw_state(settings: Settings) -> str:
    """What the raw files hold; for the dossiers, which may be many gigabytes and never change, their ledger says it."""
    digest = hashlib.sha256()
    for path in sorted(settings.raw.rglob("*.parquet")):
        if path.is_relative_to(settings.raw / "dossier"):
            continue
        digest.update(str(path.relative_to(settings.raw)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()
