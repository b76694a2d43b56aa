"""What each further unit of budget brings: the gain of the best plan at a range of budgets."""

from collections.abc import Sequence

import numpy as np

from goodwill.decisions.allocation import Allocation
from goodwill.decisions.budget_dual import shadow_prices
from goodwill.decisions.budget_repair import repaired

SHARES = (0.1, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 5.0)
_MOST = 20_000


def return_curve(problem: Allocation, shares: Sequence[float] = SHARES) -> list[dict[str, float]]:
    """Return budget, spend and gain of the best plan at multiples of the budget.

    Beyond 20,000 customers, a random part of them speaks for all. A budget too small for the floors is left
    out.

    Examples
    --------
    >>> gain = np.array([[4.0, 3.0, 1.0]])
    >>> one = Allocation(gain, np.array([1.0]), np.array([0]), 2.0, np.array([np.inf]))
    >>> return_curve(one, shares=(0.5, 1.0, 2.0))[-1]
    {'budget': 4.0, 'spend': 3.0, 'gain': 8.0}
    """
    drawn = problem
    if problem.n > _MOST:
        drawn = problem.part(np.sort(np.random.default_rng(0).choice(problem.n, _MOST, replace=False)))
    scale, points = problem.n / drawn.n, []
    for share in shares:
        at = drawn.with_budget(drawn.budget * share)
        choice = repaired(at, shadow_prices(at))
        if choice is not None:
            spend = float(at.used(choice)[0])
            points.append(
                {"budget": problem.budget * share, "spend": spend * scale, "gain": at.total(choice) * scale}
            )
    return points
