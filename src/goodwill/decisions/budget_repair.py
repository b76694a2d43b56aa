"""From the best options at given prices to a plan within all limits, losing as little as possible."""

import numpy as np
from numpy.typing import NDArray

from goodwill.decisions.allocation import NOBODY, Allocation
from goodwill.decisions.budget_dual import Dual, at_prices

F = NDArray[np.float64]
I = NDArray[np.int64]
_ROUNDS, _CLOSE = 30, 1e-5


def repaired(problem: Allocation, dual: Dual) -> I | None:
    """Return the best of two plans: near the best option of each, and near the mixture the prices came from.

    The second is needed where many customers are indifferent between options, and only a mixture of them
    uses the limits up. None where floors, budget and capacities were not brought together.

    Examples
    --------
    >>> gain = np.array([[4.0, 3.0, 3.0]])
    >>> one = Allocation(gain, np.array([1.0]), np.array([0]), 2.0, np.array([np.inf]))
    >>> all_at_once = Dual(np.array([3.0, 0.0]), 7.0, np.array([0, 0, 0]), np.array([1.0, 0.0, 0.0]))
    >>> one.total(repaired(one, all_at_once))
    7.0
    """
    plan = _near(problem, dual.choice, dual.prices)
    if plan is not None and dual.bound - problem.total(plan) <= _CLOSE * abs(dual.bound):
        return plan
    plans = [plan, _near(problem, _mixed(problem, dual), dual.prices)]
    return max((plan for plan in plans if plan is not None), key=problem.total, default=None)


def _near(problem: Allocation, choice: I, prices: F) -> I | None:
    """Return a plan (n,) within all limits, near what the prices say; None where the floors were not met.

    Floors are filled first, then the least worth at the prices is given up until money and channels
    suffice, then what is left over is spent, best first.
    """
    choice = _floors_filled(problem, choice.copy(), prices)
    choice = _within_channels(problem, choice, prices)
    choice = _within_budget(problem, choice, prices)
    choice = _floors_filled(problem, choice, prices)
    if not problem.is_feasible(choice):
        choice = _cheapest_floors(problem)
    if not problem.is_feasible(choice):
        return None
    return _spent(problem, choice, prices)


def _mixed(problem: Allocation, dual: Dual) -> I:
    """Return each customer's best option at one of the mixture's prices, for its share of alike customers."""
    if not dual.mixture:
        return dual.choice
    choices = np.stack([at_prices(problem, prices).choice for prices, _ in dual.mixture])
    ends = np.cumsum([weight for _, weight in dual.mixture])
    kind = np.zeros(problem.n, dtype=np.int64)
    for choice in choices:
        _, kind = np.unique(kind * (len(problem.cost) + 1) + choice + 1, return_inverse=True)
    place = (_place_within(kind) + 0.5) / np.bincount(kind)[kind]
    taken = np.minimum(np.searchsorted(ends, place * ends[-1]), len(ends) - 1)
    return choices[taken, np.arange(problem.n)]


def _worth_of(problem: Allocation, choice: I, prices: F) -> F:
    """Return what each customer's option is worth at the prices (n,), 0 for nobody."""
    worth = np.zeros(problem.n)
    for option in range(len(problem.cost)):
        rows = np.flatnonzero(choice == option)
        worth[rows] = problem.worth(prices, option, rows)
    return worth


def _surplus(problem: Allocation, choice: I) -> F | None:
    """Return how many customers each group has beyond its floor."""
    if problem.floor is None or problem.group is None:
        return None
    return np.bincount(problem.group[choice != NOBODY], minlength=len(problem.floor)) - problem.floor


def _given_up(problem: Allocation, choice: I, rows: I) -> I:
    """Return those of `rows`, in their order, that may be given up without breaking a floor."""
    surplus = _surplus(problem, choice)
    if surplus is None or problem.group is None:
        return rows
    groups = problem.group[rows]
    return rows[_place_within(groups) < np.maximum(surplus, 0)[groups]]


def _place_within(groups: I) -> I:
    """Return the place of each row among those of its group, from 0, in the order given."""
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(groups[order]) > 0])
    place = np.empty(len(groups), dtype=np.int64)
    lengths = np.diff(np.r_[starts, len(groups)])
    place[order] = np.arange(len(groups)) - np.repeat(starts, lengths)
    return place


def _within_channels(problem: Allocation, choice: I, prices: F) -> I:
    """Give up the least worth of each channel that is asked for more than it holds."""
    worth = _worth_of(problem, choice, prices)
    for channel in np.flatnonzero(problem.used(choice)[1 : 1 + len(problem.capacity)] > problem.capacity):
        rows = np.flatnonzero((choice != NOBODY) & (problem.channel[choice] == channel))
        rows = rows[np.argsort(worth[rows], kind="stable")]
        excess = len(rows) - int(problem.capacity[channel])
        choice[_given_up(problem, choice, rows)[:excess]] = NOBODY
    return choice


def _within_budget(problem: Allocation, choice: I, prices: F) -> I:
    """Give up the least worth until the money suffices."""
    excess = problem.used(choice)[0] - problem.budget
    if excess <= problem.slack:
        return choice
    worth = _worth_of(problem, choice, prices)
    rows = np.flatnonzero((choice != NOBODY) & (np.r_[problem.cost, 0.0][choice] > 0))
    rows = rows[np.argsort(worth[rows], kind="stable")]
    rows = _given_up(problem, choice, rows)
    freed = np.cumsum(problem.cost[choice[rows]])
    enough = int(np.searchsorted(freed, excess - problem.slack)) + 1
    choice[rows[:enough]] = NOBODY
    return choice


def _floors_filled(problem: Allocation, choice: I, prices: F) -> I:
    """Treat the most worthwhile of each group below its floor, whatever the limits."""
    surplus = _surplus(problem, choice)
    if surplus is None or problem.group is None or (surplus >= 0).all():
        return choice
    free = np.flatnonzero(choice == NOBODY)
    worth = np.stack([problem.worth(prices, option, free) for option in range(len(problem.cost))])
    best, option = worth.max(axis=0), worth.argmax(axis=0)
    order = np.argsort(-best, kind="stable")
    order = order[np.isfinite(best[order])]
    taken = order[_place_within(problem.group[free[order]]) < -surplus[problem.group[free[order]]]]
    choice[free[taken]] = option[taken]
    return choice


def _cheapest_floors(problem: Allocation) -> I:
    """Return the floors filled as cheaply as can be, option by option, cheapest first."""
    choice = np.full(problem.n, NOBODY)
    left = problem.capacity.copy()
    for option in np.argsort(problem.cost, kind="stable"):
        surplus = _surplus(problem, choice)
        if surplus is None or problem.group is None:
            break
        rows = np.flatnonzero((choice == NOBODY) & np.isfinite(problem.gain[option]))
        rows = rows[np.argsort(-problem.gain[option, rows], kind="stable")]
        rows = rows[_place_within(problem.group[rows]) < np.maximum(-surplus, 0)[problem.group[rows]]]
        rows = rows[: int(min(left[problem.channel[option]], len(rows)))]
        choice[rows] = option
        left[problem.channel[option]] -= len(rows)
    return choice


def _spent(problem: Allocation, choice: I, prices: F) -> I:
    """Spend what is left over on the best moves to a better option, until none fits."""
    for _ in range(_ROUNDS):
        left = problem.limits - problem.used(choice) + problem.slack
        rows, option = _moves(problem, choice, prices, left)
        if not len(rows):
            break
        old = choice[rows]
        step = problem.cost[option] - np.r_[problem.cost, 0.0][old]
        channel = problem.channel[option]
        is_new = (old == NOBODY) | (np.r_[problem.channel, -1][old] != channel)
        queued = np.where(is_new, channel, len(problem.capacity))
        rooms = np.r_[left[1 : 1 + len(problem.capacity)], np.inf]
        fits = _place_within(queued) + 1 <= rooms[queued]
        fits &= np.cumsum(np.where(fits, np.maximum(step, 0.0), 0.0)) <= left[0]
        choice[rows[fits]] = option[fits]
    return choice


def _moves(problem: Allocation, choice: I, prices: F, left: F) -> tuple[I, I]:
    """Return whom to move to which option, best first: only what gains, and fits by itself."""
    treated = np.flatnonzero(choice != NOBODY)
    gain, worth = np.zeros(problem.n), _worth_of(problem, choice, prices)
    gain[treated] = problem.gain[choice[treated], treated]
    cost, channel = np.r_[problem.cost, 0.0][choice], np.r_[problem.channel, NOBODY][choice]
    best, option = np.full(problem.n, -np.inf), np.full(problem.n, NOBODY)
    for j, (price, place) in enumerate(zip(problem.cost, problem.channel, strict=True)):
        fits = (problem.gain[j] > gain) & (price - cost <= left[0])
        if left[1 + place] < 1:
            fits &= channel == place
        rows = np.flatnonzero(fits)
        score = problem.worth(prices, j, rows) - worth[rows]
        better = rows[score > best[rows]]
        best[better], option[better] = score[score > best[rows]], j
    rows = np.flatnonzero(option != NOBODY)
    rows = rows[np.argsort(-best[rows], kind="stable")]
    return rows, option[rows]
