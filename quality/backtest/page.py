"""The page about the backtest: what was tried, what was caught and missed, how much noise there is. English, Markdown.

The same archive, rules and seed give the same bytes: no clock, no machine, no seconds. The words are in the template.
"""

import csv
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import mean, median
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from quality.backtest.cells import EditionKey
from quality.backtest.injections import Outcome
from quality.backtest.replay import Found, Replay
from quality.backtest.reveal import BEYOND_ROUNDING
from quality.backtest.run import Backtest
from quality.backtest.tables import LOUD, regressions

KNOWN = Path(__file__).with_name("known_inconsistencies.csv")
_MISSES_LISTED = 60
_ENOUGH = 3
_OTHER_GROUPS = ("history", "nothing", "tiny")
_Part = Callable[[EditionKey], bool]
_PARTS: tuple[tuple[str, _Part], ...] = (
    ("all", lambda key: True),
    ("tuned on", lambda key: not key.is_held_out),
    ("held out", lambda key: key.is_held_out),
)
_PART_NAMES = tuple(name for name, _ in _PARTS)


def render_page(result: Backtest) -> str:
    """Give the page as Markdown."""
    environment = Environment(
        loader=PackageLoader("quality"), undefined=StrictUndefined, trim_blocks=True, autoescape=False
    )
    missed = [o for o in result.outcomes if o.injection.group == "table" and not o.is_found]
    return environment.get_template("backtest.md.j2").render(
        injections=f"{len(result.outcomes):,}",
        kinds=len(result.faults),
        editions=len(result.editions),
        archive=result.archive,
        seed=result.seed,
        in_short=_in_short(result),
        by_kind=_by_kind(result),
        by_reason=_by_reason(result),
        by_index=_by_index(result),
        by_rule=_by_rule(result),
        missed=_missed(missed[:_MISSES_LISTED]),
        missed_count=len(missed),
        missed_listed=_MISSES_LISTED,
        replay=None if result.replay is None else _replay(result, result.replay),
        the_kinds=_table(
            ["kind", "lỗi", "fault", "the table reveals it when"],
            [[f"`{f.name}`", f.vi, f.en, f.revealed_by] for f in result.faults],
        ),
        beyond_rounding=f"{BEYOND_ROUNDING:g}",
    )


def known_inconsistencies() -> Counter[tuple[EditionKey, str]]:
    """Data faults of the publications themselves, reviewed: findings by edition and rule."""
    with KNOWN.open(encoding="utf-8", newline="") as file:
        return Counter(
            {
                (EditionKey(row["index_code"], int(row["edition_year"]), row["basis"]), row["rule_code"]): int(
                    row["findings"]
                )
                for row in csv.DictReader(file)
            }
        )


def false_faults(replay: Replay, part: _Part = lambda key: True) -> Counter[tuple[EditionKey, str]]:
    """Data faults on the archive as published that are not among the known inconsistencies."""
    return _faults(replay, part) - known_inconsistencies()


def _in_short(result: Backtest) -> str:
    rows = [
        ["recall of faults that the table itself reveals", "≥ 99 %", *_split(_of_group(result, "table"))],
        ["recall of faults that only history can show", "–", *_split(_of_group(result, "history"))],
    ]
    if result.replay is not None:
        replay = result.replay
        false = [sum(false_faults(replay, part).values()) for _, part in _PARTS]
        rows.append(["false data faults", "0", *map(str, false)])
        rows.append(["clean editions that raise any data fault", "0", *(_raising(replay, part) for _, part in _PARTS)])
        for name, pairs in (("with a comparable edition before", replay.compared), ("all", replay.judged)):
            counts = [_counts(result, pairs, part) for _, part in _PARTS]
            middle = [f"{median(values):g}" if values else "–" for values in counts]
            rows.append([f"regressions at warn or above per province and edition, median ({name})", "≤ 3", *middle])
        drifted = [sum(part(found.key) for _, found in replay.drifted()) for _, part in _PARTS]
        rows.append(["findings that a later edition made, unmade or changed", "0", *map(str, drifted)])
    return _table(["", "aim", *_PART_NAMES], rows)


def _raising(replay: Replay, part: _Part) -> str:
    clean = {key for key in replay.editions if part(key)} - {key for key, _ in known_inconsistencies()}
    raising = {key for key, _ in _faults(replay, part)} & clean
    return f"{len(raising)} of {len(clean)}"


def _by_kind(result: Backtest) -> str:
    rows = [
        [f"`{fault.name}`", *_kind_cells([o for o in result.outcomes if o.injection.fault == fault])]
        for fault in result.faults
    ]
    found = [f"{name}: found" for name in ("history only", "neither", "too small")]
    header = ["kind", "injected", "table reveals", "of these found", "recall", *found, "stops"]
    return _table(header, [*rows, ["**all**", *_kind_cells(result.outcomes)]])


def _kind_cells(outcomes: Sequence[Outcome]) -> list[str]:
    groups = {group: [o for o in outcomes if o.injection.group == group] for group in ("table", *_OTHER_GROUPS)}
    found = {group: sum(o.is_found for o in members) for group, members in groups.items()}
    return [
        f"{len(outcomes):,}",
        f"{len(groups['table']):,}",
        f"{found['table']:,}",
        _percent(found["table"], len(groups["table"])),
        *(f"{found[group]:,} of {len(groups[group]):,}" if groups[group] else "–" for group in _OTHER_GROUPS),
        f"{sum(o.stops for o in outcomes):,}",
    ]


def _by_reason(result: Backtest) -> str:
    members: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in _of_group(result, "table"):
        for reason in outcome.injection.reasons:
            members[reason].append(outcome)
    rows = [[reason, f"{len(outcomes):,}", *_split(outcomes)] for reason, outcomes in sorted(members.items())]
    return _table(["the table reveals it by", "injections", *(f"recall, {name}" for name in _PART_NAMES)], rows)


def _by_index(result: Backtest) -> str:
    members: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in _of_group(result, "table"):
        members[outcome.injection.key.index_code].append(outcome)
    rows = [[index, f"{len(outcomes):,}", *_split(outcomes)] for index, outcomes in sorted(members.items())]
    return _table(["index", "revealed by the table", *(f"recall, {name}" for name in _PART_NAMES)], rows)


def _by_rule(result: Backtest) -> str:
    saw = Counter(rule for outcome in result.outcomes for rule in outcome.rules)
    alone = Counter(outcome.rules[0] for outcome in result.outcomes if len(outcome.rules) == 1)
    rows = [[f"`{rule}`", f"{count:,}", f"{alone[rule]:,}"] for rule, count in sorted(saw.items())]
    return _table(["rule", "injections it saw", "that it saw alone"], rows)


def _missed(outcomes: Iterable[Outcome]) -> str:
    rows = [
        [str(o.injection.key), f"`{o.injection.fault.name}`", o.injection.what, ", ".join(o.injection.reasons)]
        for o in outcomes
    ]
    return _table(["edition", "kind", "what was altered", "revealed by"], rows)


def _replay(result: Backtest, replay: Replay) -> dict[str, Any]:
    known, found = known_inconsistencies(), _faults(replay)
    copies = Counter((key, failure.rule_code) for key, raised in result.clean.items() for failure in raised)
    drifted = Counter((how, finding.rule_code) for how, finding in replay.drifted())
    return {
        "copies_agree": copies == Counter({pair: count for pair, count in found.items() if pair[0] in result.clean}),
        "data_faults": _table(
            ["edition", "rule", "findings", "known", "false"],
            [
                [
                    str(key),
                    f"`{rule}`",
                    f"{count}",
                    f"{min(count, known[key, rule])}",
                    f"{max(count - known[key, rule], 0)}",
                ]
                for (key, rule), count in sorted(found.items())
            ],
        ),
        "spread": _spread(result, replay),
        "by_rule": _findings_by_rule(replay),
        "by_edition": _findings_by_edition(replay),
        "years": len(replay.years),
        "first_year": replay.years[0],
        "last_year": replay.years[-1],
        "findings_then": f"{len(replay.then):,}",
        "findings_today": f"{len(replay.today):,}",
        "drifted_count": sum(drifted.values()),
        "drifted": _table(
            ["a later edition", "rule", "findings"],
            [[how, f"`{rule}`", f"{count}"] for (how, rule), count in sorted(drifted.items())],
        ),
    }


def _spread(result: Backtest, replay: Replay) -> str:
    indices = sorted({key.index_code for key, _ in replay.compared})
    rows = []
    for name, part in (*_PARTS, *((index, _of_index(index)) for index in indices)):
        values = _counts(result, replay.compared, part)
        if values:
            ninety, over = values[math.ceil(0.9 * len(values)) - 1], sum(value > _ENOUGH for value in values)
            middle = [f"{median(values):g}", f"{mean(values):.2f}", f"{ninety}", f"{values[-1]}"]
            rows.append([name, f"{len(values):,}", *middle, _percent(over, len(values))])
    header = ["editions", "provinces × editions", "median", "mean", "90 of 100 at most", "most", f"more than {_ENOUGH}"]
    return _table(header, rows)


def _findings_by_rule(replay: Replay) -> str:
    counts = Counter((f.kind, f.rule_code, f.severity) for f in replay.then)
    editions = {rule: len({f.key for f in replay.then if f.rule_code == rule}) for _, rule, _ in counts}
    return _table(
        ["rule", "kind", "severity", "findings", "editions"],
        [
            [f"`{rule}`", kind, severity, f"{count:,}", f"{editions[rule]}"]
            for (kind, rule, severity), count in sorted(counts.items())
        ],
    )


def _findings_by_edition(replay: Replay) -> str:
    by_edition: dict[EditionKey, list[Found]] = defaultdict(list)
    for finding in replay.then:
        by_edition[finding.key].append(finding)
    rows = []
    for key, findings in sorted(by_edition.items()):
        faults = Counter(f.rule_code for f in findings if f.kind == "data_fault")
        loud = Counter(f.rule_code for f in findings if f.kind == "regression" and f.severity in LOUD)
        quiet = sum(f.kind == "regression" and f.severity not in LOUD for f in findings)
        rows.append([str(key), _listed(faults), _listed(loud), f"{quiet:,}"])
    return _table(["edition", "data faults", "regressions at warn or above", "at info"], rows)


def _of_group(result: Backtest, group: str) -> list[Outcome]:
    return [outcome for outcome in result.outcomes if outcome.injection.group == group]


def _faults(replay: Replay, part: _Part = lambda key: True) -> Counter[tuple[EditionKey, str]]:
    return Counter((f.key, f.rule_code) for f in replay.then if f.kind == "data_fault" and part(f.key))


def _counts(result: Backtest, pairs: Iterable[tuple[EditionKey, str]], part: _Part) -> list[int]:
    loud = regressions(result)
    return sorted(loud[pair] for pair in pairs if part(pair[0]))


def _of_index(index_code: str) -> _Part:
    return lambda key: key.index_code == index_code


def _split(outcomes: Sequence[Outcome]) -> list[str]:
    cells = []
    for _, part in _PARTS:
        own = [o for o in outcomes if part(o.injection.key)]
        found = sum(o.is_found for o in own)
        cells.append(f"{_percent(found, len(own))} ({found:,} of {len(own):,})" if own else "–")
    return cells


def _percent(part: int, whole: int) -> str:
    """Two decimals, rounded down: nothing is called 100 % that is not."""
    return f"{math.floor(10_000 * part / whole) / 100:.2f} %" if whole else "–"


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{rule} {count}" for rule, count in sorted(counts.items())) or "–"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
