"""One load: every file of the feed whose bytes are new, whole files or nothing, once.

Rows are written beside raw/dossier first, moved there by renaming, and count once the ledger's file of the load is
there. A load that was killed is undone by the next one, which then takes the same files.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from ingest import raw
from ingest.dossiers.columns import declaration, load_columns
from ingest.dossiers.diagnosis import diagnose
from ingest.dossiers.feed import Delivered, hash_feed, list_feed
from ingest.dossiers.key import DossierKey
from ingest.dossiers.ledger import REFUSAL, Ledger, Loaded, refusal_row, refusals_before
from ingest.dossiers.refusal import Refusal
from ingest.dossiers.shape import Shape, shape_of
from ingest.dossiers.staging import LoadFailed, Staging, engine
from ingest.home_lock import only_run
from ingest.settings import Settings


@dataclass
class DossierLoad:
    """What a load came to. `refused` are the reasons, as in raw, for all files refused that lie in the feed now;
    `changed` are files that were written to meanwhile and are for the next load.
    """

    load_no: int | None = None
    files: int = 0
    records: int = 0
    months: list[date] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    files_in_all: int = 0
    records_in_all: int = 0


def load_dossiers(
    settings: Settings,
    environ: Mapping[str, str] | None = None,
    progress: Callable[[str], None] = lambda message: None,
) -> DossierLoad:
    """Load what is new in the feed. The key is asked for only when there is something to load.

    Raises KeyFault without a usable key, EditionFault for a declaration of columns that does not fit its schema,
    RawDamaged where raw files are missing, LoadFailed, AnotherRun.
    """
    with only_run(settings.home):
        ledger = Ledger(settings)
        ledger.lay_out()
        loaded = ledger.loaded()
        ledger.repair(loaded)
        outcome = DossierLoad()
        waiting, rules = _waiting(settings, ledger, loaded, outcome)
        if waiting:
            progress(f"dossiers: {len(waiting):,} new files")
            key = DossierKey.from_env(environ)
            ledger.check_key(key, is_first=not loaded)
            _load(ledger, loaded, waiting, key, outcome)
        raw.write(ledger.refusals, REFUSAL, outcome.refused, rules)
        outcome.files_in_all = len({one.delivery_no for one in loaded}) + outcome.files
        outcome.records_in_all = sum(one.records for one in loaded) + outcome.records
        return outcome


def _waiting(
    settings: Settings, ledger: Ledger, loaded: list[Loaded], outcome: DossierLoad
) -> tuple[list[Delivered], str]:
    """The files to load, in order of delivery, and what they are judged by; fills in those that need no other look."""
    found, misnamed = list_feed(settings.dossier_feed)
    delivered, closed = hash_feed(settings, found)
    rules = _rules(settings)
    before = refusals_before(ledger, rules, {(one.found.file, one.sha256) for one in delivered})
    refused = {row["file"] for row in before}
    # the first of several files with the same bytes stands for all of its day; another day tells other times possible
    seen = {(one.sha256, one.delivered_date) for one in loaded}
    waiting, early = [], []
    for one in delivered:
        content = one.sha256, one.found.delivered_date
        if content in seen or one.found.file in refused:
            continue
        seen.add(content)
        # a mistaken year would make every impossible time of the file possible
        if one.found.delivered_date > settings.as_of:
            early.append(one.found.refused("file_day"))
        else:
            waiting.append(one)
    outcome.refused = [*map(refusal_row, (*misnamed, *closed, *early)), *before]
    return waiting, rules


def _load(
    ledger: Ledger, loaded: list[Loaded], waiting: list[Delivered], key: DossierKey, outcome: DossierLoad
) -> None:
    """Load what can be; a file that cannot is told in the outcome, and the others are written again without it."""
    columns = load_columns(ledger.settings)
    shapes: dict[Delivered, Shape] = {}
    for one in waiting:
        shape = shape_of(one.found.path, one.found.format, one.place, columns)
        if isinstance(shape, Shape):
            shapes[one] = shape
        else:
            _leave_out(one, shape, outcome)
    load_no = max((one.load_no for one in loaded), default=0) + 1
    first = max((one.delivery_no for one in loaded), default=0) + 1
    with engine(ledger.settings) as connection:
        staging = Staging(ledger, connection, columns, key, load_no)
        while shapes:
            numbers = {one: first + place for place, one in enumerate(shapes)}
            staged = staging.write(shapes, numbers)
            changed = [one for one in shapes if not one.is_as_it_was()]
            suspects = [one for one in shapes if staged.counts is None or (numbers[one], None) in staged.counts]
            if not suspects and not changed:
                outcome.months = staging.move()
                outcome.records = ledger.commit(load_no, numbers, staged.counts or {})
                outcome.load_no, outcome.files = load_no, len(numbers)
                break
            blamed = len(changed)
            for one in suspects:
                if one not in changed and (reasons := diagnose(staging, one, shapes[one])):
                    _leave_out(one, reasons, outcome)
                    del shapes[one]
                    blamed += 1
            for one in changed:
                outcome.changed.append(one.found.file)
                del shapes[one]
            if not blamed:
                raise LoadFailed(staged.failure or "records were at fault that could not be found again; run again")
        staging.clear()


def _leave_out(one: Delivered, reasons: list[Refusal], outcome: DossierLoad) -> None:
    """Refuse a file, unless it was written to while it was looked at."""
    if one.is_as_it_was():
        outcome.refused += map(refusal_row, reasons)
    else:
        outcome.changed.append(one.found.file)


def _rules(settings: Settings) -> str:
    """What files are judged by, as a hash: when it changes, those refused are looked at again."""
    digest = hashlib.sha256()
    for path in (declaration(settings), *sorted(Path(__file__).parent.glob("*.py"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()
