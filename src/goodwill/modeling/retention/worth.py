"""What a payment is worth: margin, discount and servicing, learned from what contracts brought."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

F = NDArray[np.float64]
Stored = dict[str, Any]  # JSON as it comes
_TRIMMINGS, _TRACE, _MATTERS = 20, 1e-9, 0.005


@dataclass(frozen=True)
class Worth:
    """Value as payments times margin, less discount and servicing.

    Parameters
    ----------
    margin : value of a unit paid at once. per_year : what it loses for every year it is paid later.
    servicing : cost of a contract per day; below zero where it brings more than its payments.

    Examples
    --------
    >>> paid, years = np.array([10.0, 20.0, 30.0]), np.array([5.0, 0.0, 9.0])
    >>> days = np.array([30.0, 60.0, 30.0])
    >>> worth = Worth.fit(paid, years, days, value=0.5 * paid - 0.1 * days)
    >>> worth.of(np.array([40.0]), np.array([3.0]), np.array([100.0])).round(6).tolist()
    [10.0]
    """

    margin: float
    per_year: float
    servicing: float

    @classmethod
    def fit(cls, paid: F, paid_years: F, days: F, *, value: F) -> Self:
        """Fit to the half of the rows that agree best, with no part below zero.

        Least trimmed squares, by concentration steps from all rows (Rousseeuw and Van Driessen 2006): half of
        the rows that paid and half of those that did not. Where payments are a year apart most rows pay and
        bring nothing, agree on that, and would say that no payment is worth anything.

        What few contracts bring beside their payments (another contract, a refund) bends no part; where it
        matters to the total it is spread over the days.

        Parameters
        ----------
        paid : (n,) payments that came. paid_years : (n,) each times the years until it came, summed.
        days : (n,) length of the window. value : (n,) what they were worth.
        """
        scale = max(float(np.abs(paid).max(initial=0.0)), 1.0)
        columns = np.column_stack([paid / scale, -paid_years / scale, -days / 1000])
        agrees = np.ones(len(value), bool)
        for _ in range(_TRIMMINGS):
            parts, _ = nnls(columns[agrees], value[agrees] / scale)
            # A trace of a cost would put who brings nothing below nothing.
            parts[parts <= _TRACE] = 0.0
            misses = np.abs(columns @ parts - value / scale)
            agrees = _nearer_half(misses, paid > 0) | _nearer_half(misses, paid <= 0)
        worth = cls(float(parts[0]), float(parts[1]), float(parts[2]) * scale / 1000)
        return worth.levelled(paid, paid_years, days, value=value)

    def levelled(self, paid: F, paid_years: F, days: F, *, value: F) -> Self:
        """Return the value with servicing such that these rows, as of `fit`, add up to theirs."""
        left = float(np.sum(self.of(paid, paid_years, days) - value))
        if abs(left) <= _MATTERS * np.abs(value).sum():
            return self
        return replace(self, servicing=self.servicing + left / days.sum())

    def of(self, paid: F, paid_years: F, days: F) -> F:
        """Return the value (n,) of payments and windows."""
        return self.margin * paid - self.per_year * paid_years - self.servicing * days

    def discounted(self, paid: F, paid_years: F) -> F:
        """Return payments (n,) less what they lose for coming later, before margin and servicing."""
        loss = self.per_year / self.margin if self.margin > 0 else 0.0
        return paid - loss * paid_years

    def to_dict(self) -> Stored:
        """Return the parts as plain JSON values."""
        return dict(vars(self))

    @classmethod
    def from_dict(cls, stored: Stored) -> Self:
        """Return the stored parts."""
        return cls(**{name: float(stored[name]) for name in ("margin", "per_year", "servicing")})


def _nearer_half(misses: F, among: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which rows are among some (n,), and miss by no more than half of these do."""
    return among & (misses <= np.median(misses[among]) + _TRACE) if among.any() else among
