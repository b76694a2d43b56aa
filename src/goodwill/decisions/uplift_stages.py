"""From noisy contributions to an effect per customer: a few plain models, weighted by how well they foretell.

The effect of an offer is small beside what customers do anyway. What survives that noise are models with few
numbers to learn, pulled towards one effect for all: an effect that is a share of what a customer would do
anyway ("proportional") or an amount ("additive"), each moved by the moderators; and trees of two questions.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np
import pandas as pd

from goodwill.decisions.campaign import B, F
from goodwill.decisions.folds import folds
from goodwill.modeling.boosting import Booster, Plan

# How far effects may differ between customers beside the effect itself: a little, as much, more.
SPREADS = (0.1, 0.3, 1.0)
_FOLDS = 4
_TREES = {"trees": 40, "max_depth": 2, "eta": 0.05, "min_child_weight": 200.0, "reg_lambda": 200.0}
_LEAST_VARIANCE = 0.05
_ADDITIVE_ODDS, _BENT_ODDS = 0.2, 0.02


@dataclass(frozen=True)
class Lesson:
    """What a final stage learns from.

    Parameters
    ----------
    moderators : (n, p) standardised columns that may move the effect.
    usual : (n,) what each customer is expected to do anyway.
    effect : (n,) of `contributions`.
    """

    moderators: pd.DataFrame
    usual: F
    effect: F

    @property
    def precision(self) -> F:
        """One over the variance of the contributions, (n,), which grows with what a customer does anyway."""
        size = np.abs(self.usual)
        design = np.column_stack([np.ones(len(size)), size])
        squares = (self.effect - self.effect.mean()) ** 2
        expected = design @ np.linalg.lstsq(design, squares, rcond=None)[0]
        return 1 / np.maximum(expected, max(_LEAST_VARIANCE * float(squares.mean()), 1e-12))

    def part(self, rows: B) -> "Lesson":
        """Return the lesson of some customers."""
        return Lesson(self.moderators[rows], self.usual[rows], self.effect[rows])


class Stage(Protocol):
    """A fitted final stage."""

    def predict(self, moderators: pd.DataFrame, usual: F) -> F:
        """Return effects, (n,)."""


@dataclass(frozen=True)
class Mixture:
    """Fitted stages, each with its weight.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = pd.DataFrame({"x": rng.normal(size=4_000)})
    >>> lesson = Lesson(x, np.ones(4_000), x["x"].to_numpy() + rng.normal(size=4_000))
    >>> effects = fit_mixture(lesson).predict(pd.DataFrame({"x": [-1.0, 1.0]}), np.ones(2))
    >>> bool(np.abs(effects - [-1, 1]).max() < 0.15)
    True
    """

    stages: tuple[Stage, ...]
    weights: F

    def predict(self, moderators: pd.DataFrame, usual: F) -> F:
        """Return effects, (n,)."""
        effects = np.array([stage.predict(moderators, usual) for stage in self.stages])
        return np.einsum("k,kn->n", self.weights, effects)


def fit_mixture(lesson: Lesson, seed: int = 0) -> Mixture:
    """Fit every kind of stage and weigh each by its likelihood on customers it has not seen.

    The weights are those of pseudo Bayesian model averaging (Yao et al. 2018, Bayesian Anal. 13, eq. 8), with
    prior odds: the likelihood of so faint a thing is itself noisy, and the richer story has to win clearly.
    """
    fold = folds(np.zeros(len(lesson.effect)), _FOLDS, seed)
    precision = lesson.precision
    foretold = [float(np.log(odds)) for odds, _ in _kinds()]
    for held in range(_FOLDS):
        seen, judged = lesson.part(fold != held), lesson.part(fold == held)
        for place, (_, fit) in enumerate(_kinds()):
            says = fit(seen, seed).predict(judged.moderators, judged.usual)
            foretold[place] -= float(np.sum(precision[fold == held] * (judged.effect - says) ** 2)) / 2
    weights = np.exp(np.array(foretold) - max(foretold))
    return Mixture(tuple(fit(lesson, seed) for _, fit in _kinds()), weights / weights.sum())


@dataclass(frozen=True)
class Additive:
    """An amount, moved by the moderators."""

    coefficients: F

    def predict(self, moderators: pd.DataFrame, usual: F) -> F:  # noqa: ARG002 - all stages are asked alike
        """Return effects, (n,)."""
        return _with_one(moderators) @ self.coefficients


@dataclass(frozen=True)
class Proportional:
    """A share of what a customer does anyway, moved by the moderators."""

    coefficients: F

    def predict(self, moderators: pd.DataFrame, usual: F) -> F:
        """Return effects, (n,)."""
        return np.abs(usual) * (_with_one(moderators) @ self.coefficients)


@dataclass(frozen=True)
class Bent:
    """Trees of two questions."""

    trees: Booster

    def predict(self, moderators: pd.DataFrame, usual: F) -> F:  # noqa: ARG002 - all stages are asked alike
        """Return effects, (n,)."""
        return self.trees.margin(moderators)


def _kinds() -> Iterator[tuple[float, Callable[[Lesson, int], Stage]]]:
    for spread in SPREADS:
        yield _ADDITIVE_ODDS, partial(_additive, spread)
        yield 1.0, partial(_proportional, spread)
    yield _BENT_ODDS, _bent


def _additive(spread: float, lesson: Lesson, seed: int) -> Additive:  # noqa: ARG001 - all are fitted alike
    level = max(float(np.abs(lesson.usual).mean()), 1e-12)
    return Additive(_posterior(_with_one(lesson.moderators), lesson, spread, level))


def _proportional(spread: float, lesson: Lesson, seed: int) -> Proportional:  # noqa: ARG001 - as above
    basis = np.abs(lesson.usual)[:, None] * _with_one(lesson.moderators)
    return Proportional(_posterior(basis, lesson, spread, 1.0))


def _bent(lesson: Lesson, seed: int) -> Stage:
    if not len(lesson.moderators.columns):
        return Additive(np.array([np.average(lesson.effect, weights=lesson.precision)]))
    weight = lesson.precision / lesson.precision.mean()
    plan = Plan("reg:squarederror", _TREES, {}, seed=seed)
    return Bent(plan.fit(lesson.moderators, lesson.effect, weight=weight))


def _posterior(basis: F, lesson: Lesson, spread: float, level: float) -> F:
    """Return the posterior mean of a Bayesian regression, the prior being wide for the mean effect alone.

    All moderators together are expected to move the effect by `spread`, in units of `level`.
    """
    precision = lesson.precision[:, None]
    n_moderators = basis.shape[1] - 1
    prior = np.r_[1.0, np.full(n_moderators, n_moderators / spread**2)] / level**2
    weighted = basis * precision
    return np.asarray(np.linalg.solve(weighted.T @ basis + np.diag(prior), weighted.T @ lesson.effect), float)


def _with_one(moderators: pd.DataFrame) -> F:
    return np.column_stack([np.ones(len(moderators)), moderators.to_numpy(dtype=np.float64)])
