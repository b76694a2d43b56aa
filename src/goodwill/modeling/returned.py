"""Goods that come back after the day they were bought on: how much of the money, and how soon."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goodwill.features.columns import Table, numbers
from goodwill.features.purchases import DECAYS_DAYS

F = NDArray[np.float64]
LATELY = tuple(f"spend_decayed_{days}d" for days in DECAYS_DAYS)
_DECAYS = np.array(DECAYS_DAYS, float)


@dataclass(frozen=True)
class Returned:
    """What comes back of money that was spent: the longer ago that was, the more has come back, or will not.

    Parameters
    ----------
    parts : value that is lost in the end by a unit spent, of what fades at each rate of `DECAYS_DAYS`; none
        where nothing comes back.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame({name: [100.0] for name in LATELY})
    >>> returned = Returned((0.5, 0.0, 0.0))
    >>> returned.due(X, np.array([14.0])).round(1), returned.due_in_all(X)
    (array([31.6]), array([50.]))
    >>> returned.still_out(np.array([14.0, 1400.0])).round(3)
    array([0.316, 0.005])
    """

    parts: tuple[float, ...] = ()

    def due(self, X: Table, days: F) -> F:
        """Return what each row of X will have sent back of earlier orders after so many days (n,)."""
        return self._added(due_columns(X, days)) if self.parts else np.zeros(len(days))

    def due_in_all(self, X: Table) -> F:
        """Return what each row of X will have sent back of earlier orders in the end (n,)."""
        return self._added(_spent_lately(X)) if self.parts else np.zeros(len(X))

    def still_out(self, days: F) -> F:
        """Return, of a unit spent evenly over so many days, what comes back after them (n,)."""
        if not self.parts:
            return np.zeros(len(days))
        return self._added(_back_after(days) * _DECAYS / days[:, None])

    def _added(self, columns: F) -> F:
        # One by one, so that a customer's value does not depend on how many are asked for.
        return np.asarray(np.add.reduce(columns * np.array(self.parts), axis=1))


def due_columns(X: Table, days: F) -> F:
    """Return the money that may come back in so many days, were all to come back sooner or later, (n, 3)."""
    return _spent_lately(X) * _back_after(days)


def _back_after(days: F) -> F:
    return np.asarray(-np.expm1(-days[:, None] / _DECAYS))


def _spent_lately(X: Table) -> F:
    return np.column_stack([np.nan_to_num(numbers(X, name)) for name in LATELY])


NOTHING = Returned()
