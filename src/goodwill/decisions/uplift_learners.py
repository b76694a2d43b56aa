"""Three ways to learn whom a treatment moves: DR-, T- and X-learner, on the same expected outcomes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from goodwill.decisions.campaign import B, F, Kind
from goodwill.decisions.folds import folds
from goodwill.decisions.nuisance import Nuisance
from goodwill.decisions.qini import contributions
from goodwill.decisions.uplift_stages import Lesson, Mixture, fit_mixture

Learner = Literal["dr", "t", "x"]
_FOLDS = 4


@dataclass(frozen=True)
class Taught:
    """One treatment and control: what came of them, and what covariates alone expect of each customer.

    Parameters
    ----------
    columns : (n, k) standardised covariates; `moderators` the (n, p) of them that may move the effect.
    y, is_treated, propensity : (n,) each.
    models : of each fold, the models of the outcome without and with treatment that have not seen it.
    without, having : (n,) expected outcomes by models that have not seen the customer.
    """

    columns: pd.DataFrame
    moderators: pd.DataFrame
    y: F
    is_treated: B
    propensity: F
    models: tuple[tuple[Nuisance, Nuisance], ...]
    without: F
    having: F

    @property
    def effect(self) -> F:
        """What each customer contributes to the effect of a group, (n,)."""
        return contributions(self.y, self.is_treated, self.propensity, (self.without, self.having))

    def expected(self, columns: pd.DataFrame) -> tuple[F, F]:
        """Return the outcome to expect of other customers without and with treatment, (n,) each."""
        says = [(without.predict(columns), having.predict(columns)) for without, having in self.models]
        return np.mean([one[0] for one in says], axis=0), np.mean([one[1] for one in says], axis=0)


Effects = Callable[[pd.DataFrame, pd.DataFrame], F]


def taught(
    columns: pd.DataFrame, moderators: pd.DataFrame, seen: tuple[F, B, F], kind: Kind, seed: int
) -> Taught:
    """Return a treatment's customers with the outcomes expected of them, cross-fitted.

    Parameters
    ----------
    columns, moderators : (n, k) and (n, p) standardised, indexed from 0.
    seen : outcome, is_treated and propensity, (n,) each.
    """
    y, is_treated, propensity = seen
    fold = folds(is_treated, _FOLDS, seed)
    models, expected = [], np.empty((2, len(y)))
    for held in range(_FOLDS):
        pair = []
        for place, group in enumerate((~is_treated, is_treated)):
            rows = group & (fold != held)
            fitted = Nuisance.fit(columns[rows], y[rows], kind, seed + held)
            expected[place, fold == held] = fitted.predict(columns[fold == held])
            pair.append(fitted)
        models.append((pair[0], pair[1]))
    return Taught(columns, moderators, y, is_treated, propensity, tuple(models), expected[0], expected[1])


def dr_learner(known: Taught, seed: int = 0) -> Effects:
    """Learn from doubly robust contributions (Kennedy 2023, Electron. J. Stat. 17, algorithm 1).

    The final stage is `fit_mixture`.
    """
    usual = (known.without + known.having) / 2
    stage: Mixture = fit_mixture(Lesson(known.moderators, usual, known.effect), seed)

    def effects(columns: pd.DataFrame, moderators: pd.DataFrame) -> F:
        without, having = known.expected(columns)
        return stage.predict(moderators, (without + having) / 2)

    return effects


def t_learner(known: Taught, seed: int = 0) -> Effects:  # noqa: ARG001 - all learners are asked alike
    """Take the difference of two models (Künzel et al. 2019, PNAS 116, eq. 4): the plain one to beat."""

    def effects(columns: pd.DataFrame, moderators: pd.DataFrame) -> F:  # noqa: ARG001 - as above
        without, having = known.expected(columns)
        return having - without

    return effects


def x_learner(known: Taught, seed: int = 0) -> Effects:
    """Learn what each group missed or gained, and weigh both by propensity (Künzel et al. 2019, eq. 9)."""
    lot, share = known.is_treated, float(known.propensity.mean())
    gained = Nuisance.fit(known.columns[lot], (known.y - known.without)[lot], "money", seed)
    missed = Nuisance.fit(known.columns[~lot], (known.having - known.y)[~lot], "money", seed)

    def effects(columns: pd.DataFrame, moderators: pd.DataFrame) -> F:  # noqa: ARG001 - as above
        return share * missed.predict(columns) + (1 - share) * gained.predict(columns)

    return effects


LEARNERS: Mapping[Learner, Callable[[Taught, int], Effects]] = {
    "dr": dr_learner,
    "t": t_learner,
    "x": x_learner,
}
