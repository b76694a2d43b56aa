"""The distribution of each customer's realised value: an exact mass at zero, and a skewed rest.

With p the probability of churn, the value is what churned customers bring (mostly exactly 0) with
probability p, else `scale` (the expected value if active) times a ratio. The ratio's median and its two
spreads are the customer's own; the shape beyond them is common to all.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

F = NDArray[np.float64]
_BEND = 0.05
_BISECTIONS = 26
_FEW_ROWS, _FEW_STEP = 32, 6
_CACHED_ROWS = 512
_KNOTS = 61
_NODES = 31
_FARTHEST_READ = 3.0
_FARTHEST = 4.5
_HAIR = 1e-9
_RISE = 1e-6  # steps between equal knots, so that the distribution can be inverted


def squeeze(ratio: F) -> F:
    """Return ratios on a scale that is linear around zero and logarithmic beyond, for either sign."""
    return np.arcsinh(ratio / _BEND)


def stretch(squeezed: F) -> F:
    """Undo `squeeze`."""
    return np.sinh(squeezed) * _BEND


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
        """Return residuals and weights (k,) that stand for the whole distribution where means are taken."""
        scores = np.linspace(-_FARTHEST, _FARTHEST, _NODES)
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

    def cdf(self, squeezed: F) -> F:
        """Return the probability that those who bring something bring at most this ratio."""
        return np.interp(squeezed, self.ratios, self.p, left=0.0, right=1.0)


@dataclass(frozen=True)
class Ratio:
    """The squeezed ratio of value to scale of n active customers.

    Parameters
    ----------
    median, down, up : (n,) the median, and the distances from it to the 10 % and 90 % quantiles.
    shape : common to all customers.
    floor : no ratio is below.
    """

    median: F
    down: F
    up: F
    shape: Shape
    floor: float = -np.inf

    def quantile(self, p: F) -> F:
        """Return the squeezed ratio at probability `p` (n,)."""
        residual = self.shape.quantile(p)
        return np.maximum(self.median + residual * np.where(residual > 0, self.up, self.down), self.floor)

    def mean(self) -> F:
        """Return the expected ratio, not squeezed (n,)."""
        return self.moments[0]

    @cached_property
    def moments(self) -> tuple[F, F]:
        """Return the expected ratio and the expected square of it, not squeezed, each (n,)."""
        starts = range(0, max(len(self.median), 1), _CACHED_ROWS)
        total, squares = np.hstack([self._moments(slice(i, i + _CACHED_ROWS)) for i in starts])
        return total, squares

    def _moments(self, rows: slice) -> F:
        residuals, weights = (values[:, None] for values in self.shape.nodes)
        squeezed = self.median[rows] + residuals * np.where(residuals > 0, self.up[rows], self.down[rows])
        ratio = stretch(np.maximum(squeezed, self.floor))
        # Added up one by one, so that a customer's mean does not depend on how many are asked for.
        return np.add.reduce(weights[:, None] * np.stack([ratio, ratio**2], axis=1), axis=0)

    def cdf(self, squeezed: F) -> F:
        """Return the probability of at most `squeezed` (n,)."""
        distance = squeezed - self.median
        at_most = self.shape.cdf(distance / np.where(distance > 0, self.up, self.down))
        return np.where(squeezed < self.floor, 0.0, at_most)


@dataclass(frozen=True)
class ValueDistribution:
    """The realised value of n customers.

    Parameters
    ----------
    p_churn : (n,) probability of churn.
    scale : (n,) money, above 0; the expected value if active.
    ratio : value / scale of those who stay active.
    churned : value / scale of those who churn, common to all.

    Examples
    --------
    >>> ones, shape = np.ones(2), Shape(np.array([-1.0, 1.0]), np.array([-1.0, 1.0]))
    >>> ratio, nothing = Ratio(3 * ones, ones, ones, shape), Churned(1.0, np.empty(0), np.empty(0))
    >>> value = ValueDistribution(np.array([0.95, 0.3]), 20 * ones, ratio, nothing)
    >>> value.quantile(0.9).round(1)
    array([ 0. , 29.2])
    >>> value.cdf(np.full(2, 29.2)).round(3)
    array([0.993, 0.9  ])
    """

    p_churn: F
    scale: F
    ratio: Ratio
    churned: Churned

    def __len__(self) -> int:
        return len(self.p_churn)

    def quantile(self, p: float | F) -> F:
        """Return the value that is not exceeded with probability `p`, one for all or one each (n,)."""
        p = np.broadcast_to(np.asarray(p, dtype=float), self.p_churn.shape)
        below, at_most = self._around_zero
        found, is_other = np.zeros(len(self)), ~((below <= p) & (p <= at_most))
        if not is_other.any():
            return found
        rest = self if is_other.all() else self._part(is_other)
        found[is_other] = stretch(rest.squeezed_quantile(p[is_other], below[is_other])) * rest.scale
        return found

    def cdf(self, value: F) -> F:
        """Return the probability of at most `value` (n,)."""
        return self._smooth_cdf(squeeze(value / self.scale)) + self._at_zero * (value >= 0)

    def below(self, value: F) -> F:
        """Return the probability of less than `value` (n,); it differs from `cdf` at zero alone."""
        squeezed = squeeze(value / self.scale) - _HAIR * (value == 0)
        return self._smooth_cdf(squeezed) + self._at_zero * (value > 0)

    def pit(self, value: F, seed: int = 0) -> F:
        """Return the probability integral transform of outcomes (n,), spread evenly over the mass at zero.

        Uniform on 0 to 1 if the distribution is right; Czado, Gneiting and Held (2009), Biometrics 65, eq. 1.
        """
        low, high = self.below(value), self.cdf(value)
        return low + np.random.default_rng(seed).random(len(self)) * (high - low)

    def sample(self, seed: int) -> F:
        """Return one draw of each customer's value (n,)."""
        return self.quantile(np.random.default_rng(seed).random(len(self)))

    @cached_property
    def _around_zero(self) -> tuple[F, F]:
        zero = np.zeros(len(self))
        return self.below(zero), self.cdf(zero)

    @cached_property
    def _at_zero(self) -> F:
        return self.p_churn * self.churned.zero_share

    def _smooth_cdf(self, squeezed: F) -> F:
        """Return the part of the distribution function without the mass of churned customers at zero."""
        active = (1 - self.p_churn) * self.ratio.cdf(squeezed)
        if self.churned.zero_share >= 1:
            return active
        return active + self.p_churn * (1 - self.churned.zero_share) * self.churned.cdf(squeezed)

    def _part(self, rows: NDArray[np.bool_]) -> Self:
        ratio = replace(
            self.ratio, **{name: getattr(self.ratio, name)[rows] for name in ("median", "down", "up")}
        )
        return replace(self, p_churn=self.p_churn[rows], scale=self.scale[rows], ratio=ratio)

    def squeezed_quantile(self, p: F, below: F) -> F:
        """Return quantiles (n,) other than 0, squeezed and over the scale; `below` is the mass under 0."""
        return self._closed(p, below) if self.churned.zero_share >= 1 else self._bisected(p)

    def _closed(self, p: F, below: F) -> F:
        """Return quantiles where churned customers bring nothing: of the active, with the mass taken out."""
        rest = np.where(p < below, p, p - self.p_churn) / (1 - self.p_churn)
        return self.ratio.quantile(np.clip(rest, 0.0, 1.0))

    def _bisected(self, p: F) -> F:
        low, high = (self.ratio.quantile(np.full(len(self), end)) for end in (0.0, 1.0))
        low, high = np.minimum(low, self.churned.ratios[0]), np.maximum(high, self.churned.ratios[-1])
        # Few rows are asked at many points at once, which ends in the same place in fewer steps.
        step = _FEW_STEP if len(self) <= _FEW_ROWS else 1
        for done in range(0, _BISECTIONS, step):
            low, high = self._narrowed(p, low, high, 2 ** min(step, _BISECTIONS - done))
        return high

    def _narrowed(self, p: F, low: F, high: F, n_parts: int) -> tuple[F, F]:
        """Return which of equal parts of low to high (n,) holds the quantile."""
        ends = low + (high - low) * (np.arange(n_parts + 1) / n_parts)[:, None]
        inner = ends[1:-1]
        place = (self._smooth_cdf(inner) + self._at_zero * (inner >= 0) < p).sum(axis=0)
        rows = np.arange(len(self))
        return ends[place, rows], ends[place + 1, rows]


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
