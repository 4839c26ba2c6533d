"""All suites that a run judges, in the order of the checks. One module for each kind of question."""

from quality.rules import Rule, Suite
from quality.suites import history, loading, ranking, regressions, scores, sources

SUITES: tuple[Suite, ...] = (
    *loading.SUITES,
    *scores.SUITES,
    *ranking.SUITES,
    *history.SUITES,
    *sources.SUITES,
    *regressions.SUITES,
)
RULES: tuple[Rule, ...] = tuple(rule for suite in SUITES for rule in suite.rules)
