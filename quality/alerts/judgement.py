"""What a run judged, as one file that the alerts read: findings, checks, and what tells an ended one from an unjudged.

Belongs here: writing and reading `quality/judgement.json`. A file of its own, swapped in whole, because whoever sends
alerts must neither wait for the working warehouse nor keep a run out of it.
"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from ingest.store import replace_text
from quality.findings import Check, Finding
from quality.text import one_line

FILE = "judgement.json"
# A dimension and its own parts would say the same fall twice: only what the total is made of is named.
_TOP_COMPONENTS = """
select c.index_code, c.component_code
from marts.dim_component as c
join marts.dim_component as p on p.index_code = c.index_code and p.component_code = c.parent_component_code
where p.kind = 'total'
order by all
"""
_MERGED = """
select predecessor_code
from marts.territory_predecessor
where territory_code = ? and relation = 'merged'
order by all
"""
_EDITIONS = """
select index_code, edition_year, basis, vintage, load_status, published_on::varchar, published_on_precision, source_kind
from marts.dim_edition
order by is_current, vintage, index_code, edition_year, basis
"""
_WORSE_SHARES = "select rule_code, worse_share from seeds.rule where index_code = '*' and worse_share is not null"


class JudgementError(ValueError):
    """The judgement of the last run cannot be read; the message says what to do."""


@dataclass(frozen=True)
class Edition:
    """How one vintage of an edition stands in the warehouse: `load_status` as in `marts.dim_edition`."""

    index_code: str
    edition_year: int
    basis: str
    vintage: int
    load_status: str
    published_on: str | None
    published_on_precision: str | None
    source_kind: str | None


@dataclass(frozen=True)
class Judgement:
    """Findings and checks of one run, as plain values (dates as text), every text on one line.

    `judged` are the ids of all subjects that a rule judged (`quality.findings.subjects_judged`). `editions` has every
    vintage, the current one last. A rule that is not in `worse_shares` never gets worse by its size alone.
    """

    territory: str
    home_name: str
    as_of: date
    findings: tuple[dict[str, Any], ...]
    checks: tuple[dict[str, Any], ...]
    judged: frozenset[str]
    editions: tuple[Edition, ...]
    indices: frozenset[str]
    top_components: frozenset[tuple[str, str]]
    merged: frozenset[str]
    worse_shares: dict[str, float]

    @property
    def judgement_id(self) -> str:
        """The same for the same judgement of the same day, so that it is recorded once."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()

    @property
    def outcomes(self) -> dict[str, str]:
        """How each rule came out: passed, failed, not_judged, error."""
        return {check["rule_code"]: check["outcome"] for check in self.checks}

    def edition(self, finding: Mapping[str, Any]) -> tuple[Edition, ...]:
        """The vintages of the edition that a finding is about, the current one last; none when it is not held."""
        key = finding["index_code"], finding["edition_year"], finding["basis"]
        return tuple(one for one in self.editions if (one.index_code, one.edition_year, one.basis) == key)

    def as_json(self) -> dict[str, Any]:
        return {
            "territory": self.territory,
            "home_name": self.home_name,
            "as_of": self.as_of.isoformat(),
            "findings": self.findings,
            "checks": self.checks,
            "judged": sorted(self.judged),
            "editions": [asdict(edition) for edition in self.editions],
            "indices": sorted(self.indices),
            "top_components": sorted(self.top_components),
            "merged": sorted(self.merged),
            "worse_shares": self.worse_shares,
        }

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> "Judgement":
        return cls(
            territory=found["territory"],
            home_name=found["home_name"],
            as_of=date.fromisoformat(found["as_of"]),
            findings=tuple(found["findings"]),
            checks=tuple(found["checks"]),
            judged=frozenset(found["judged"]),
            editions=tuple(Edition(**edition) for edition in found["editions"]),
            indices=frozenset(found["indices"]),
            top_components=frozenset((index, component) for index, component in found["top_components"]),
            merged=frozenset(found["merged"]),
            worse_shares=found["worse_shares"],
        )


def write_judgement(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    findings: Sequence[Finding],
    checks: Sequence[Check],
    judged: Collection[str],
    as_of: date,
    home_territory: str,
) -> Path:
    """Replace the judgement in `folder` by this one; what else alerts need is read from the warehouse behind `con`."""
    home = con.execute("select name_vi from marts.dim_territory where territory_code = ?", [home_territory]).fetchone()
    judgement = Judgement(
        territory=home_territory,
        home_name=one_line(home[0]) if home else home_territory,
        as_of=as_of,
        findings=tuple(_plain(finding) for finding in findings),
        checks=tuple(_plain(check) for check in checks),
        judged=frozenset(judged),
        editions=tuple(Edition(*row) for row in con.execute(_EDITIONS).fetchall()),
        indices=frozenset(code for (code,) in con.execute("select index_code from marts.dim_index").fetchall()),
        top_components=frozenset(con.execute(_TOP_COMPONENTS).fetchall()),
        merged=frozenset(code for (code,) in con.execute(_MERGED, [home_territory]).fetchall()),
        worse_shares=dict(con.execute(_WORSE_SHARES).fetchall()),
    )
    path = folder / FILE
    replace_text(path, json.dumps(judgement.as_json(), ensure_ascii=False))
    return path


def read_judgement(folder: Path) -> Judgement | None:
    """Give the judgement in `folder`, or None before the first run. Raises JudgementError when it cannot be read."""
    path = folder / FILE
    if not path.exists():
        return None
    try:
        return Judgement.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError) as error:
        raise JudgementError(f"{path} is damaged or of another Chiso; `chiso run --force` makes it anew") from error


def _plain(row: Finding | Check) -> dict[str, Any]:
    return {name: _value(value) for name, value in vars(row).items() if name != "evidence"}


def _value(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return one_line(value) if isinstance(value, str) else value
