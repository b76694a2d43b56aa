"""The simple ways to spend a budget, for comparison: all, the dearest, the likeliest to leave, a draw."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.decisions.allocation import NOBODY, Allocation

F = NDArray[np.float64]
I = NDArray[np.int64]
POLICIES = ("mail_all", "top_clv", "top_churn", "random")


def simple_choices(problem: Allocation, scores: pd.DataFrame, seed: int) -> dict[str, I]:
    """Return what each simple policy would do under the same budget, channels and eligibility.

    None of them knows an effect per customer. `mail_all` gives the cheapest offer to all in the order of the
    scores while money and channels last; the others give the offer that is best on average (the next best
    where it is not allowed or its channel is full), by `clv`, by `p_churn`, or by lot. Best is by gain or by
    gain per money, whichever makes the policy gain more.

    Parameters
    ----------
    scores : (n, ...) aligned with the problem; a policy whose column is missing is left out.

    Returns
    -------
    A choice (n,) by policy.
    """
    n = problem.n
    orders = {"mail_all": np.arange(n)}
    for policy, column in (("top_clv", "clv"), ("top_churn", "p_churn")):
        if column in scores:
            orders[policy] = np.argsort(-scores[column].fillna(-np.inf).to_numpy(float), kind="stable")
    orders["random"] = np.random.default_rng(seed).permutation(n)
    means = _means(problem)
    cheapest = np.lexsort((-means, problem.cost))
    by_gain, by_return = (
        np.argsort(-worth, kind="stable") for worth in (means, means / np.maximum(problem.cost, 1e-9))
    )
    tried = {policy: [cheapest] if policy == "mail_all" else [by_gain, by_return] for policy in orders}
    return {
        policy: max(
            (in_order(problem, orders[policy], options) for options in tried[policy]), key=problem.total
        )
        for policy in orders
    }


def in_order(problem: Allocation, order: I, options: I) -> I:
    """Return the choice that gives each customer in `order` the first of `options` that is still to be had.

    Examples
    --------
    >>> gain = np.array([[4.0, 3.0, 5.0]])
    >>> one = Allocation(gain, np.array([1.0]), np.array([0]), 2.0, np.array([np.inf]))
    >>> in_order(one, np.array([2, 1, 0]), np.array([0]))
    array([-1,  0,  0])
    """
    wanted = np.full(problem.n, NOBODY)
    left = problem.capacity.copy()
    for option in options:
        rows = order[(wanted[order] == NOBODY) & np.isfinite(problem.gain[option, order])]
        rows = rows[: int(min(left[problem.channel[option]], len(rows)))]
        wanted[rows] = option
        left[problem.channel[option]] -= len(rows)
    ordered = order[wanted[order] != NOBODY]
    spent = np.cumsum(problem.cost[wanted[ordered]])
    wanted[ordered[spent > problem.budget + problem.slack]] = NOBODY
    return wanted


def _means(problem: Allocation) -> F:
    """Return the mean gain of each option over those who may get it."""
    allowed = np.isfinite(problem.gain)
    counts = np.maximum(allowed.sum(axis=1), 1)
    return np.where(allowed, problem.gain, 0.0).sum(axis=1) / counts
