"""The distribution of each customer's realised value: an exact mass at zero, and a skewed rest.

With p the probability of churn, the value is what churned customers bring (mostly exactly 0) with
probability p, else `scale` (the expected value if active) times a ratio (`value_ratio`).
"""

from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from goodwill.modeling.churned_by_costs import OwnChurned
from goodwill.modeling.value_ratio import Churned, Ratio, squeeze, stretch

F = NDArray[np.float64]
_BISECTIONS, _ENCLOSINGS, _TIGHTENINGS = 26, 2, 4
_FEW_ROWS, _FEW_STEP = 32, 6
_HAIR = 1e-9


@dataclass(frozen=True)
class ValueDistribution:
    """The realised value of n customers.

    Parameters
    ----------
    p_churn : (n,) probability of churn.
    scale : (n,) money, above 0; the expected value if active.
    ratio : value / scale of those who stay active.
    churned : value / scale of those who churn, common to all or each customer's own.

    Examples
    --------
    >>> from goodwill.modeling.value_ratio import Shape
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
    churned: Churned | OwnChurned

    def __len__(self) -> int:
        return len(self.p_churn)

    @property
    def p_nothing(self) -> F:
        """The probability to bring exactly nothing (n,)."""
        return self._at_zero

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

    @cached_property
    def _not_at_zero(self) -> F:
        return self.p_churn * (1 - self.churned.zero_share)

    @cached_property
    def _stays(self) -> F:
        return 1 - self.p_churn

    def _smooth_cdf(self, squeezed: F) -> F:
        """Return the part of the distribution function without the mass of churned customers at zero."""
        active = self._stays * self.ratio.cdf(squeezed)
        if self.churned.brings_nothing:
            return active
        return active + self._not_at_zero * self.churned.cdf(squeezed)

    def _part(self, rows: NDArray[np.bool_]) -> Self:
        ratio = replace(
            self.ratio, **{name: getattr(self.ratio, name)[rows] for name in ("median", "down", "up")}
        )
        churned = self.churned.part(rows)
        return replace(self, p_churn=self.p_churn[rows], scale=self.scale[rows], ratio=ratio, churned=churned)

    def squeezed_quantile(self, p: F, below: F) -> F:
        """Return quantiles (n,) other than 0, squeezed and over the scale; `below` is the mass under 0."""
        is_loss = p < below
        mass = p - np.where(is_loss, 0.0, self._at_zero)
        low, high = self._enclosed(mass, is_loss)
        for closer in (ValueDistribution.enclosed_by_churned, ValueDistribution.bisected):
            is_open = high - low > _HAIR
            if is_open.any():
                rest = self if is_open.all() else self._part(is_open)
                low[is_open], high[is_open] = closer(rest, mass[is_open], low[is_open], high[is_open])
        return high

    def _enclosed(self, mass: F, is_loss: NDArray[np.bool_]) -> tuple[F, F]:
        """Return bounds of where so much `mass` lies below, that at 0 not counted.

        What it leaves to the active falls with the share of the others that lies below, and that share lies
        between those below its bounds. They meet where churned customers bring nothing, or less for sure.
        """
        if self.churned.brings_nothing:
            bound = self._of_active(mass)
            return bound, bound
        low, high = np.full(len(self), -np.inf), np.full(len(self), np.inf)
        for _ in range(_ENCLOSINGS):
            below_low, below_high = (self._not_at_zero * self.churned.cdf(bound) for bound in (low, high))
            low, high = self._of_active(mass - below_high), self._of_active(mass - below_low)
            low = np.where(is_loss, low, np.maximum(low, 0.0))
            high = np.where(is_loss, np.minimum(high, 0.0), high)
        return low, high

    def _of_active(self, mass: F) -> F:
        """Return up to where the active have so much `mass` (n,); past all others where they cannot."""
        share = mass / self._stays
        bound = self.ratio.quantile(np.clip(share, 0.0, 1.0))
        if self.churned.brings_nothing:
            return bound
        least, most = self.churned.ends
        bound = np.where(share <= 0, np.minimum(bound, least), bound)
        return np.where(share >= 1, np.maximum(bound, most), bound)

    def enclosed_by_churned(self, mass: F, low: F, high: F) -> tuple[F, F]:
        """Return closer bounds where churned customers have most of the mass: losses are seldom of others."""
        for _ in range(_TIGHTENINGS):
            most, least = (
                (mass - self._stays * self.ratio.cdf(bound)) / self._not_at_zero for bound in (low, high)
            )
            # Neither passes the other, as both may lie where the distribution jumps: at the floor of ratios.
            above, upto = (self.churned.quantile(share).clip(low, high) for share in (least, most))
            low, high = np.where(least > 0, above, low), np.where(most < 1, upto, high)
        return low, high

    def bisected(self, mass: F, low: F, high: F) -> tuple[F, F]:
        """Return bounds that lie next to each other."""
        # Few rows are asked at many points at once, which ends in the same place in fewer steps.
        step = _FEW_STEP if len(self) <= _FEW_ROWS else 1
        for done in range(0, _BISECTIONS, step):
            low, high = self._narrowed(mass, low, high, 2 ** min(step, _BISECTIONS - done))
        return low, high

    def _narrowed(self, mass: F, low: F, high: F, n_parts: int) -> tuple[F, F]:
        """Return which of equal parts of low to high (n,) holds the quantile."""
        ends = low + (high - low) * _fractions(n_parts)
        place = (self._smooth_cdf(ends[1:-1]) < mass).sum(axis=0)
        rows = np.arange(len(self))
        return ends[place, rows], ends[place + 1, rows]


@cache
def _fractions(n_parts: int) -> F:
    return (np.arange(n_parts + 1) / n_parts)[:, None]
