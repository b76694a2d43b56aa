"""What contracts without a price bring: a trial, a free plan, or one that was paid once and for all."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

F = NDArray[np.float64]
Stored = dict[str, Any]  # JSON as it comes
ALL, _ENOUGH = "", 30


@dataclass(frozen=True)
class Unpaid:
    """Value of the contracts that pay nothing themselves, by the renewals they live to see.

    Whoever holds one pays by another contract that may follow: at once, after a trial, or some day, after a
    free plan. Of n renewals a share n² of the second kind grows, as the others pay on.

    Parameters
    ----------
    rates : by plan, what n renewals bring: first · n + second · n²; "" stands for all plans together.
    paid_per_day : what a day of a contract with a price brings. Beyond the windows learned from, who follows
        a trial pays as others do: more than that a day, at every renewal for years, would be the first
        payments of a few counted again and again.

    Examples
    --------
    >>> plan, kept = np.array(["trial", "free"] * 60), np.repeat([0, 1, 3], 40)
    >>> unpaid = Unpaid.fit(plan, kept, np.where(plan == "trial", 9.0 * kept, 0.5 * kept**2))
    >>> unpaid.gain(np.array(["trial", "free", "free"]), np.array([2, 0, 2])).round(6).tolist()
    [9.0, 0.5, 2.5]
    """

    rates: dict[str, tuple[float, float]]
    paid_per_day: float | None = None

    @classmethod
    def fit(cls, plan: NDArray[np.object_], kept: NDArray[np.int64], value: F) -> Self:
        """Learn from windows (n,): the plan, how many renewals came to be, and what the customer brought."""
        seen = {str(name): plan == name for name in np.unique(plan.astype(str)) if name != ALL}
        enough = {name: rows for name, rows in seen.items() if np.sum(rows & (kept > 0)) >= _ENOUGH}
        kinds = {**enough, ALL: np.ones(len(kept), bool)}
        return cls({name: _rates(kept[rows].astype(float), value[rows]) for name, rows in kinds.items()})

    def gain(self, plan: NDArray[np.object_], step: NDArray[np.int64]) -> F:
        """Return what each renewal adds (n,), the first one ahead having the step 0."""
        usual = self.rates.get(ALL, (0.0, 0.0))
        first, second = np.array([self.rates.get(str(name), usual) for name in plan]).reshape(-1, 2).T
        return np.asarray(first + second * (2 * step + 1))

    def later(self, plan: NDArray[np.object_], step: NDArray[np.int64], period: F) -> F:
        """Return what each renewal after the horizon adds (n,), of contracts renewed every `period` days."""
        gain = self.gain(plan, step)
        return gain if self.paid_per_day is None else np.minimum(gain, self.paid_per_day * period)

    def to_dict(self) -> Stored:
        """Return all of it as plain JSON values."""
        rates = {name: list(rates) for name, rates in self.rates.items()}
        return {"rates": rates, "paid_per_day": self.paid_per_day}

    @classmethod
    def from_dict(cls, stored: Stored) -> Self:
        """Return what was stored; predictors stored before held the rates alone."""
        rates = stored["rates"] if isinstance(stored.get("rates"), dict) else stored
        found = {name: (float(first), float(second)) for name, (first, second) in rates.items()}
        return cls(found, stored["paid_per_day"] if rates is not stored else None)


def _rates(kept: F, value: F) -> tuple[float, float]:
    """Return both rates, such that they add up to what came."""
    total = float(value.sum())
    if total <= 0 or not kept.any():
        return (total / kept.sum() if kept.any() else 0.0), 0.0
    columns = np.column_stack([kept, kept**2])
    (first, second), _ = nnls(columns, value)
    told = float((columns @ [first, second]).sum())
    share = total / told if told > 0 else 0.0
    return float(first * share), float(second * share)
