"""From noisy contributions to an effect per customer: plain stories, and trees where they foretell better.

The effect of an offer is small beside what customers do anyway. What survives that noise are models with few
numbers to learn, pulled towards one effect for all.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from scipy.special import expit

from goodwill.decisions.campaign import F
from goodwill.decisions.folds import folds
from goodwill.decisions.lesson import Lesson
from goodwill.decisions.uplift_posterior import Posterior, fit_posterior
from goodwill.modeling.boosting import Booster, Plan

_FOLDS = 4
_TREES = {"trees": 40, "max_depth": 2, "eta": 0.05, "min_child_weight": 200.0, "reg_lambda": 200.0}
_BENT_ODDS = 0.02


class Stage(Protocol):
    """A fitted final stage."""

    def predict(self, moderators: pd.DataFrame, usual: F) -> F:
        """Return effects, (n,)."""


@dataclass(frozen=True)
class Bent:
    """Trees of two questions."""

    trees: Booster

    def predict(self, moderators: pd.DataFrame, usual: F) -> F:  # noqa: ARG002 - all stages are asked alike
        """Return effects, (n,)."""
        return self.trees.margin(moderators)


@dataclass(frozen=True)
class Mixture:
    """Plain stories and trees, and the weight of the trees.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> x = pd.DataFrame({"x": rng.normal(size=4_000)})
    >>> lesson = Lesson(x, np.ones(4_000), x["x"].to_numpy() + rng.normal(size=4_000))
    >>> effects = fit_mixture(lesson).predict(pd.DataFrame({"x": [-1.0, 1.0]}), np.ones(2))
    >>> bool(np.abs(effects - [-1, 1]).max() < 0.15)
    True
    """

    plain: Posterior
    bent: Stage | None
    bent_weight: float

    def predict(self, moderators: pd.DataFrame, usual: F) -> F:
        """Return effects, (n,)."""
        plain = self.plain.predict(moderators, usual)
        if self.bent is None:
            return plain
        return plain + self.bent_weight * (self.bent.predict(moderators, usual) - plain)

    def spread(self, moderators: pd.DataFrame, usual: F, doubt: F | None = None) -> F:
        """Return the standard deviation of what is not known of each effect, (n,).

        Trees are taken to be as uncertain as the plain stories; where the two differ, that comes on top.
        """
        within = self.plain.spread(moderators, usual, doubt)
        if self.bent is None:
            return within
        apart = self.bent.predict(moderators, usual) - self.plain.predict(moderators, usual)
        return np.sqrt(within**2 + self.bent_weight * (1 - self.bent_weight) * apart**2)


def fit_mixture(lesson: Lesson, seed: int = 0) -> Mixture:
    """Fit both kinds of stage and weigh them by their likelihood on customers they have not seen.

    The weights are those of pseudo Bayesian model averaging (Yao et al. 2018, Bayesian Anal. 13, eq. 8), with
    prior odds: the likelihood of so faint a thing is itself noisy, and the richer story has to win clearly.
    """
    if not len(lesson.moderators.columns):
        return Mixture(fit_posterior(lesson, seed), None, 0.0)
    fold, lead = folds(np.zeros(len(lesson.effect)), _FOLDS, seed), float(np.log(_BENT_ODDS))
    for held in range(_FOLDS):
        seen, judged = lesson.part(fold != held), lesson.part(fold == held)
        precision = lesson.precision[fold == held]
        errors = [
            float(np.sum(precision * (judged.effect - stage.predict(judged.moderators, judged.usual)) ** 2))
            for stage in (fit_posterior(seen, seed), _bent(seen, seed))
        ]
        lead += (errors[0] - errors[1]) / 2
    return Mixture(fit_posterior(lesson, seed), _bent(lesson, seed), float(expit(lead)))


def _bent(lesson: Lesson, seed: int) -> Stage:
    weight = lesson.precision / lesson.precision.mean()
    plan = Plan("reg:squarederror", _TREES, {}, seed=seed)
    return Bent(plan.fit(lesson.moderators, lesson.effect, weight=weight))
