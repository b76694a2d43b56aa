"""How well a ranking finds the customers whom a treatment moves: Qini, uplift at k, and chance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from goodwill.decisions.campaign import B, F
from goodwill.evaluation.ranking import Ranking, area, ranked, up_to

SHARES = (0.1, 0.2, 0.3, 0.5)


@dataclass(frozen=True)
class Interval:
    """An estimate with its limits."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class Qini:
    """What treating customers in the order of a score gains, per customer of the whole base.

    Parameters
    ----------
    qini : area between the score's gain curve and that of a random order.
    auuc : area under the score's gain curve; `random_auuc` that of a random order, half the mean effect.
    uplift_at : share: the mean effect among so many customers of the highest score.
    mean_effect : the effect of treating everybody.
    n : customers.
    """

    qini: Interval
    auuc: Interval
    random_auuc: float
    uplift_at: dict[float, Interval]
    mean_effect: Interval
    n: int


def contributions(y: F, is_treated: B, propensity: F, expected: tuple[F, F] | None = None) -> F:
    """Return a number per customer whose mean over any group is the group's effect, in expectation.

    Inverse propensity weighting, with the outcome expected without and with treatment taken out where it is
    given (Robins et al. 1994), which leaves less noise.

    Parameters
    ----------
    y, is_treated, propensity : (n,) each.
    expected : (n,) each, by models that have not seen the customer.

    Examples
    --------
    >>> y, lot = np.array([1.0, 0.0, 1.0, 1.0]), np.array([True, True, False, False])
    >>> contributions(y, lot, np.full(4, 0.5)).tolist()
    [2.0, 0.0, -2.0, -2.0]
    """
    without, having = (np.zeros(len(y)), np.zeros(len(y))) if expected is None else expected
    treated = having + is_treated * (y - having) / propensity
    return treated - without - ~is_treated * (y - without) / (1 - propensity)


def gain_curve(score: F, effect: F, shares: Sequence[float]) -> F:
    """Return the gain per customer of the base from treating the first `shares` by falling score.

    Tied customers are divided pro rata, so that a constant score gains what chance does.

    Parameters
    ----------
    score : (n,) of float.
    effect : (n,) of `contributions`, or true effects.

    Examples
    --------
    >>> gain_curve(np.array([2.0, 1.0, 1.0]), np.array([3.0, 0.0, 6.0]), [1 / 3, 2 / 3, 1.0]).tolist()
    [1.0, 2.0, 3.0]
    """
    order = ranked(score)
    weight = order.cumulated(np.ones(len(score)))
    return up_to(shares, weight, order.cumulated(effect)) / len(score)


def qini_area(score: F, effect: F) -> float:
    """Return the area between a score's gain curve and the straight line of a random order.

    Examples
    --------
    >>> effect = np.array([4.0, 0.0, 0.0, 0.0])
    >>> qini_area(effect, effect), qini_area(-effect, effect), qini_area(0 * effect, effect)
    (0.375, -0.375, 0.0)
    """
    return _areas(ranked(score), effect, np.ones(len(score)))[0]


def qini(score: F, effect: F, level: float = 0.95, replicates: int = 400, seed: int = 0) -> Qini:
    """Return the Qini curve's summary with bootstrap intervals over customers.

    Give one model's score at a time: its place beside another's plays no part (Radcliffe 2007; the area here
    is per customer and not normalised, so that it is in the outcome's unit).

    Parameters
    ----------
    score : (n,) of float, by a model that has not seen the customer's outcome.
    effect : (n,) of `contributions`.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> score = rng.normal(size=2_000)
    >>> found = qini(score, score + rng.normal(size=2_000))
    >>> found.qini.low > 0, found.uplift_at[0.1].estimate > 1.5
    (True, True)
    """
    order, n = ranked(score), len(score)
    rng = np.random.default_rng(seed)
    drawn = [_summary(order, effect, _counts(n, rng)) for _ in range(replicates)]
    tails = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
    centre = _summary(order, effect, np.ones(n))
    limits = [Interval(*map(float, row)) for row in zip(centre, *tails, strict=True)]
    area_over, area_under, mean_effect, *at = limits
    half = mean_effect.estimate / 2
    return Qini(area_over, area_under, half, dict(zip(SHARES, at, strict=True)), mean_effect, n)


def _counts(n: int, rng: np.random.Generator) -> F:
    return np.bincount(rng.integers(0, n, n, dtype=np.int32), minlength=n).astype(np.float64)


def _areas(order: Ranking, effect: F, counts: F) -> tuple[float, float]:
    weight, total = order.cumulated(counts), order.cumulated(counts * effect)
    under = area(weight, total) / float(weight[-1]) ** 2
    return under - float(total[-1] / weight[-1]) / 2, under


def _summary(order: Ranking, effect: F, counts: F) -> list[float]:
    weight, total = order.cumulated(counts), order.cumulated(counts * effect)
    shares = np.array([*SHARES, 1.0])
    *at, everybody = up_to(shares, weight, total) / (shares * weight[-1])
    return [*_areas(order, effect, counts), float(everybody), *map(float, at)]
