"""How often customers are contacted at a cost, whether they order or not."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from goodwill.features.columns import Table, numbers
from goodwill.features.engagement import COSTLY

F = NDArray[np.float64]
_SINCE = ("days_since_signup", "days_since_first_order", "days_since_first_contract")
# A customer is believed as far as half a year of contacts counts beside the days since they began.
PRIOR_DAYS = 182.0


@dataclass(frozen=True)
class Contacts:
    """How often customers are contacted at a cost: each one's own rate, shrunk to that of all.

    Parameters
    ----------
    per_day, cost_per_day : contacts of one customer a day, and what they cost, on average.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame({"n_interactions_costly": [0, 4], "interaction_cost_total": [0.0, 8.0]})
    >>> contacts = Contacts.fit(X.assign(days_since_signup=200))
    >>> n, cost = contacts.expected(X.assign(days_since_signup=[0, 1e9]), np.full(2, 100.0))
    >>> n.round(3).tolist(), cost.round(3).tolist()
    ([1.0, 0.0], [2.0, 0.0])
    """

    per_day: float
    cost_per_day: float

    @classmethod
    def fit(cls, X: Table) -> Self | None:
        """Learn the rates of all; None where no contact costs anything."""
        days, n = _days_known(X).sum(), np.nansum(numbers(X, COSTLY))
        if not (n > 0 and days > 0):
            return None
        return cls(float(n / days), float(np.nansum(numbers(X, "interaction_cost_total")) / days))

    def expected(self, X: Table, days: F) -> tuple[F, F]:
        """Return how many contacts each row of X has in so many days (n,) at its rate, and their cost."""
        share = days / (_days_known(X) + PRIOR_DAYS)
        n, cost = (np.nan_to_num(numbers(X, name)) for name in (COSTLY, "interaction_cost_total"))
        return (n + self.per_day * PRIOR_DAYS) * share, (cost + self.cost_per_day * PRIOR_DAYS) * share


def _days_known(X: Table) -> F:
    """Return for how long each customer may have been contacted (n,)."""
    known = np.zeros(len(X))
    for name in _SINCE:
        known = np.fmax(known, numbers(X, name))
    return known
