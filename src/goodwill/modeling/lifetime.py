"""Value over a customer's lifetime, carried on from the model's own horizon."""

import numpy as np
from numpy.typing import NDArray

F = NDArray[np.float64]
YEAR_DAYS = 365.25


def lifetime_value(
    first_half: F, whole: F, horizon_days: F, *, lifetime_years: float, annual_discount_rate: float
) -> F:
    """Return the value expected over a lifetime, capped at `lifetime_years`.

    What the second half of the horizon brings over the first, q, is each customer's own decay; every later
    half brings q times the one before, discounted: clv + v₂ · Σ (q d)ᵏ for the halves that are left. A
    customer whose value grows within the horizon is held level (q at most 1). Losses are not carried on
    beyond the horizon: where the second half brings less than nothing (contacts that cost more than comes),
    the lifetime is worth what the horizon is, as nobody need be served on at a loss.

    Parameters
    ----------
    first_half, whole : (n,) expected value of the first half of the horizon and of all of it.
    horizon_days : (n,) length of the horizon, on the clock of the season where there is one.

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
    decay = np.clip(second_half / np.where(first_half > 0, first_half, np.inf), 0.0, 1.0)
    discount = (1 + annual_discount_rate) ** (-horizon_days / 2 / YEAR_DAYS)
    n_left = np.maximum(2 * lifetime_years * YEAR_DAYS / horizon_days - 2, 0.0)
    ratio = decay * discount
    is_level = ratio > 1 - 1e-9
    series = np.where(is_level, n_left, ratio * (1 - ratio**n_left) / np.where(is_level, 1.0, 1 - ratio))
    return whole + np.maximum(second_half, 0.0) * series
