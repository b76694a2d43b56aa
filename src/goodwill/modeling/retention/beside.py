"""What customers bring beside the payments of the contracts they hold: further contracts, other prices."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.features.columns import numbers
from goodwill.modeling.boosting import Booster, Plan
from goodwill.modeling.retention.tree_choice import TreeChoice

F = NDArray[np.float64]
Stored = dict[str, Any]  # JSON as it comes
NAME = "beside"
_PARAMETERS = {"max_depth": 3, "min_child_weight": 60}
_MOST, _SHARES = 80, (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)


@dataclass(frozen=True)
class Beside:
    """Money a day, by all that is known of a customer.

    Who has just come signs further contracts, and who has everything signs none: spread evenly over the days
    of everybody, these sales make some worth too much and others too little.

    Parameters
    ----------
    trees : of its logarithm. level : what it is multiplied by, so that all add up to what came.

    Examples
    --------
    >>> known = pd.DataFrame({"is_new": np.arange(4000.0) % 2})
    >>> brought = 60.0 * (known["is_new"] == 1) * (np.arange(4000) // 2 % 5 == 0)
    >>> windows = pd.DataFrame({"customer_id": range(4000), "horizon_days": 30})
    >>> beside = Beside.fit(known, brought.to_numpy(float), windows)
    >>> beside.per_day(known.head(2)).round(1).tolist()
    [0.0, 0.4]
    """

    trees: Booster
    level: float

    @classmethod
    def fit(cls, known: pd.DataFrame, brought: F, X: pd.DataFrame, seed: int = 0) -> Self | None:
        """Learn from windows; None where nothing known tells customers apart that were not learned from.

        Parameters
        ----------
        known : (n, ...) numbers. brought : (n,) money beside payments. X : (n, ...) `customer_id`, whose rows
            all go into one half, and `horizon_days`.
        """
        if known.empty or not brought.sum() > 0:
            return None
        days = numbers(X, "horizon_days")
        rate = np.maximum(brought, 0.0) / days
        rate = rate / rate.mean()
        # Two standard errors: where nothing tells, no customer is to be told apart.
        choice = TreeChoice(_plan(_MOST, seed), _SHARES, n_errors=2.0)
        n = choice.n_worth(known, rate, X["customer_id"])
        if n == 0:
            return None
        trees = _plan(n, seed).fit(known, rate)
        told = float(np.sum(np.exp(trees.margin(known)) * days))
        return cls(trees, float(brought.sum()) / told)

    def per_day(self, known: pd.DataFrame) -> F:
        """Return what each customer brings a day (n,)."""
        return self.level * np.exp(self.trees.margin(known))

    def more(self, known: pd.DataFrame, X: pd.DataFrame, *, evenly: tuple[float, float]) -> F:
        """Return what is expected of each customer in the horizon, less what is of everybody (n,).

        Parameters
        ----------
        evenly : money a day of everybody with one contract, and with several; nothing is told of a kind for
            which it is not above zero.
        """
        even = np.where(numbers(X, "n_contracts_running") > 1, evenly[1], evenly[0])
        return np.where(even > 0, (self.per_day(known) - even) * numbers(X, "horizon_days"), 0.0)

    def to_parts(self) -> tuple[Stored, dict[str, bytes]]:
        """Return plain JSON values, and the trees."""
        return {**self.trees.to_dict(), "level": self.level}, {NAME: self.trees.to_bytes()}

    @classmethod
    def from_parts(cls, stored: Stored, trees: bytes) -> Self:
        """Return what was stored."""
        return cls(Booster.from_parts(stored, trees), float(stored["level"]))


def _plan(n: int, seed: int) -> Plan:
    return Plan("reg:tweedie", {**_PARAMETERS, "trees": n}, {}, seed)
