"""All suites that a run judges, in the order of the checks. One module for each kind of question."""

from quality.rules import Rule, Suite
from quality.suites import (
    copies,
    history,
    loading,
    places,
    plan,
    ranking,
    regressions,
    scores,
    service,
    sources,
    standing,
)

SUITES: tuple[Suite, ...] = (
    *loading.SUITES,
    *scores.SUITES,
    *ranking.SUITES,
    *history.SUITES,
    *places.SUITES,
    *copies.SUITES,
    *sources.SUITES,
    *regressions.SUITES,
    *standing.SUITES,
    *plan.SUITES,
    *service.SUITES,
)
RULES: tuple[Rule, ...] = tuple(rule for suite in SUITES for rule in suite.rules)
