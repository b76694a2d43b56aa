"""Value over a customer's lifetime, carried on from the model's own horizon."""

import numpy as np
from numpy.typing import NDArray

from goodwill.modeling.btyd import ParetoNBD
from goodwill.modeling.histories import DAYS_PER_WEEK

F = NDArray[np.float64]
YEAR_DAYS = 365.25
_STEPS = np.linspace(0.0, 1.0, 25) ** 2


def lifetime_value(
    first_half: F,
    whole: F,
    horizon_days: F,
    *,
    lifetime_years: float,
    annual_discount_rate: float,
    dropping_out: F | None = None,
) -> F:
    """Return the value expected over a lifetime, capped at `lifetime_years`.

    Where a model tells how customers drop out, value beyond the horizon stands to value in it as that model
    says. Elsewhere what the second half of the horizon brings over the first, q, is each customer's own
    decay; every later half brings q times the one before, discounted: clv + v₂ · Σ (q d)ᵏ for the halves
    that are left. Both halves are discounted to the first day already, so that q = v₂ / (v₁ d). A customer
    whose value grows within the horizon is held level (q at most 1). Losses are
    not carried on beyond the horizon: where the second half brings less than nothing (contacts that cost
    more than comes), the lifetime is worth what the horizon is, as nobody need be served on at a loss.

    Parameters
    ----------
    first_half, whole : (n,) expected value of the first half of the horizon and of all of it.
    horizon_days : (n,) length of the horizon, on the clock of the season where there is one.
    dropping_out : (n,) as `beyond_horizon` returns it.

    Examples
    --------
    >>> half, whole = np.array([60.0]), np.array([90.0])
    >>> year = np.array([365.25])
    >>> lifetime_value(half, whole, year, lifetime_years=2, annual_discount_rate=0.0)
    array([112.5])
    >>> lifetime_value(half, whole, year, lifetime_years=1, annual_discount_rate=0.0)
    array([90.])
    >>> lifetime_value(-half, -whole, year, lifetime_years=5, annual_discount_rate=0.0)
    array([-90.])
    """
    second_half = whole - first_half
    if dropping_out is not None:
        return np.where(second_half > 0, whole + np.maximum(whole, 0.0) * dropping_out, whole)
    discount = (1 + annual_discount_rate) ** (-horizon_days / 2 / YEAR_DAYS)
    ratio = np.clip(second_half / np.where(first_half > 0, first_half, np.inf), 0.0, discount)
    n_left = np.maximum(2 * lifetime_years * YEAR_DAYS / horizon_days - 2, 0.0)
    is_level = ratio > 1 - 1e-9
    series = np.where(is_level, n_left, ratio * (1 - ratio**n_left) / np.where(is_level, 1.0, 1 - ratio))
    return whole + np.maximum(second_half, 0.0) * series


def beyond_horizon(
    purchases: ParetoNBD, T: F, horizon_days: F, *, lifetime_years: float, annual_discount_rate: float
) -> F:
    """Return what comes beyond the horizon over what comes in it, as customers of an age drop out (n,).

    Whatever a customer's rate, purchases follow the time that Pareto/NBD expects the customer to live
    through. Each of a number of steps, which grow, is discounted from its middle.

    Parameters
    ----------
    purchases : fitted in weeks.
    T : (n,) weeks since the first order. horizon_days, and the others : as in `lifetime_value`.

    Examples
    --------
    >>> purchases = ParetoNBD.from_params(r=0.55, alpha=10.6, s=0.6, beta=11.7)
    >>> told = {"lifetime_years": 5, "annual_discount_rate": 0.0}
    >>> beyond_horizon(purchases, np.array([10.0, 200.0]), np.full(2, 365.25), **told).round(2)
    array([1.83, 3.11])
    """
    left = np.maximum(lifetime_years * YEAR_DAYS - horizon_days, 0.0)
    ends = horizon_days[:, None] + left[:, None] * _STEPS
    alive = purchases.time_alive(T[:, None], ends / DAYS_PER_WEEK)
    middle = (ends[:, 1:] + ends[:, :-1]) / 2
    discount = (1 + annual_discount_rate) ** (-(middle - horizon_days[:, None] / 2) / YEAR_DAYS)
    # Added up one by one, so that a customer's value does not depend on how many are asked for.
    return np.asarray(np.add.reduce(np.diff(alive, axis=1) * discount, axis=1) / alive[:, 0])
