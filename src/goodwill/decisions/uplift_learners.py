"""Three ways to learn whom a treatment moves: DR-, T- and X-learner, on the same expected outcomes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.decisions.campaign import B, F, Kind
from goodwill.decisions.folds import folds
from goodwill.decisions.lesson import Lesson, learned_noise
from goodwill.decisions.nuisance import Nuisance
from goodwill.decisions.qini import contributions
from goodwill.decisions.uplift_stages import fit_mixture

Learner = Literal["dr", "t", "x"]
_FOLDS = 4


@dataclass(frozen=True)
class Asked:
    """Customers whose effects are asked for.

    Parameters
    ----------
    columns : (n, k) standardised covariates; `moderators` the (n, p) of them that may move the effect.
    usual : (n,) what each does whatever was done to them.
    source_of : the raw column that each of the moderators comes from; each its own when empty.
    doubt : (n,) standard deviation of what is not known of `usual`; nothing when None.
    """

    columns: pd.DataFrame
    moderators: pd.DataFrame
    usual: F
    source_of: tuple[str, ...] = ()
    doubt: F | None = None

    def only(self, kept: B | NDArray[np.intp]) -> "Asked":
        """Return some of them, (n,) of bool, or by their places."""
        columns, moderators = (
            frame.iloc[kept].reset_index(drop=True) for frame in (self.columns, self.moderators)
        )
        doubt = None if self.doubt is None else self.doubt[kept]
        return Asked(columns, moderators, self.usual[kept], self.source_of, doubt)


@dataclass(frozen=True)
class Taught:
    """One treatment and control: what came of them, and what covariates alone expect of each customer.

    Parameters
    ----------
    asked : who they are.
    y, is_treated, propensity : (n,) each.
    models : of each fold, the models of the outcome without and with treatment that have not seen it.
    without, having : (n,) expected outcomes by models that have not seen the customer.
    """

    asked: Asked
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


@dataclass(frozen=True)
class Effects:
    """The effect on each customer asked for, (n,), and the standard deviation of what is not known of it."""

    expected: Callable[[Asked], F]
    spread: Callable[[Asked], F] | None = None


def taught(asked: Asked, seen: tuple[F, B, F], kind: Kind, seed: int) -> Taught:
    """Return a treatment's customers with the outcomes expected of them, cross-fitted.

    Parameters
    ----------
    asked : who they are, indexed from 0.
    seen : outcome, is_treated and propensity, (n,) each.
    """
    y, is_treated, propensity = seen
    columns, fold = asked.columns, folds(is_treated, _FOLDS, seed)
    models, expected = [], np.empty((2, len(y)))
    for held in range(_FOLDS):
        pair = []
        for place, group in enumerate((~is_treated, is_treated)):
            rows = group & (fold != held)
            fitted = Nuisance.fit(columns[rows], y[rows], kind, seed + held)
            expected[place, fold == held] = fitted.predict(columns[fold == held])
            pair.append(fitted)
        models.append((pair[0], pair[1]))
    return Taught(asked, y, is_treated, propensity, tuple(models), expected[0], expected[1])


def dr_learner(known: Taught, seed: int = 0) -> Effects:
    """Learn from doubly robust contributions (Kennedy 2023, Electron. J. Stat. 17, algorithm 1).

    The final stage is `fit_mixture`, which also says how sure it is.
    """
    asked = known.asked
    noise = learned_noise(asked.columns, asked.usual, known.effect, seed)
    stage = fit_mixture(Lesson(asked.moderators, asked.usual, known.effect, asked.source_of, noise), seed)
    return Effects(
        lambda asked: stage.predict(asked.moderators, asked.usual),
        lambda asked: stage.spread(asked.moderators, asked.usual, asked.doubt),
    )


def t_learner(known: Taught, seed: int = 0) -> Effects:  # noqa: ARG001 - all learners are asked alike
    """Take the difference of two models (Künzel et al. 2019, PNAS 116, eq. 4): the plain one to beat."""

    def effects(asked: Asked) -> F:
        without, having = known.expected(asked.columns)
        return having - without

    return Effects(effects)


def x_learner(known: Taught, seed: int = 0) -> Effects:
    """Learn what each group missed or gained, and weigh both by propensity (Künzel et al. 2019, eq. 9)."""
    lot, share = known.is_treated, float(known.propensity.mean())
    columns = known.asked.columns
    gained = Nuisance.fit(columns[lot], (known.y - known.without)[lot], "money", seed)
    missed = Nuisance.fit(columns[~lot], (known.having - known.y)[~lot], "money", seed)
    return Effects(
        lambda asked: share * missed.predict(asked.columns) + (1 - share) * gained.predict(asked.columns)
    )


LEARNERS: Mapping[Learner, Callable[[Taught, int], Effects]] = {
    "dr": dr_learner,
    "t": t_learner,
    "x": x_learner,
}
