"""Shadow prices: the Lagrangian dual of the allocation, minimised by cutting planes in a moving box.

At given prices of money, channels and floors every customer's best option stands alone, and the sum of
what is left bounds every feasible plan from above (Everett 1963; Fisher 1981). The bound is convex and
piecewise linear in the prices: each evaluation is a cut of a small linear programme that proposes the next
prices (Kelley 1960), inside a box that shrinks where the cuts deceive. A sample of customers gives the
prices nearly, all of them the last digits.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from goodwill.decisions.allocation import NOBODY, Allocation

F = NDArray[np.float64]
I = NDArray[np.int64]
_SAMPLES = (4_000, 40_000)
_CLOSE = 1e-6


@dataclass(frozen=True)
class Dual:
    """The best prices found.

    Parameters
    ----------
    prices : (n_limits,) worth of one more unit of each limit, 0 where it does not bind.
    bound : what no plan can exceed.
    choice : (n,) the best option of each customer at these prices, or `NOBODY`; may break limits.
    margin : (n,) what that option is worth after the prices, 0 or more.
    mixture : prices and weights whose best options, each taken by its share of customers, use the limits as
        the best plan in fractions does.
    """

    prices: F
    bound: float
    choice: I
    margin: F
    mixture: tuple[tuple[F, float], ...] = ()


def shadow_prices(problem: Allocation, seed: int = 0) -> Dual:
    """Return prices that make the bound on every plan as low as can be.

    Examples
    --------
    >>> gain = np.array([[4.0, 3.0, 1.0]])
    >>> one = Allocation(gain, np.array([1.0]), np.array([0]), 2.0, np.array([np.inf]))
    >>> dual = shadow_prices(one)
    >>> round(dual.bound, 6), dual.choice
    (7.0, array([ 0,  0, -1]))
    """
    order = np.random.default_rng(seed).permutation(problem.n)
    prices, width = np.zeros(len(problem.limits)), _widest(problem)
    for size in (size for size in _SAMPLES if 2 * size < problem.n):
        prices = _minimised(problem.part(order[:size]), prices, width, 150).prices
        width = np.maximum(0.1 * prices, 0.01 * width)
    return _minimised(problem, prices, width, 40 if problem.n > _SAMPLES[-1] else 300)


def at_prices(problem: Allocation, prices: F) -> Dual:
    """Return the bound at given prices, with each customer's best option."""
    bonus, charge = problem.bonus(prices), problem.charge(prices)
    margin, choice = np.zeros(problem.n), np.full(problem.n, NOBODY)
    for option in range(len(problem.cost)):
        net = problem.gain[option] - charge[option]
        net = net if bonus is None else net + bonus
        better = net > margin
        choice[better] = option
        np.maximum(margin, net, out=margin)
    limits = np.where(np.isfinite(problem.limits), problem.limits, 0.0)
    return Dual(prices, float(margin.sum() + prices @ limits), choice, margin)


def _minimised(problem: Allocation, start: F, width: F, n_steps: int) -> Dual:
    """Return the best of at most `n_steps` prices, with the mixture of those that prove it so."""
    free = np.isfinite(problem.limits)
    top = _widest(problem)
    best = at_prices(problem, start)
    cuts, tried = [_cut(problem, best, free)], [best.prices]
    radius, weights = width.copy(), np.ones(1)
    for _ in range(n_steps):
        low, high = np.maximum(best.prices - radius, 0.0), np.minimum(best.prices + radius, top)
        proposed, promised, weights = _proposed(cuts, np.where(free, low, 0.0), np.where(free, high, 0.0))
        if best.bound - promised <= _CLOSE * abs(best.bound):
            break
        found = at_prices(problem, proposed)
        cuts.append(_cut(problem, found, free))
        tried.append(proposed)
        gained = (best.bound - found.bound) / (best.bound - promised)
        radius = radius * (0.5 if gained < 0.1 else 2.0 if gained > 0.5 else 1.0)  # noqa: PLR2004 - trust region
        best = found if found.bound < best.bound else best
    mixture = [(tried[place], float(weights[place])) for place in np.flatnonzero(weights > _CLOSE)]
    return replace(best, mixture=tuple(mixture))


def _cut(problem: Allocation, dual: Dual, free: NDArray[np.bool_]) -> tuple[F, float]:
    """Return slope and value at zero of the bound's tangent."""
    slope = np.where(free, np.where(free, problem.limits, 0.0) - problem.used(dual.choice), 0.0)
    return slope, dual.bound - float(slope @ dual.prices)


def _proposed(cuts: list[tuple[F, float]], low: F, high: F) -> tuple[F, float, F]:
    """Return the prices in the box where the highest cut is lowest, its height, and the cuts' weights."""
    slopes, heights = np.array([slope for slope, _ in cuts]), np.array([height for _, height in cuts])
    unit = np.where(high > low, high - low, 1.0)
    scale = max(float(np.abs(heights).max()), float(np.abs(slopes * unit).max()), 1e-12)
    A = np.column_stack([slopes * unit / scale, -np.ones(len(cuts))])
    b = -(heights + slopes @ low) / scale
    span = [(0.0, float(wide > 0)) for wide in high - low]
    found = linprog(np.r_[np.zeros(len(low)), 1.0], A_ub=A, b_ub=b, bounds=[*span, (None, None)])
    place = low + unit * np.clip(found.x[:-1], 0.0, 1.0) * (high > low)
    return place, float(found.x[-1]) * scale, -found.ineqlin.marginals


def _widest(problem: Allocation) -> F:
    """Return prices at which nothing would be bought, (n_limits,)."""
    possible = np.where(np.isfinite(problem.gain), problem.gain, 0.0)
    most, cost = float(max(possible.max(initial=0.0), 1e-12)), problem.cost
    returns = [float(row.max()) / c for row, c in zip(possible, cost, strict=True) if c > 0]
    dearest = max([0.0, *returns])
    n_floors = 0 if problem.floor is None else len(problem.floor)
    least = float(-possible.min(initial=0.0)) + most + dearest * float(cost.max(initial=0.0))
    return np.concatenate([[dearest], np.full(len(problem.capacity), most), np.full(n_floors, 2 * least)])
