"""How fast time passes for a shop at each time of the year, learned from more than a year of orders.

Buyers whose rate follows the season are, on a clock that runs as fast as it, buyers of a steady rate (Cox
& Lewis 1966, The Statistical Analysis of Series of Events, chapter 2, on changes of the time scale). Ages,
silences and horizons measured on that clock mean the same at all times of the year, so that models of steady
rates hold, and a window is expected to bring what its season brings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import softmax

F = NDArray[np.float64]
YEAR_DAYS = 365.2425
_KNOTS, _MOST_YEARS = 26, 4
# Standard deviations that are tried, of the log of what comes back each year and of what came once.
_SPREADS = (0.01, 0.1, 0.2, 0.4, 0.8)
_AGE_STEP = np.log(2.0)
_TREND_SPREAD, _FREE, _NO_SEASON = 0.3, 1e-6, 0.02
_STEPS, _FARTHEST_STEP, _CLOSE = 50, 2.0, 1e-8
_EPOCH = np.datetime64("2000-01-01")
_DAY = np.timedelta64(1, "D")
_HALF_WEEK = 3.5


@dataclass(frozen=True)
class SeasonClock:
    """A clock that runs fast in busy seasons and slowly in quiet ones, a year being a year.

    Parameters
    ----------
    rates : (26,) how fast it runs at as many equally spaced times of the year, 1 on average; straight lines
        between them. The first stands at 1 January.

    Examples
    --------
    >>> busy_summer = SeasonClock(1 - 0.5 * np.cos(2 * np.pi * np.arange(26) / 26))
    >>> days = np.array(["2024-01-01", "2024-06-01"], "datetime64[D]")
    >>> busy_summer.ahead(days, np.array([60.0, 60.0])).round(1)
    array([35.2, 88.5])
    >>> busy_summer.back(days, busy_summer.passed(days, np.array([30.0, 30.0]))).round(6)
    array([30., 30.])
    """

    rates: F

    @classmethod
    def fit(cls, calendar: pd.DataFrame) -> Self | None:
        """Return the clock of a history, None where it is shorter than a year or tells no season.

        Parameters
        ----------
        calendar : as `order_calendar` returns it.

        Notes
        -----
        Orders of a week and age are Poisson with more variance than that (McCullagh & Nelder 1989,
        Generalized Linear Models, 9.2), log-linear in the age, a trend of years, the season, and weeks that
        were odd once. How large season and oddities are is not known, and only a second year tells one from
        the other: so answers are averaged over how large each may be, weighed by how likely that makes the
        orders (marginal likelihood by Laplace's method: MacKay 1992, Neural Comput. 4).
        """
        weeks = calendar["week"]
        is_late = weeks > weeks.max() - pd.Timedelta(days=_MOST_YEARS * YEAR_DAYS)
        if not calendar["n_orders"].any() or (weeks.max() - weeks.min()) / pd.Timedelta(days=1) < YEAR_DAYS:
            return None
        season = _season(_Cells.of(calendar[is_late]))
        rates = np.exp(season)
        return None if np.abs(season).max() < _NO_SEASON else cls(rates / rates.mean())

    def ahead(self, day: NDArray[np.datetime64], days: F) -> F:
        """Return how many days the clock shows from each `day` (n,) until `days` (n,) later."""
        start = _since_epoch(day)
        return self._shows(start + days) - self._shows(start)

    def passed(self, day: NDArray[np.datetime64], days: F) -> F:
        """Return how many days the clock shows in the `days` (n,) before each `day` (n,)."""
        start = _since_epoch(day)
        return self._shows(start) - self._shows(start - days)

    def back(self, day: NDArray[np.datetime64], shown: F) -> F:
        """Return how many days before each `day` (n,) the clock has `shown` so many days less."""
        start = _since_epoch(day)
        years, rest = np.divmod(self._shows(start) - shown, YEAR_DAYS)
        return np.asarray(start - years * YEAR_DAYS - np.interp(rest, self._shown, self._places))

    @property
    def by_month(self) -> F:
        """How fast it runs in each month of the year, (12,)."""
        months = np.arange("2023-01", "2024-02", dtype="datetime64[M]").astype("datetime64[D]")
        days = np.diff(months) / _DAY
        return self.ahead(months[:-1], days) / days

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"rates": self.rates.tolist()}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return the stored clock."""
        return cls(np.array(stored["rates"], dtype=float))

    def _shows(self, since_epoch: F) -> F:
        years, rest = np.divmod(since_epoch, YEAR_DAYS)
        return np.asarray(years * YEAR_DAYS + np.interp(rest, self._places, self._shown))

    @cached_property
    def _places(self) -> F:
        """Times of a year, a little more often than daily."""
        return np.linspace(0.0, YEAR_DAYS, 16 * _KNOTS + 1)

    @cached_property
    def _shown(self) -> F:
        """What the clock shows there, (417,); the integral of straight lines, by trapezoids."""
        rates = np.interp(
            self._places / YEAR_DAYS * _KNOTS, np.arange(_KNOTS + 1), np.append(self.rates, self.rates[0])
        )
        shown = np.append(0.0, np.cumsum((rates[1:] + rates[:-1]) / 2))
        return np.asarray(shown * (YEAR_DAYS / shown[-1]))


def _since_epoch(day: NDArray[np.datetime64]) -> F:
    return np.asarray((day - _EPOCH) / _DAY, dtype=float)


@dataclass(frozen=True)
class _Cells:
    """Orders of weeks and ages, logs of their days, and a design: ages, trend, odd weeks, season."""

    n_orders: F
    log_days: F
    design: F
    week: NDArray[np.intp]
    n_ages: int

    @classmethod
    def of(cls, calendar: pd.DataFrame) -> Self:
        middle = _since_epoch(calendar["week"].to_numpy()) + _HALF_WEEK
        week = np.unique(calendar["week"], return_inverse=True)[1]
        place = middle / YEAR_DAYS * _KNOTS
        once = _between(place - np.floor(place.min()))
        # The year's knots repeat: those of every year are added up.
        knots = (np.arange(once.shape[1]) + int(np.floor(place.min()))) % _KNOTS
        parts = [
            _between(np.log(calendar["age_days"].to_numpy(float)) / _AGE_STEP),
            (middle - middle.mean()) / YEAR_DAYS,
            once,
            once @ np.eye(_KNOTS)[knots],
        ]
        counts, days = (calendar[name].to_numpy(float) for name in ("n_orders", "customer_days"))
        return cls(counts, np.log(days), np.column_stack(parts), week, parts[0].shape[1])

    def prior(self, spread: float, once: float) -> F:
        """Return the precision of coefficients: ages free, a mild trend, season and what came once smooth."""
        precision = np.diag(np.full(self.design.shape[1], _FREE))
        precision[self.n_ages, self.n_ages] = _TREND_SPREAD**-2
        first = self.n_ages + 1
        straight = np.diff(np.eye(precision.shape[0] - first - _KNOTS), 2, axis=0)
        around = np.roll(np.eye(_KNOTS), 1, 0) + np.roll(np.eye(_KNOTS), -1, 0) - 2 * np.eye(_KNOTS)
        precision[first:-_KNOTS, first:-_KNOTS] = _smooth(straight) / once**2
        precision[-_KNOTS:, -_KNOTS:] = _smooth(around) / spread**2
        return precision


def _smooth(bends: F) -> F:
    """Return the precision of values that are near 0, and bend little."""
    return np.asarray(np.eye(bends.shape[1]) + bends.T @ bends)


def _between(place: F) -> F:
    """Return each place as shares of the whole numbers around it, (n, k)."""
    below = np.floor(place).astype(int)
    steps = np.eye(below.max() + 2)
    return np.asarray(
        steps[below] * (1 - place + below)[:, None] + steps[below + 1] * (place - below)[:, None]
    )


def _season(cells: _Cells) -> F:
    """Return the log of the season at its knots (26,), averaged over how large it and oddities may be."""
    dispersion = _dispersion(cells, _fitted(cells, cells.prior(_SPREADS[-2], _SPREADS[-2]), 1.0)[0])
    found = [
        _fitted(cells, cells.prior(spread, once), dispersion) for spread in _SPREADS for once in _SPREADS
    ]
    chance = softmax([evidence for _, evidence in found])
    season = chance @ np.array([coefficients[-_KNOTS:] for coefficients, _ in found])
    return np.asarray(season - season.mean())


def _fitted(cells: _Cells, prior: F, dispersion: float) -> tuple[F, float]:
    """Return the coefficients by Newton's method, and the log of how likely a prior makes the orders."""
    design, start = cells.design, np.log(cells.n_orders.sum() / np.exp(cells.log_days).sum())
    found = np.where(np.arange(design.shape[1]) < cells.n_ages, start, 0.0)
    for _ in range(_STEPS):
        expected = np.exp(cells.log_days + design @ found)
        curvature = (design * expected[:, None]).T @ design / dispersion + prior
        slope = design.T @ (cells.n_orders - expected) / dispersion - prior @ found
        step = np.clip(np.linalg.solve(curvature, slope), -_FARTHEST_STEP, _FARTHEST_STEP)
        found = found + step
        if np.abs(step).max() < _CLOSE:
            break
    log_expected = cells.log_days + design @ found
    fit = float(cells.n_orders @ log_expected - np.exp(log_expected).sum()) / dispersion
    spare = float(np.linalg.slogdet(prior)[1] - np.linalg.slogdet(curvature)[1])
    return found, fit - float(found @ prior @ found) / 2 + spare / 2


def _dispersion(cells: _Cells, found: F) -> float:
    """Return how much more whole weeks vary than Poisson counts do, at least 1."""
    expected = np.exp(cells.log_days + cells.design @ found)
    told, meant = (np.bincount(cells.week, weights=counts) for counts in (cells.n_orders, expected))
    n_used = cells.design.shape[1] - cells.n_ages - _KNOTS
    return max(
        float(np.sum((told - meant) ** 2 / np.maximum(meant, 1.0)) / max(len(told) - n_used, 1.0)), 1.0
    )
