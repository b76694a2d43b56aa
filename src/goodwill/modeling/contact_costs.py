"""What contacts cost that go on whether a customer orders or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import nnls

from goodwill.features.columns import Table, numbers
from goodwill.features.engagement import COSTLY
from goodwill.modeling.outcomes import weights_of

F = NDArray[np.float64]
Stored = Mapping[str, Any]  # JSON as it comes
_SINCE = ("days_since_signup", "days_since_first_order", "days_since_first_contract")
# A customer is believed as far as half a year of contacts counts beside the days since they began.
_PRIOR_DAYS = 182.0


@dataclass(frozen=True)
class Contacts:
    """How often customers are contacted at a cost: each one's own rate, shrunk to that of all.

    Parameters
    ----------
    per_day, cost_per_day : contacts of one customer a day, and what they cost, on average.

    Examples
    --------
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
        share = days / (_days_known(X) + _PRIOR_DAYS)
        n, cost = (np.nan_to_num(numbers(X, name)) for name in (COSTLY, "interaction_cost_total"))
        return (n + self.per_day * _PRIOR_DAYS) * share, (cost + self.cost_per_day * _PRIOR_DAYS) * share


@dataclass(frozen=True)
class ContactCosts:
    """What each customer is expected to cost without an order: contacts, and late refunds.

    Parameters
    ----------
    contacts : the rates.
    parts : what counts of each column of `_columns`, from 0 up.

    Examples
    --------
    >>> X = pd.DataFrame({"n_interactions_costly": [0, 4] * 50, "interaction_cost_total": [0.0, 8.0] * 50})
    >>> X = X.assign(days_since_signup=200, horizon_days=np.repeat([30, 90], 50))
    >>> y = pd.DataFrame({"churned": True, "value": [0.0, -0.3] * 25 + [0.0, -0.9] * 25})
    >>> ContactCosts.fit(X, y).value(X.head(2), np.full(2, 60.0)).round(1).tolist()
    [-0.1, -0.5]
    """

    contacts: Contacts
    parts: tuple[float, ...]

    @classmethod
    def fit(cls, X: pd.DataFrame, y: pd.DataFrame) -> Self | None:
        """Learn from past windows; None where contacts cost nothing, or who churned brought something."""
        contacts, gone = Contacts.fit(X), y["churned"].to_numpy(bool)
        weight = weights_of(y)
        counts = np.ones(len(y)) if weight is None else weight
        cost = -y["value"].to_numpy(float)[gone]
        if contacts is None or not np.sum(counts[gone] * cost) > 0:
            return None
        columns, root = _columns(contacts, X, numbers(X, "horizon_days"))[gone], np.sqrt(counts[gone])
        parts, _ = nnls(columns * root[:, None], cost * root)
        # Least squares without negative parts do not add up by themselves.
        said = np.sum(counts[gone] * (columns @ parts))
        parts = parts * np.sum(counts[gone] * cost) / said if said > 0 else parts
        return cls(contacts, tuple(parts.tolist()))

    def value(self, X: Table, days: F) -> F:
        """Return what each row of X brings without an order in so many days (n,): nothing, or less."""
        # Added up one by one, so that a customer's value does not depend on how many are asked for.
        return -np.add.reduce(_columns(self.contacts, X, days) * np.array(self.parts), axis=1)

    def to_dict(self) -> dict[str, Any]:  # JSON
        """Return the parts as plain JSON values."""
        return {"contacts": vars(self.contacts), "parts": list(self.parts)}

    @classmethod
    def from_dict(cls, stored: Stored) -> Self:
        """Return the stored parts."""
        return cls(Contacts(**stored["contacts"]), tuple(stored["parts"]))


def _columns(contacts: Contacts, X: Table, days: F) -> F:
    """Return what costs may be proportional to (n, 6).

    The customer's own cost and contacts at the rate so far, the days, and a one for what follows the last
    order and does not go on, such as a refund. Who ordered not long ago still asks for service, so that own
    cost and days count a second time, fading with the days since the last order.
    """
    n, cost = contacts.expected(X, days)
    idle = np.nan_to_num(numbers(X, "days_since_last_order"))
    fresh = np.exp(-np.maximum(idle, 0.0) / _PRIOR_DAYS)
    return np.column_stack([cost, cost * fresh, n, days, days * fresh, np.ones(len(days))])


def _days_known(X: Table) -> F:
    """Return for how long each customer may have been contacted (n,)."""
    known = np.zeros(len(X))
    for name in _SINCE:
        known = np.fmax(known, numbers(X, name))
    return known
