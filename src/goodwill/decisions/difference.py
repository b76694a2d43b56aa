"""A difference of two means as each customer contributes to it: the stuff of intervals, tests and ratios."""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from goodwill.decisions.campaign import F


@dataclass(frozen=True)
class Difference:
    """An estimated effect with each customer's influence on it.

    Parameters
    ----------
    estimate : mean outcome if all were treated less mean outcome if none were.
    influence : (n,) of float; the estimate's error is close to their sum, its variance to that of
        their squares.
    control : the mean outcome if none were treated.
    control_influence : (n,) of float, likewise.
    freedom : degrees of freedom of the variance.
    method : how it was estimated, for people.

    Examples
    --------
    >>> plain = Difference(2.0, np.array([0.3, -0.3, 0.4, -0.4]), 1.0, np.zeros(4), 50.0, "by hand")
    >>> round(plain.error, 3), [round(limit, 2) for limit in plain.interval(0.95)]
    (0.707, [0.58, 3.42])
    """

    estimate: float
    influence: F
    control: float
    control_influence: F
    freedom: float
    method: str

    @property
    def error(self) -> float:
        """The standard error."""
        return float(np.sqrt(np.sum(self.influence**2)))

    @property
    def p_value(self) -> float:
        """Two-sided p-value of no effect."""
        if self.error == 0:
            return float(self.estimate == 0)
        return float(2 * stats.t.sf(abs(self.estimate) / self.error, self.freedom))

    def interval(self, level: float) -> tuple[float, float]:
        """Return the limits of the t interval."""
        reach = float(stats.t.ppf((1 + level) / 2, self.freedom)) * self.error
        return self.estimate - reach, self.estimate + reach


def p_value_of(estimate: float, limits: tuple[float, float], level: float) -> float:
    """Return the two-sided p-value of no effect that agrees with an interval, whose sides may differ.

    Examples
    --------
    >>> round(p_value_of(2.0, (0.0, 9.0), 0.95), 3), p_value_of(0.0, (-1.0, 1.0), 0.95)
    (0.05, 1.0)
    """
    reach = estimate - limits[0] if estimate > 0 else limits[1] - estimate
    if estimate == 0 or reach <= 0:
        return float(estimate == 0)
    return float(2 * stats.norm.sf(stats.norm.ppf((1 + level) / 2) * abs(estimate) / reach))


def fieller(
    numerator: tuple[float, F], denominator: tuple[float, F], level: float, freedom: float = np.inf
) -> tuple[float, float] | None:
    """Return the limits of a ratio of two estimates (Fieller 1954); None where the ratio has no bound.

    Parameters
    ----------
    numerator, denominator : estimate, and each customer's influence on it, (n,).
    freedom : degrees of freedom of their variance.

    Examples
    --------
    >>> half = np.array([0.1, -0.1])
    >>> [round(limit, 3) for limit in fieller((2.0, half), (4.0, 0 * half), 0.95)]
    [0.431, 0.569]
    >>> fieller((2.0, half), (0.1, half), 0.95) is None
    True
    """
    (top, by_top), (bottom, by_bottom) = numerator, denominator
    z2 = float(stats.t.ppf((1 + level) / 2, freedom)) ** 2
    square = bottom**2 - z2 * float(np.sum(by_bottom**2))
    if square <= 0:
        return None
    middle = top * bottom - z2 * float(np.sum(by_top * by_bottom))
    # Never below zero but for rounding: between the roots lies the estimate itself.
    root = np.sqrt(max(middle**2 - square * (top**2 - z2 * float(np.sum(by_top**2))), 0.0))
    return float((middle - root) / square), float((middle + root) / square)
