"""What customers cost without another order: contacts that go on, and goods that come back late."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import nnls

from goodwill.features.columns import Table, numbers
from goodwill.modeling.contacts import PRIOR_DAYS, Contacts
from goodwill.modeling.histories import bought
from goodwill.modeling.outcomes import weights_of
from goodwill.modeling.returned import LATELY, NOTHING, Returned, due_columns
from goodwill.modeling.whales import without_whales

F = NDArray[np.float64]
Stored = Mapping[str, Any]  # JSON as it comes
_DEAR = 0.99


@dataclass(frozen=True)
class LateCosts:
    """What each customer is expected to cost without an order.

    Parameters
    ----------
    contacts : the rates of contacts; None where they are free.
    parts : what counts of each column of `_contact_columns`, from 0 up; of the last alone without contacts.
    returned : what comes back of the money spent lately; none as stored by a goodwill that did not tell it.
    charges_active : whether it is taken off who orders again, too; not as stored where trees told that.

    Examples
    --------
    >>> X = pd.DataFrame({"n_interactions_costly": [0, 4] * 50, "interaction_cost_total": [0.0, 8.0] * 50})
    >>> X = X.assign(days_since_signup=200, horizon_days=np.repeat([30, 90], 50))
    >>> y = pd.DataFrame({"churned": True, "value": [0.0, -0.3] * 25 + [0.0, -0.9] * 25})
    >>> LateCosts.fit(X, y).value(X.head(2), np.full(2, 60.0)).round(1).tolist()
    [-0.1, -0.5]
    """

    contacts: Contacts | None
    parts: tuple[float, ...]
    returned: Returned = NOTHING
    charges_active: bool = False

    @classmethod
    def fit(cls, X: pd.DataFrame, y: pd.DataFrame) -> Self | None:
        """Learn from past windows; None where who churned cost nothing that contacts or orders explain."""
        gone, weight = y["churned"].to_numpy(bool), weights_of(y)
        counts = np.ones(int(gone.sum())) if weight is None else weight[gone]
        X, cost = X[gone], -y["value"].to_numpy(float)[gone]
        contacts, days = Contacts.fit(X), numbers(X, "horizon_days")
        lately = due_columns(X, days) if _comes_back(X) else np.zeros((len(X), 0))
        if lately.any():
            # A return of what nobody is known to have bought is a slip, and no cost to foresee of others.
            most = bought(X) if contacts is None else bought(X) + np.quantile(cost, _DEAR)
            cost = np.fmin(cost, most)
        if (contacts is None and not lately.any()) or not counts @ cost > 0:
            return None
        columns = np.hstack([_contact_columns(contacts, X, days), lately])
        root = np.sqrt(counts)
        if lately.any():
            # What comes back varies with what was bought, and the largest customers would tell it alone.
            spent, cost = lately.sum(axis=1), without_whales(cost)
            root = root / np.sqrt(1 + spent / spent.mean())
        found, _ = nnls(columns * root[:, None], cost * root)
        # Least squares without negative parts do not add up by themselves.
        said = counts @ (columns @ found)
        found = found * (counts @ cost) / said if said > 0 else found
        parts, returned = np.split(found, [columns.shape[1] - lately.shape[1]])
        # No more comes back than was bought, though one large customer may seem to say so.
        returned = returned / max(returned.sum(), 1.0)
        return cls(contacts, tuple(parts.tolist()), Returned(tuple(returned.tolist())), charges_active=True)

    def value(self, X: Table, days: F) -> F:
        """Return what each row of X brings without an order in so many days (n,): nothing, or less."""
        return self.contacted(X, days) + self.sent_back(X, days)

    def contacted(self, X: Table, days: F) -> F:
        """Return the part of `value` that contacts cost (n,)."""
        # Added up one by one, so that a customer's value does not depend on how many are asked for.
        return -np.add.reduce(_contact_columns(self.contacts, X, days) * np.array(self.parts), axis=1)

    def sent_back(self, X: Table, days: F) -> F:
        """Return the part of `value` that is what comes back of earlier orders, once and not again (n,)."""
        return -self.returned.due(X, days)

    def to_dict(self) -> dict[str, Any]:  # JSON
        """Return the parts as plain JSON values."""
        contacts = None if self.contacts is None else vars(self.contacts)
        told = {"parts": list(self.parts), "returned": list(self.returned.parts)}
        return {"contacts": contacts, **told, "charges_active": self.charges_active}

    @classmethod
    def from_dict(cls, stored: Stored) -> Self:
        """Return the stored parts."""
        contacts = None if stored["contacts"] is None else Contacts(**stored["contacts"])
        returned = Returned(tuple(stored.get("returned", ())))
        charges_active = bool(stored.get("charges_active", False))
        return cls(contacts, tuple(stored["parts"]), returned, charges_active=charges_active)


def _contact_columns(contacts: Contacts | None, X: Table, days: F) -> F:
    """Return what costs may be proportional to (n, 6), of which only the last is there without contacts.

    The customer's own cost and contacts at the rate so far, the days, and a one for what does not go on.
    Who ordered not long ago still asks for service, so that own cost and days count a second time, fading
    with the days since the last order.
    """
    once = np.ones(len(days))
    if contacts is None:
        return once[:, None]
    n, cost = contacts.expected(X, days)
    idle = np.nan_to_num(numbers(X, "days_since_last_order"))
    fresh = np.exp(-np.maximum(idle, 0.0) / PRIOR_DAYS)
    return np.column_stack([cost, cost * fresh, n, days, days * fresh, once])


def _comes_back(X: pd.DataFrame) -> bool:
    return "refund_total" in X and bool((X["refund_total"] > 0).any()) and set(LATELY) <= set(X)
