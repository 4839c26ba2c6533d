"""Whether columns and rows stand where they belong: how well they fit the edition before, there and elsewhere.

Figures can be right and stand under the wrong header or beside the wrong name. Units keep their profile from edition to
edition, more or less; where a mix-up would fit as well as what is there, that is said and not passed over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt

from ingest.preflight.arithmetic import Proof, factor_of
from ingest.preflight.before import Values
from ingest.preflight.inspected import ENOUGH, Column

Matrix = npt.NDArray[np.float64]

# How much better two columns must fit the past in each other's place than in their own (rank correlation). The highest
# in the archive's editions, all of which are in order, is 0.11 (PCI 2006, PAPI 2021).
FITS_BETTER = 0.2
# ... or, where correlation is for it at all, how much nearer they must be: logarithm of the mean distances' ratio;
# -0.17 in the archive
NEARER = 0.4
# The same for all columns of a table together, moved by a line. Tables with sub-indices have -0.58 to -0.12 in the
# archive, so that one which was moved would have 0.12 at least.
ROWS_FIT_BETTER = 0.05
# one column alone, moved by a line: at most 0.22 in the archive
COLUMN_FITS_BETTER = 0.3
# How much likelier two rows must be in each other's place (logarithm), among some two thousand pairs of a table. It is
# more in three of 36 editions of the archive (PAPI 2015, 2018, 2024), so that this only warns.
LIKELIER = 15.0
# fewer columns than this say nothing about a row
_PROFILE = 3
# share of the territories that a column must cover to be laid beside the others
_COVERS = 0.8


@dataclass(frozen=True)
class Fit:
    """Columns of a table beside those of the edition before: `now` and `before` are (columns, territories)."""

    columns: list[Column]
    territories: list[str]
    now: Matrix
    before: Matrix

    @cached_property
    def ranked(self) -> tuple[Matrix, Matrix]:
        """Both as standardised ranks: each column has mean 0 and deviation 1 (0 where all its values are one)."""
        return np.array([_ranked(row) for row in self.now]), np.array([_ranked(row) for row in self.before])

    @cached_property
    def correlation(self) -> Matrix:
        """[i, j]: rank correlation of column i now with column j before."""
        now, before = self.ranked
        return now @ before.T / len(self.territories)

    @cached_property
    def distance(self) -> Matrix:
        """[i, j]: mean distance of column i now from column j before."""
        return np.asarray(np.abs(self.now[:, None, :] - self.before[None]).mean(axis=2) + 1e-12)

    def exchange(self) -> tuple[Matrix, Matrix]:
        """[i, j]: how much better columns i and j would correlate the other way round; how much farther apart."""
        own, distances = np.diag(self.correlation), self.distance
        better = (self.correlation + self.correlation.T - own[:, None] - own[None]) / 2
        at_home = np.diag(distances)
        nearer = np.log(distances * distances.T / (at_home[:, None] * at_home[None]))
        return better, nearer

    def moved(self) -> Matrix:
        """(columns, 2): how much better each column would correlate if its figures stood a line higher, or lower.

        The first and the last row have nothing to be compared with; joining them would say much of a sorted table.
        """
        now, before = self.ranked
        own = now * before
        stays = (own[:, 1:] + own[:, :-1]) / 2
        higher, lower = now[:, 1:] * before[:, :-1], now[:, :-1] * before[:, 1:]
        return np.stack([(moved - stays).mean(axis=1) for moved in (higher, lower)], axis=1)

    def rows_exchanged(self, parts: list[int]) -> Matrix:
        """[r, s]: how much likelier (logarithm) rows r and s would be with each other's figures, by these columns."""
        now, before = (ranked[parts] for ranked in self.ranked)
        fits = np.clip(np.diag(self.correlation)[parts], 0.0, 0.95)
        weight = (fits / (1 - fits**2))[:, None]
        cross = (weight * now).T @ before
        own = np.diag(cross)
        return cross + cross.T - own[:, None] - own[None]


def lay_beside(
    now: Mapping[Column, Values], before: Mapping[Column, Values], common: Mapping[Column, list[str]], order: list[str]
) -> Fit | None:
    """The columns that both editions have, over the territories that all of these cover, in the order of the file."""
    scores = {column: codes for column, codes in common.items() if column[1] == "score"}
    most = max(map(len, scores.values()), default=0)
    columns = [column for column, codes in scores.items() if len(codes) >= _COVERS * most]
    if not columns:
        return None
    everywhere = set.intersection(*(set(scores[column]) for column in columns))
    codes = [code for code in order if code in everywhere]
    if len(codes) < ENOUGH:
        return None
    return Fit(
        columns,
        codes,
        np.array([[now[column][code] for code in codes] for column in columns]),
        np.array([[before[column][code] for code in codes] for column in columns]),
    )


def _ranked(values: Matrix) -> Matrix:
    """Ranks, equal values sharing their mean place, with mean 0 and deviation 1."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts + 1) / 2)[place]
    deviation = ranks.std()
    return np.asarray((ranks - ranks.mean()) / (deviation or 1.0))


def exchanged(fit: Fit) -> list[tuple[Column, Column]]:
    """Columns that each fit the other's past clearly better than their own."""
    better, nearer = fit.exchange()
    return [
        (fit.columns[i], fit.columns[j])
        for i, j in combinations(range(len(fit.columns)), 2)
        if _is_clear(better[i, j], nearer[i, j])
    ]


def alike(fit: Fit, proof: Proof) -> list[tuple[Column, Column]]:
    """Columns that could have changed places without showing: neither by the past, if so, nor by arithmetic."""
    better, nearer = fit.exchange()
    return [
        (fit.columns[i], fit.columns[j])
        for i, j in combinations(range(len(fit.columns)), 2)
        if not _is_clear(-better[i, j], -nearer[i, j])
        and not _breaks_a_sum(fit.columns[i][0], fit.columns[j][0], fit.now[i], fit.now[j], proof)
    ]


def _is_clear(better: float, nearer: float) -> bool:
    return better > FITS_BETTER or (better >= 0 and nearer < -NEARER)


def _breaks_a_sum(one: str, other: str, values: Matrix, others: Matrix, proof: Proof) -> bool:
    """Whether a composite would no longer equal its components in most rows if the two columns changed places."""
    for span, slack in proof.kept:
        off = abs(factor_of(span, one) - factor_of(span, other)) * np.abs(values - others) > 2 * slack
        if off.mean() > 0.5:
            return True
    return False


def columns_moved(fit: Fit) -> list[Column]:
    """Columns that would each fit the past clearly better a line higher or lower."""
    return [column for column, gain in zip(fit.columns, fit.moved(), strict=True) if gain.max() > COLUMN_FITS_BETTER]


def table_moved(fit: Fit) -> float:
    """How much better all columns together would fit the past a line higher or lower; below 0 where they stand best."""
    return float(fit.moved().mean(axis=0).max())


def rows_exchanged(fit: Fit, parts: list[Column]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Pairs of territories, by the columns `parts`: those that fit clearly better with each other's figures, the
    likeliest first, and those of which nothing says that they could not have been exchanged."""
    positions = [position for position, column in enumerate(fit.columns) if column in parts]
    pairs = list(combinations(range(len(fit.territories)), 2))
    if len(positions) < _PROFILE:
        return [], [(fit.territories[r], fit.territories[s]) for r, s in pairs]
    likelier = fit.rows_exchanged(positions)
    pairs.sort(key=lambda pair: -likelier[pair])
    clear = [pair for pair in pairs if likelier[pair] > LIKELIER]
    open_ = [pair for pair in pairs if abs(likelier[pair]) <= LIKELIER]
    one, other = ([(fit.territories[r], fit.territories[s]) for r, s in chosen] for chosen in (clear, open_))
    return one, other
