"""A season that is known from elsewhere, such as from the books of earlier years than the orders are of."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import lsq_linear

from goodwill.modeling.season_course import KNOTS

F = NDArray[np.float64]
# In a month that brings nothing time still passes: silence in it counts a little.
_SLOWEST = 0.02
_BENDS = 1e-3


def season_rates(months: Sequence[float]) -> F:
    """Return how busy as many equally spaced times of the year are as `SeasonClock` has, (26,), 1 on average.

    Of all courses that bring to each month its part, the straightest. Of several years, the growth from the
    first to the last is taken out.

    Parameters
    ----------
    months : (12 k,) what each month of whole years brought, from January on, in any unit; none below 0, and
        in each year one above.

    Examples
    --------
    >>> season_rates([10, 9, 10, 10, 10, 10, 10, 10, 10, 10, 20, 20])[[6, 25]].round(1).tolist()
    [0.8, 1.7]
    """
    starts = np.arange("2023-01", "2024-02", dtype="datetime64[M]").astype("datetime64[D]")
    lengths = np.diff(starts).astype(float)
    month = np.repeat(np.arange(len(lengths)), lengths.astype(int))
    place = (np.arange(len(month)) + 0.5) / len(month) * KNOTS
    below, knots = place.astype(int), np.eye(KNOTS)
    daily = (
        knots[below] * (1 - place + below)[:, None] + knots[(below + 1) % KNOTS] * (place - below)[:, None]
    )
    by_month = (np.eye(len(lengths))[month].T @ daily) / lengths[:, None]
    bends = np.roll(knots, 1, 0) - 2 * knots + np.roll(knots, -1, 0)
    told = _one_year(np.asarray(months, dtype=float).reshape(-1, len(lengths))) / lengths
    told = np.maximum(told / np.average(told, weights=lengths), _SLOWEST)
    wanted = np.append(told, np.zeros(KNOTS))
    rates = lsq_linear(np.vstack([by_month, _BENDS * bends]), wanted, bounds=(_SLOWEST, np.inf)).x
    return np.asarray(rates / rates.mean())


def _one_year(years: F) -> F:
    """Return what the months of a year bring, (12,), of years (k, 12) as if they were all at one level."""
    totals = years.sum(axis=1)
    growth = 0.0 if len(years) == 1 else np.log(totals[-1] / totals[0]) / (len(years) - 1)
    place = np.arange(years.size).reshape(years.shape) / years.shape[1]
    return np.asarray((years * np.exp(-growth * place)).mean(axis=0))
