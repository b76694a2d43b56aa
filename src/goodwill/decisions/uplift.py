"""Who reacts: the effect of each treatment on each customer."""

from collections.abc import Sequence
from typing import Self, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from goodwill.arguments import ensure_choice, ensure_names, ensure_whole
from goodwill.decisions.campaign import B, F, Kind
from goodwill.decisions.covariates import Covariates
from goodwill.decisions.folds import folds
from goodwill.decisions.nuisance import cross_fitted
from goodwill.decisions.uplift_learners import LEARNERS, Asked, Effects, Learner, Taught, taught
from goodwill.decisions.usual import fit_usual
from goodwill.errors import UsageError
from goodwill.evaluation.samples import as_numbers, ensure_level
from goodwill.features.columns import ensure_frame, ensure_read, numbers
from goodwill.modeling.given_values import check_lengths
from goodwill.modeling.row_order import steady_order

_FOLDS = 5
_RAREST = 0.02


class UpliftModel(BaseEstimator):
    """The effect of each treatment on each customer, by a DR-, T- or X-learner.

    Parameters
    ----------
    learner : "dr" (the default, and the best where effects are small), "t" or "x".
    kind : of the outcome, "binary" or "money".
    anchor : the column with what a customer's history expects of an outcome in money or counts, as a
        buy-till-you-die model does; an effect is often a share of what a customer does anyway.
    moderators : columns that may move the effect, a few that one has a reason for; all columns when None. All
        columns serve to expect what a customer does anyway.
    control : the treatment that means nothing was done; a missing one means it too.
    is_randomised : whether lot decided; else propensities are learned from the columns.
    seed : of folds and trees.

    Attributes
    ----------
    arms_ : the treatments beside the control. covariates_, moderators_ : how columns are read as numbers.
    usual_ : what is expected of customers without treatment. effects_, taught_ : what was learned of each.
    learned_from_ : the customers of the fit, as `effects` takes them.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame({"age": rng.normal(size=4_000), "orders": rng.normal(size=4_000)})
    >>> treatment = rng.choice(["letter", "control"], 4_000)
    >>> y = X["orders"] + X["age"] * (treatment == "letter") + rng.normal(size=4_000)
    >>> model = UpliftModel(moderators=["age"]).fit(X, y, treatment)
    >>> model.predict(pd.DataFrame({"age": [-1.0, 1.0], "orders": 0.0})).round(0).to_dict("list")
    {'letter': [-1.0, 1.0]}
    >>> model.predict_interval(pd.DataFrame({"age": [-1.0, 1.0], "orders": 0.0})).round(0).to_dict("list")
    {'letter_low': [-1.0, 1.0], 'letter_high': [-1.0, 1.0]}
    """

    def __init__(  # noqa: PLR0913 - what scikit-learn searches over stands here
        self,
        *,
        learner: Learner = "dr",
        kind: Kind = "money",
        anchor: str | None = None,
        moderators: Sequence[str] | None = None,
        control: str = "control",
        is_randomised: bool = True,
        seed: int = 0,
    ) -> None:
        self.learner = learner
        self.kind = kind
        self.anchor = anchor
        self.moderators = moderators
        self.control = control
        self.is_randomised = is_randomised
        self.seed = seed

    def fit(self, X: pd.DataFrame, y: ArrayLike, treatment: ArrayLike) -> Self:
        """Learn from customers, (n, k), their outcomes, (n,), and what each got, (n,) of text, in any order.

        Raises
        ------
        UsageError
            If there is no control group, a moderator or the anchor is no column, an outcome is missing,
            lengths differ, or there is no such learner or kind.
        """
        self._check(X, y, treatment)
        groups = pd.Series(np.asarray(treatment, dtype=object)).where(lambda t: t.notna(), self.control)
        outcome = as_numbers("y", y)
        order = steady_order(X, pd.Series(outcome), groups)
        X, outcome, groups = X.iloc[order], outcome[order], groups.iloc[order]
        self.covariates_ = Covariates.fit(X)
        self.moderators_ = Covariates.fit(X[self._chosen(X)])
        self.arms_ = tuple(sorted(set(groups) - {self.control}))
        if not self.arms_ or len(self.arms_) == groups.nunique():
            named = ", ".join(map(repr, sorted(set(groups), key=str)))
            raise UsageError(
                f"treatment: found {named[:200]}; an effect needs the control group {self.control!r} and at "
                "least one treatment."
            )
        columns = self.covariates_.transform(X)
        self.usual_ = fit_usual(columns, outcome, self.kind, self._anchor(X), self.seed)
        asked = self._asked(X, columns, self.usual_.known)
        self.learned_from_ = asked.only(np.argsort(order))
        self.taught_: dict[str, Taught] = {}
        self.effects_: dict[str, Effects] = {}
        for arm in self.arms_:
            rows = groups.isin([arm, self.control]).to_numpy()
            is_treated = (groups[rows] == arm).to_numpy()
            seen = outcome[rows], is_treated, self._propensity(X[rows], is_treated)
            self.taught_[arm] = taught(asked.only(rows), seen, self.kind, self.seed)
            self.effects_[arm] = LEARNERS[self.learner](self.taught_[arm], self.seed)
        return self

    def predict(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return the effect of each treatment on each customer, (n, n_arms), a column per treatment."""
        return self.effects(self.asked(X)).set_axis(X.index)

    def predict_interval(self, X: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
        """Return limits of each effect, (n, 2 n_arms): columns `<treatment>_low` and `<treatment>_high`.

        They hold the expected effect on customers of these columns in a `level` of campaigns; the single
        customer varies more. Only the DR-learner knows how sure it is.
        """
        return self.limits(self.asked(X), level).set_axis(X.index)

    def asked(self, X: pd.DataFrame) -> Asked:
        """Return customers as the learners read them.

        Raises
        ------
        UsageError
            If X lacks a column that was learned from; one that never varied, or said what another one says,
            may be left out.
        """
        columns = self._columns(X)
        return self._asked(X, columns, self.usual_.expected(columns, self._anchor(X)))

    def effects(self, asked: Asked) -> pd.DataFrame:
        """Return `predict` of customers as the learners read them, such as `learned_from_`."""
        return pd.DataFrame({arm: effects.expected(asked) for arm, effects in self.effects_.items()})

    def limits(self, asked: Asked, level: float) -> pd.DataFrame:
        """Return `predict_interval` of customers as the learners read them.

        Raises
        ------
        UsageError
            If the learner is not "dr", or the level none.
        """
        found: dict[str, F] = {}
        ensure_level(level)
        reach = float(norm.ppf((1 + level) / 2))
        for arm, effects in self.effects_.items():
            if effects.spread is None:
                raise UsageError(f"learner is {self.learner!r}; only 'dr' knows intervals of its effects.")
            centre, far = effects.expected(asked), reach * effects.spread(asked)
            found |= {f"{arm}_low": centre - far, f"{arm}_high": centre + far}
        return pd.DataFrame(found)

    def predict_untreated(self, X: pd.DataFrame) -> F:
        """Return the outcome to expect of each customer without treatment, (n,)."""
        columns = self._columns(X)
        return np.mean([known.expected(columns)[0] for known in self.taught_.values()], axis=0)

    def _columns(self, X: pd.DataFrame) -> pd.DataFrame:
        check_is_fitted(self, "usual_")
        ensure_read(X, dict.fromkeys((*self.covariates_.source_of, *self.moderators_.source_of)))
        return self.covariates_.transform(X)

    def _check(self, X: pd.DataFrame, y: ArrayLike, treatment: ArrayLike) -> None:
        ensure_frame("X", X, [])
        check_lengths(X=X, y=y, treatment=treatment)
        n_bad = int((~np.isfinite(as_numbers("y", y))).sum())
        if n_bad:
            raise UsageError(f"y: {n_bad} of {len(X)} outcomes are missing or infinite. Leave such rows out.")
        ensure_choice("learner", self.learner, LEARNERS)
        ensure_choice("kind", self.kind, get_args(Kind))
        ensure_whole(0, seed=self.seed)
        n_other = int((~np.isin(as_numbers("y", y), (0, 1))).sum())
        if self.kind == "binary" and n_other:
            raise UsageError(
                f"y: {n_other} of {len(X)} outcomes are neither 0 nor 1, which a binary one is. Set "
                'kind="money", or say 1 and 0.'
            )

    def _chosen(self, X: pd.DataFrame) -> list[str]:
        ensure_names(moderators=self.moderators)
        chosen = list(X.columns) if self.moderators is None else list(self.moderators)
        _ensure_columns("moderators", chosen, X)
        return chosen

    def _anchor(self, X: pd.DataFrame) -> F | None:
        if self.anchor is None:
            return None
        _ensure_columns("anchor", [self.anchor], X)
        return numbers(X, self.anchor)

    def _asked(self, X: pd.DataFrame, columns: pd.DataFrame, usual: F) -> Asked:
        doubt = self.usual_.doubt.of(usual)
        return Asked(columns, self.moderators_.transform(X), usual, self.moderators_.source_of, doubt)

    def _propensity(self, X: pd.DataFrame, is_treated: B) -> F:
        if self.is_randomised:
            return np.full(len(is_treated), is_treated.mean())
        return chances(X, is_treated, self.seed)


def _ensure_columns(setting: str, names: Sequence[str], X: pd.DataFrame) -> None:
    missing = [name for name in names if name not in X]
    if missing:
        there = ", ".join(map(str, X))[:400]
        raise UsageError(f"{setting}: {missing[0]!r} is no column. There are: {there}.")


def chances(X: pd.DataFrame, is_treated: B, seed: int) -> F:
    """Return each customer's chance to be treated by models fitted to others, kept off 0 and 1, (n,).

    Examples
    --------
    >>> chances(pd.DataFrame({"age": np.arange(400.0)}), np.arange(400) % 2 == 0, seed=0).mean().round(1)
    np.float64(0.5)
    """
    fold, everybody = folds(is_treated, _FOLDS, seed + 1), np.ones(len(is_treated), dtype=bool)
    columns = Covariates.fit(X).transform(X)
    found = cross_fitted(columns, is_treated.astype(float), "binary", fold, everybody, seed)
    return np.clip(found, _RAREST, 1 - _RAREST)
