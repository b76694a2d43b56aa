"""The best choice for an allocation: exact where it is small, within a proven gap where it is large."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from goodwill.decisions.allocation import Allocation
from goodwill.decisions.budget_dual import shadow_prices
from goodwill.decisions.budget_exact import LARGEST, solved
from goodwill.decisions.budget_repair import repaired
from goodwill.errors import UsageError

F = NDArray[np.float64]
I = NDArray[np.int64]


@dataclass(frozen=True)
class Found:
    """A choice (n,), what none can exceed, the worth of one more unit of each limit, and how it was found."""

    choice: I
    bound: float
    prices: F
    method: Literal["exact", "lagrangian"]

    def gap(self, problem: Allocation) -> float:
        """Return how far below the best the choice can be at most, as a share of the bound."""
        return max(self.bound - problem.total(self.choice), 0.0) / max(abs(self.bound), 1e-12)


def best_choice(problem: Allocation) -> Found:
    """Return the best choice that keeps all limits.

    Raises
    ------
    UsageError
        If floors, budget and capacities cannot be kept together.

    Examples
    --------
    >>> gain = np.array([[4.0, 3.0], [6.0, 4.0]])
    >>> two = Allocation(gain, np.array([1.0, 2.0]), np.array([0, 0]), 3.0, np.array([np.inf]))
    >>> found = best_choice(two)
    >>> found.choice, found.bound, found.method
    (array([1, 0]), 9.0, 'exact')
    """
    dual = shadow_prices(problem)
    choice, bound = repaired(problem, dual), dual.bound
    if problem.gain.size > LARGEST:
        return Found(_kept(choice), bound, dual.prices, "lagrangian")
    exact = solved(problem)
    if exact.choice is None and np.isneginf(exact.bound):
        return Found(_kept(None), bound, dual.prices, "exact")
    known = [found for found in (exact.choice, choice) if found is not None]
    best = max(known, key=problem.total, default=None)
    return Found(_kept(best), min(bound, exact.bound), dual.prices, "exact")


def _kept(choice: I | None) -> I:
    if choice is None:
        raise UsageError(
            "floors: no plan was found that fills every floor within the budget and the capacities. "
            "Lower floors.share, or raise budget or capacity."
        )
    return choice
