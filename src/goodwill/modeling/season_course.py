"""The season of a shop, and how its level moved beside it, read off repeat orders by week and age."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.special import softmax
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # ships no types

F = NDArray[np.float64]
YEAR_DAYS = 365.2425
KNOTS = 26
# Standard deviations that are tried, all of logs: of the steps of the season from knot to knot, of what came
# once, and of the steps of the level.
_SEASONS, _ODDITIES, _STEPS = (0.003, 0.05, 0.15, 0.45, 1.5), (0.01, 0.1, 0.4), (0.0, 0.03, 0.1)
# Of both, as is supposed while it is measured how much weeks vary: the likelier season of the two, as where
# all is bought in a few weeks, a milder one would leave that to chance.
_FELT_SEASONS, _FELT_ODDITY = (0.3, 3.0), 0.4
# Of how eager customers are, the deviation of steps from those won in one quarter to the next.
_QUARTERS, _COHORT_STEP = 4, 0.1
_AGE_STEP = np.log(2.0)
_FREE = 1e-6
_ROUNDS, _FARTHEST_STEP, _CLOSE = 50, 2.0, 1e-5
_EPOCH = np.datetime64("2000-01-01")
_DAY = np.timedelta64(1, "D")
_HALF_WEEK = 3.5
_MIDDLE = 1.15  # of a group of ages, over its youngest


@dataclass(frozen=True)
class Course:
    """How orders moved with time.

    Parameters
    ----------
    season : (26,) the log of how busy as many equally spaced times of the year are, 0 on average.
    days : (k,) since 2000. level : (k,) the log of how much busier than on the last of them the shop was.
    """

    season: F
    days: F
    level: F


def course(calendar: pd.DataFrame) -> Course:
    """Return the season and the level of a history.

    Parameters
    ----------
    calendar : as `order_calendar` returns it, with orders.

    Notes
    -----
    Orders of a week and age are Poisson with more variance than that (McCullagh & Nelder 1989, Generalized
    Linear Models, 9.2), log-linear in the age, the quarter that customers were won in, the season, weeks that
    were odd once, and a level that walks at random and stays where it went (Harvey 1989, Forecasting,
    Structural Time Series Models and the Kalman Filter, 2.3). Quarters walk too, as later customers may be
    worse ones, and those there at the beginning better, which no level of the shop explains. The season is a
    random walk around the year, which bends and jumps alike, as gift seasons do (Rue & Held 2005, Gaussian
    Markov Random Fields, 3.3). How large its steps, oddities and steps of the level are is not known, and
    only a second year tells season from the rest: so answers are averaged over what each may be, weighed by
    how likely that makes the orders (marginal likelihood by Laplace's method: MacKay 1992, Neural Comput. 4).
    """
    cells = _Cells.of(calendar)
    # The matrices are small: threads would wait for each other longer than they work.
    with threadpool_limits(limits=1, user_api="blas"):
        courses, evidence = zip(*_courses(cells), strict=True)
    season, level = np.split(softmax(evidence) @ np.array(courses), [KNOTS])
    return Course(season - season.mean(), cells.days, level)


def _courses(cells: "_Cells") -> Iterator[tuple[F, float]]:
    """Return season and level, end to end, under each prior, with the log of how likely it is."""
    priors = [cells.prior(season, cells.once(_FELT_ODDITY, 0.0)) for season in _FELT_SEASONS]
    fits = [_fitted(cells, prior, 1.0, cells.start()) for prior in priors]
    (found, _), prior = max(zip(fits, priors, strict=True), key=lambda one: one[0][1])
    dispersion = _dispersion(cells, found, prior)
    for once, step in product(_ODDITIES, _STEPS):
        precision = cells.once(once, step)
        stays = step**2 * cells.walk @ precision
        for season in _SEASONS:
            found, likely = _fitted(cells, cells.prior(season, precision), dispersion, found)
            level = stays @ found[cells.n_free : -KNOTS]
            yield np.concatenate([found[-KNOTS:], level - level[-1]]), likely


def since_epoch(day: NDArray[np.datetime64]) -> F:
    """Return days since 2000 (n,), missing where no day is told."""
    return np.asarray((day - _EPOCH) / _DAY, dtype=float)


@dataclass(frozen=True)
class _Cells:
    """Orders of weeks and ages, logs of their days, and a design: ages, what came once, season."""

    n_orders: F
    log_days: F
    design: F
    week: NDArray[np.intp]
    n_ages: int
    n_cohorts: int
    days: F

    @classmethod
    def of(cls, calendar: pd.DataFrame) -> Self:
        middle = since_epoch(calendar["week"].to_numpy()) + _HALF_WEEK
        week = np.unique(calendar["week"], return_inverse=True)[1]
        place = middle / YEAR_DAYS * KNOTS
        first = int(np.floor(place.min()))
        once = _between(place - first)
        # The year's knots repeat: those of every year are added up.
        knots = first + np.arange(once.shape[1])
        age = calendar["age_days"].to_numpy(float)
        ages = _between(np.log(age) / _AGE_STEP)
        won = (middle - _MIDDLE * age) / YEAR_DAYS * _QUARTERS
        cohorts = _between(np.maximum(won - place.min() / KNOTS * _QUARTERS, 0.0))
        design = np.column_stack([ages, cohorts, once, once @ np.eye(KNOTS)[knots % KNOTS]])
        counts, days = (calendar[name].to_numpy(float) for name in ("n_orders", "customer_days"))
        return cls(
            counts, np.log(days), design, week, ages.shape[1], cohorts.shape[1], knots * YEAR_DAYS / KNOTS
        )

    @cached_property
    def _products(self) -> csr_array:
        """The products of each two columns of the design, (k k, n); nearly all of its cells are 0."""
        n, k = self.design.shape
        row, column = np.nonzero(self.design)
        pairs = csr_array((np.ones(len(row)), (row, np.arange(len(row)))), (n, len(row)))
        one, other = (pairs.T @ pairs).nonzero()
        told = self.design[row, column]
        place = column[one] * k + column[other]
        return csr_array((told[one] * told[other], (place, row[one])), (k * k, n))

    def curvature(self, weight: F) -> F:
        """Return the products of the design's columns, rows (n,) weighed: (k, k)."""
        k = self.design.shape[1]
        return np.asarray((self._products @ weight).reshape(k, k))

    @property
    def n_free(self) -> int:
        """How many coefficients stand before those of time."""
        return self.n_ages + self.n_cohorts

    @property
    def walk(self) -> F:
        """The covariance of a random walk over the knots whose steps have variance 1."""
        place = np.arange(len(self.days), dtype=float)
        return np.minimum.outer(place, place)

    def once(self, oddity: float, step: float) -> F:
        """Return the precision of what came once: oddities near 0 that bend little, and a walk."""
        straight = np.diff(np.eye(len(self.days)), 2, axis=0)
        smooth = np.eye(len(self.days)) + straight.T @ straight
        covariance = oddity**2 * np.linalg.inv(smooth) + step**2 * self.walk
        return np.asarray(np.linalg.inv(covariance))

    def prior(self, season: float, once: F) -> F:
        """Return the precision of coefficients: ages free, cohorts, what came once, and steps of a season."""
        precision = np.diag(np.full(self.design.shape[1], _FREE))
        around = np.roll(np.eye(KNOTS), 1, 0) - np.eye(KNOTS)
        steps = np.diff(np.eye(self.n_cohorts), axis=0)
        precision[self.n_ages : self.n_free, self.n_ages : self.n_free] += steps.T @ steps / _COHORT_STEP**2
        precision[self.n_free : -KNOTS, self.n_free : -KNOTS] = once
        # Steps leave the mean of the season open, which is 0.
        precision[-KNOTS:, -KNOTS:] = (around.T @ around + np.ones_like(around)) / season**2
        return precision

    def start(self) -> F:
        """Return coefficients of orders that come at one rate."""
        rate = np.log(self.n_orders.sum() / np.exp(self.log_days).sum())
        return np.where(np.arange(self.design.shape[1]) < self.n_ages, rate, 0.0)


def _between(place: F) -> F:
    """Return each place as shares of the whole numbers around it, (n, k)."""
    below = np.floor(place).astype(int)
    steps = np.eye(below.max() + 2)
    return np.asarray(
        steps[below] * (1 - place + below)[:, None] + steps[below + 1] * (place - below)[:, None]
    )


def _fitted(cells: _Cells, prior: F, dispersion: float, found: F) -> tuple[F, float]:
    """Return the coefficients by Newton's method, and the log of how likely a prior makes the orders."""
    design = cells.design
    for _ in range(_ROUNDS):
        expected = np.exp(cells.log_days + design @ found)
        curvature = cells.curvature(expected) / dispersion + prior
        slope = design.T @ (cells.n_orders - expected) / dispersion - prior @ found
        step = np.clip(np.linalg.solve(curvature, slope), -_FARTHEST_STEP, _FARTHEST_STEP)
        found = found + step
        if np.abs(step).max() < _CLOSE:
            break
    log_expected = cells.log_days + design @ found
    fit = float(cells.n_orders @ log_expected - np.exp(log_expected).sum()) / dispersion
    spare = float(np.linalg.slogdet(prior)[1] - np.linalg.slogdet(curvature)[1])
    return found, fit - float(found @ prior @ found) / 2 + spare / 2


def _dispersion(cells: _Cells, found: F, prior: F) -> float:
    """Return how much more whole weeks vary than Poisson counts do, at least 1.

    Of as many weeks as are told, less what the fit follows of each (Hastie & Tibshirani 1990, Generalized
    Additive Models, 6.8).
    """
    expected = np.exp(cells.log_days + cells.design @ found)
    told, meant = (np.bincount(cells.week, weights=counts) for counts in (cells.n_orders, expected))
    meant = np.maximum(meant, 1.0)
    by_week = np.zeros((len(told), cells.design.shape[1]))
    np.add.at(by_week, cells.week, cells.design * expected[:, None])
    curvature = cells.curvature(expected) + prior
    followed = float(np.sum(np.linalg.solve(curvature, by_week.T).T * by_week / meant[:, None]))
    return max(float(np.sum((told - meant) ** 2 / meant)) / max(len(told) - followed, 1.0), 1.0)
