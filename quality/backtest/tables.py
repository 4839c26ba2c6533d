"""The backtest's results as CSV: one row for each injection, each finding of the replay, each province and edition."""

import csv
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from quality.backtest.injections import Outcome
from quality.backtest.run import Backtest

LOUD = ("warn", "critical")
_EDITION = ("index_code", "edition_year", "basis", "held_out")


def write_tables(result: Backtest, folder: Path) -> list[Path]:
    """Write injections.csv and, after a replay, findings.csv and regressions.csv; gives their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = [
        _write(
            folder / "injections.csv",
            ("number", "fault", *_EDITION, "what", "revealed_by", "reasons", "found", "stops", "rules"),
            (_injection(outcome) for outcome in result.outcomes),
        )
    ]
    if result.replay is not None:
        found = Counter((f.key, f.kind, f.rule_code, f.severity) for f in result.replay.then)
        written.append(
            _write(
                folder / "findings.csv",
                (*_EDITION, "kind", "rule_code", "severity", "findings"),
                ((*_edition(key), *rest, count) for (key, *rest), count in sorted(found.items())),
            )
        )
        loud = regressions(result)
        written.append(
            _write(
                folder / "regressions.csv",
                (*_EDITION, "territory_code", "compared", "warn_or_above"),
                (
                    (*_edition(pair[0]), pair[1], int(pair in result.replay.compared), loud[pair])
                    for pair in sorted(result.replay.judged)
                ),
            )
        )
    return written


def regressions(result: Backtest) -> Counter[tuple[Any, str]]:
    """Regression findings at warn or above by edition and province, as each edition came."""
    assert result.replay is not None
    return Counter(
        (found.key, found.territory_code)
        for found in result.replay.then
        if found.kind == "regression" and found.severity in LOUD and found.territory_code is not None
    )


def _injection(outcome: Outcome) -> tuple[Any, ...]:
    one = outcome.injection
    told = (one.what, one.group, "; ".join(one.reasons))
    return (
        one.number,
        one.fault.name,
        *_edition(one.key),
        *told,
        int(outcome.is_found),
        int(outcome.stops),
        "; ".join(outcome.rules),
    )


def _edition(key: Any) -> tuple[Any, ...]:
    return key.index_code, key.edition_year, key.basis, int(key.is_held_out)


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path
