"""The reviewed table of thresholds: seed `rule`, a default row ('*') for each rule and overrides for one index.

Belongs here: reading the seed and saying which row holds for an index. Does not belong here: any threshold.
"""

from dataclasses import dataclass, replace

import duckdb

DEFAULT = "*"
SEED = "seeds.rule"
SEVERITIES = ("info", "warn", "critical")

# `threshold_of` is what the SQL of a suite reads; an override without a threshold of its own keeps the default's.
MACRO = f"""
create or replace temp macro threshold_of(rule, idx) as coalesce(
    (select max(r.threshold) from {SEED} as r where r.rule_code = rule and r.index_code = idx),
    (select max(r.threshold) from {SEED} as r where r.rule_code = rule and r.index_code = '{DEFAULT}')
)
"""


@dataclass(frozen=True)
class RuleSetting:
    """One row of the seed: `title` names the fault, `expectation` what holds when there is none.

    `RuleSettings.of` gives it with the default's values where an override leaves a column empty.
    """

    rule_code: str
    kind: str
    severity: str
    threshold: float | None
    unit: str | None
    title_vi: str
    title_en: str
    expectation_vi: str
    expectation_en: str
    remedy_vi: str | None
    remedy_en: str | None


class RuleSettings:
    """All settings by rule; `of(rule, index)` gives the override of that index or the default."""

    def __init__(self, rows: list[tuple[str, RuleSetting]]) -> None:
        self._default = {setting.rule_code: setting for index, setting in rows if index == DEFAULT}
        self._override = {(setting.rule_code, index): setting for index, setting in rows if index != DEFAULT}
        self._critical = {setting.rule_code for _, setting in rows if setting.severity == "critical"}

    @property
    def rule_codes(self) -> list[str]:
        return sorted(self._default)

    def may_be_critical(self, rule_code: str) -> bool:
        """Whether the rule is critical for some index."""
        return rule_code in self._critical

    def of(self, rule_code: str, index_code: str | None = None) -> RuleSetting:
        """Raise KeyError when the seed has no default row for the rule."""
        default = self._default[rule_code]
        override = self._override.get((rule_code, index_code or DEFAULT))
        if override is None:
            return default
        own = {name: value for name, value in vars(override).items() if value not in (None, "")}
        return replace(default, **own)


def load_settings(con: duckdb.DuckDBPyConnection) -> RuleSettings:
    """Read seed `rule` and make the macro `threshold_of`. Raises duckdb.Error when the seed is not there."""
    con.execute(MACRO)
    rows = con.execute(
        f"""
        select index_code, rule_code, kind, severity, threshold, unit, title_vi, title_en,
            expectation_vi, expectation_en, remedy_vi, remedy_en
        from {SEED}
        """
    ).fetchall()
    settings = [(index_code, RuleSetting(*rest)) for index_code, *rest in rows]
    unknown = sorted({s.severity for _, s in settings if s.severity is not None} - set(SEVERITIES))
    if unknown:
        raise ValueError(f"{SEED}: severity must be one of {', '.join(SEVERITIES)}, not {', '.join(unknown)}")
    return RuleSettings(settings)
