"""Whether the working warehouse is a whole build, and of which choices: only such a one may be published."""

import json
from pathlib import Path

from ingest.settings import Settings


class NotBuilt(RuntimeError):
    """The working warehouse is half built, or was built under other settings."""


def begin_build(settings: Settings) -> None:
    """From here on the warehouse is in the making; a kill leaves it marked so."""
    _mark(settings).unlink(missing_ok=True)


def finish_build(settings: Settings) -> None:
    """Models and findings are in: the warehouse is whole."""
    _mark(settings).parent.mkdir(parents=True, exist_ok=True)
    _mark(settings).write_text(json.dumps(_choices(settings)), encoding="utf-8")


def require_built(settings: Settings) -> None:
    """Raise NotBuilt unless the last build was finished, for this territory and these excluded publishers."""
    mark = _mark(settings)
    if not mark.exists():
        raise NotBuilt("the working warehouse is not a finished build; run `chiso run` first")
    if json.loads(mark.read_text(encoding="utf-8")) != _choices(settings):
        raise NotBuilt(
            "the working warehouse was built for another CHISO_TERRITORY or CHISO_EXCLUDE_PUBLISHERS; "
            "run `chiso run` with the present ones first"
        )


def _mark(settings: Settings) -> Path:
    return settings.state / "warehouse.json"


def _choices(settings: Settings) -> dict[str, object]:
    return {"territory": settings.territory, "excluded_publishers": sorted(settings.excluded_publishers)}
