"""What accrues beside new orders: to those who churn, and of earlier orders to everybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.features.columns import Table
from goodwill.modeling.late_costs import LateCosts
from goodwill.modeling.outcomes import mean_if_churned
from goodwill.modeling.returned import NOTHING, Returned

F = NDArray[np.float64]
Stored = Mapping[str, Any]  # JSON as it comes


class Accrued(NamedTuple):
    """What accrues to each row (n,) in its horizon, in money.

    Parameters
    ----------
    to_churned : to who does not order again.
    to_all : to everybody: what comes back of earlier orders, so it is nothing or less.
    """

    to_churned: F
    to_all: F

    @property
    def if_churned(self) -> F:
        """All that accrues to who does not order again."""
        return self.to_churned + self.to_all

    def ordered(self, y: pd.DataFrame) -> pd.DataFrame:
        """Return labels whose value is that of new orders: what came of earlier ones is not in it."""
        return y.assign(value=y["value"] - self.to_all)


@dataclass(frozen=True)
class Accruals:
    """What was learned of it.

    Parameters
    ----------
    mean, mean_days : what accrued to the churned on average, and the mean horizon it accrued in.
    late_costs : what accrues to each customer, where contacts or what comes back tell it; None elsewhere.

    Examples
    --------
    >>> Accruals(-2.0, 90.0, None).of(pd.DataFrame(index=range(2)), np.array([30.0, 60.0])).if_churned
    array([-2., -2.])
    >>> Accruals(3.0, 90.0, None).of(pd.DataFrame(index=range(2)), np.array([30.0, 60.0])).if_churned
    array([1., 2.])
    """

    mean: float
    mean_days: float
    late_costs: LateCosts | None

    @classmethod
    def fit(cls, X: pd.DataFrame, y: pd.DataFrame) -> Self:
        """Learn from past windows."""
        return cls(*mean_if_churned(X, y), LateCosts.fit(X, y))

    def of(self, X: Table, days: F) -> Accrued:
        """Return what accrues to each row of `X` in so many days (n,)."""
        costs, nothing = self.late_costs, np.zeros(len(days))
        if costs is None:
            # Payments before the end add up with the days; late refunds follow an order soon or never.
            share = days / self.mean_days if self.mean > 0 else np.ones(len(days))
            return Accrued(self.mean * share, nothing)
        if not costs.charges_active:
            return Accrued(costs.value(X, days), nothing)
        return Accrued(costs.contacted(X, days), costs.sent_back(X, days))

    def sent_back(self, X: Table, p_churn: F, days: F) -> F:
        """Return the part of the value expected of each row of `X` that is what comes back (n,)."""
        costs = self.late_costs
        if costs is None:
            return np.zeros(len(days))
        back = costs.sent_back(X, days)
        return back if costs.charges_active else p_churn * back

    @property
    def returned(self) -> Returned:
        """What comes back of money that was spent, where everybody is charged for it."""
        costs = self.late_costs
        return costs.returned if costs is not None and costs.charges_active else NOTHING

    def to_dict(self) -> dict[str, Any]:  # JSON
        """Return what was learned as plain JSON values."""
        costs = None if self.late_costs is None else self.late_costs.to_dict()
        return {"churned_value": self.mean, "churned_days": self.mean_days, "late_costs": costs}

    @classmethod
    def from_dict(cls, stored: Stored) -> Self:
        """Return what was stored."""
        costs = stored.get("late_costs", stored.get("contact_costs"))  # as named before
        found = None if costs is None else LateCosts.from_dict(costs)
        return cls(stored["churned_value"], stored["churned_days"], found)
