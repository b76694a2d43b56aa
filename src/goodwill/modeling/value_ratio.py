"""The ratio of a customer's realised value to the expected one: of the active, and of those who churned.

The ratio's median and its two spreads are the customer's own; the shape beyond them is common to all.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from goodwill.evaluation.samples import interval_scores

F = NDArray[np.float64]
_BEND = 0.05
_CACHED_ROWS = 512
_KNOTS = 61
_NODES = 31
_FARTHEST_READ = 3.0
_FARTHEST = 4.5
_LEAST_LEVEL, _MUCH_SHARPER = 0.2, 0.95
_RAREST = 0.001
_RISE = 1e-6  # steps between equal knots, so that the distribution can be inverted


def squeeze(ratio: F) -> F:
    """Return ratios on a scale that is linear around zero and logarithmic beyond, for either sign."""
    return np.arcsinh(ratio / _BEND)


def stretch(squeezed: F) -> F:
    """Undo `squeeze`."""
    return np.sinh(squeezed) * _BEND


def farthest(ratio: F) -> tuple[float, float]:
    """Return the lowest (at most 0) and the highest of a thousand squeezed ratios (n,), where tails end.

    A tail that is drawn on beyond what was ever seen has no mean.
    """
    if not len(ratio):
        return 0.0, 0.0
    lowest, highest = np.quantile(ratio, (_RAREST, 1 - _RAREST)).tolist()
    return min(lowest, 0.0), highest


@dataclass(frozen=True)
class Shape:
    """Quantiles of a standardised residual: 0 at the median, about -1 and 1 at the 10 % and 90 % quantiles.

    Parameters
    ----------
    scores : (k,) normal scores of the levels, rising.
    residuals : (k,) the residuals there, rising. Beyond the ends both go on along straight lines.
    """

    scores: F
    residuals: F

    @classmethod
    def fit(cls, residuals: F) -> Self:
        """Return the shape of standardised residuals (n,); what is rarer than one in n lies on its ends."""
        farthest = min(_FARTHEST_READ, float(-ndtri(1 / (len(residuals) + 2))))
        scores = np.linspace(-farthest, farthest, _KNOTS)
        levels = np.quantile(residuals, ndtr(scores))
        return cls(scores, np.maximum.accumulate(levels) + _RISE * np.arange(_KNOTS))

    def quantile(self, p: F) -> F:
        """Return the residual at probabilities `p` of any shape."""
        return self._by_score.at(np.clip(ndtri(p), -_FARTHEST, _FARTHEST))

    def cdf(self, residual: F) -> F:
        """Return the probability of at most `residual`."""
        return np.asarray(ndtr(self._by_residual.at(residual)), dtype=float)

    @cached_property
    def nodes(self) -> tuple[F, F]:
        """Return residuals and weights (k,) that stand for the whole distribution where means are taken.

        None lies beyond what thousands of residuals show: ratios are squeezed, and what a straight line says
        further out would, once stretched, rule the mean of their squares.
        """
        scores = np.linspace(-_FARTHEST_READ, _FARTHEST_READ, _NODES)
        weights = np.exp(-(scores**2) / 2) / np.exp(-(scores**2) / 2).sum()
        return self.quantile(ndtr(scores)), weights

    @cached_property
    def _by_score(self) -> "_Line":
        return _Line(self.scores, self.residuals)

    @cached_property
    def _by_residual(self) -> "_Line":
        return _Line(self.residuals, self.scores)


@dataclass(frozen=True)
class Churned:
    """What churned customers bring, as a ratio to what they would bring if active.

    Parameters
    ----------
    zero_share : share of them that brings exactly nothing.
    p, ratios : (k,) rising probabilities and squeezed ratios of the others; empty if there are none.
    """

    zero_share: float
    p: F
    ratios: F

    @classmethod
    def fit(cls, ratios: F) -> Self:
        """Return what is common to the squeezed ratios (n,) of churned customers."""
        others = ratios[ratios != 0]
        if not len(others):
            return cls(1.0, np.empty(0), np.empty(0))
        p = np.linspace(0.0, 1.0, _KNOTS)
        levels = np.maximum.accumulate(np.quantile(others, p)) + _RISE * np.arange(_KNOTS)
        return cls(1 - len(others) / len(ratios), p, levels)

    @classmethod
    def at_amounts(cls, ratios: F) -> Self:
        """Return what is common to squeezed ratios (n,) that lie at few amounts, which intervals must hold.

        So no level lies above its amount, and nobody brings nothing for sure: half a customer may not.
        """
        found = cls.fit(ratios)
        n_others = float(np.count_nonzero(ratios))
        zero_share = 1 - max(n_others, 0.5) / max(len(ratios), 1)
        return cls(zero_share, found.p, found.ratios - _RISE * len(found.ratios))

    @property
    def brings_nothing(self) -> bool:
        """Whether all bring exactly nothing."""
        return self.zero_share >= 1

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest squeezed ratio of the others."""
        return float(self.ratios[0]), float(self.ratios[-1])

    def part(self, rows: NDArray[np.bool_]) -> Self:  # noqa: ARG002 - as `OwnChurned`, which differs by row
        """Return what is common to some of the customers: the same."""
        return self

    def cdf(self, squeezed: F) -> F:
        """Return the probability that those who bring something bring at most this ratio."""
        return np.interp(squeezed, self.ratios, self.p, left=0.0, right=1.0)

    def quantile(self, p: F) -> F:
        """Return the squeezed ratio that those who bring something exceed with probability 1 - p."""
        return np.interp(p, self.p, self.ratios)


@dataclass(frozen=True)
class Ratio:
    """The squeezed ratio of value to scale of n active customers.

    Parameters
    ----------
    median, down, up : (n,) the median, and the distances from it to the 10 % and 90 % quantiles.
    shape : common to all customers.
    floor, ceiling : no ratio lies beyond. Where many bring the same amount time and again, and some twice
        that, the shape has a tail that spreads wider than theirs would carry to millions.
    """

    median: F
    down: F
    up: F
    shape: Shape
    floor: float = -np.inf
    ceiling: float = np.inf

    def quantile(self, p: F) -> F:
        """Return the squeezed ratio at probability `p` (n,)."""
        residual = self.shape.quantile(p)
        squeezed = self.median + residual * np.where(residual > 0, self.up, self.down)
        return np.clip(squeezed, self.floor, self.ceiling)

    def mean(self) -> F:
        """Return the expected ratio, not squeezed (n,)."""
        return self.moments[0]

    @property
    def level(self) -> F:
        """The expected ratio, as far as it is believed (n,)."""
        return np.clip(self.mean(), _LEAST_LEVEL, 1 / _LEAST_LEVEL)

    def is_sharper_unlevelled(self, squeezed: F) -> bool:
        """Tell whether intervals of the ratio hold what came (n,) much better than those over its level.

        Where the same amount comes time and again, a level is off by more than values vary, and a bound moved
        by a hair misses that amount. Judged by the interval score of the central 80 %.
        """
        low, high = (stretch(self.quantile(np.full(len(squeezed), p))) for p in (0.1, 0.9))
        value, level = stretch(squeezed), self.level
        plain, levelled = (
            float(interval_scores(value, low / by, high / by, 0.8).mean()) for by in (np.ones(1), level)
        )
        return plain < _MUCH_SHARPER * levelled

    @cached_property
    def moments(self) -> tuple[F, F]:
        """Return the expected ratio and the expected square of it, not squeezed, each (n,)."""
        starts = range(0, max(len(self.median), 1), _CACHED_ROWS)
        total, squares = np.hstack([self._moments(slice(i, i + _CACHED_ROWS)) for i in starts])
        return total, squares

    def _moments(self, rows: slice) -> F:
        residuals, weights = (values[:, None] for values in self.shape.nodes)
        squeezed = self.median[rows] + residuals * np.where(residuals > 0, self.up[rows], self.down[rows])
        ratio = stretch(np.clip(squeezed, self.floor, self.ceiling))
        # Added up one by one, so that a customer's mean does not depend on how many are asked for.
        return np.add.reduce(weights[:, None] * np.stack([ratio, ratio**2], axis=1), axis=0)

    def cdf(self, squeezed: F) -> F:
        """Return the probability of at most `squeezed` (n,)."""
        distance = squeezed - self.median
        at_most = self.shape.cdf(distance / np.where(distance > 0, self.up, self.down))
        at_most = np.where(squeezed < self.ceiling, at_most, 1.0)
        return np.where(squeezed < self.floor, 0.0, at_most)


@dataclass(frozen=True)
class _Line:
    """Straight lines through points (k,), which go on beyond the ends."""

    known: F
    answers: F

    def at(self, x: F) -> F:
        before, after = np.minimum(x - self.known[0], 0.0), np.maximum(x - self.known[-1], 0.0)
        slopes = self._end_slopes
        return np.interp(x, self.known, self.answers) + before * slopes[0] + after * slopes[1]

    @cached_property
    def _end_slopes(self) -> F:
        return np.diff(self.answers[[0, 1, -2, -1]])[::2] / np.diff(self.known[[0, 1, -2, -1]])[::2]
