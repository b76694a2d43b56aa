"""What each further unit of budget brings: the gain of the best plan at a range of budgets."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from goodwill.decisions.allocation import Allocation, F
from goodwill.decisions.budget_dual import shadow_prices
from goodwill.decisions.budget_repair import repaired

SHARES = (0.1, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 5.0)
_MOST = 20_000


def return_curve(
    problem: Allocation, shares: Sequence[float] = SHARES, expected: F | None = None
) -> list[dict[str, float]]:
    """Return budget, spend and gain of the best plan at multiples of the budget.

    Beyond 20,000 customers, a random part of them speaks for all. A budget too small for the floors is left
    out.

    Parameters
    ----------
    problem : what is planned by, which may be cautious.
    expected : (n_options, n) what is expected, in which gain is told; that of the problem when absent.

    Examples
    --------
    >>> gain = np.array([[4.0, 3.0, 1.0]])
    >>> one = Allocation(gain, np.array([1.0]), np.array([0]), 2.0, np.array([np.inf]))
    >>> return_curve(one, shares=(0.5, 1.0, 2.0))[-1]
    {'budget': 4.0, 'spend': 3.0, 'gain': 8.0}
    """
    drawn, worth = problem, problem.gain if expected is None else expected
    if problem.n > _MOST:
        rows = np.sort(np.random.default_rng(0).choice(problem.n, _MOST, replace=False))
        drawn, worth = problem.part(rows), worth[:, rows]
    told = replace(drawn, gain=worth)
    scale, points = problem.n / drawn.n, []
    for share in shares:
        at = drawn.with_budget(drawn.budget * share)
        choice = repaired(at, shadow_prices(at))
        if choice is not None:
            spend = float(at.used(choice)[0])
            points.append(
                {"budget": problem.budget * share, "spend": spend * scale, "gain": told.total(choice) * scale}
            )
    return points
