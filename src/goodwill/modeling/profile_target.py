"""One label of a ready-made table: boosted trees blended with a linear model, weighed on rows neither saw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from goodwill.evaluation.bootstrap import log_loss_per_customer, tweedie_deviance_per_customer
from goodwill.modeling.boosting import Booster, Objective, Plan
from goodwill.modeling.penalised import logistic, squared
from goodwill.modeling.profile_folds import MANY_ROWS, Fold, inner_folds
from goodwill.modeling.profile_linear import KNOTS, Linear, rescaled

F = NDArray[np.float64]
Stored = dict[str, Any]  # JSON as it comes
Kind = Literal["churn", "money", "signed"]
Build = Literal["model", "plain", "constant"]
OBJECTIVES: Mapping[Kind, Objective] = {
    "churn": "binary:logistic",
    "money": "reg:tweedie",
    "signed": "reg:squarederror",
}
# Trees this small gain nothing from a second thread, and lose much where cores are busy.
FEW_ROWS = {"max_depth": 4, "eta": 0.05, "trees": 600, "nthread": 1}
ABUNDANT_ROWS = {"max_depth": 6, "eta": 0.1, "trees": 1_000}
PENALTIES = (300.0, 30.0, 3.0)
PATIENCE = 30
_PLAIN_PENALTY = 1.0
WEIGHTS = np.linspace(0, 1, 11)
_SLOPE_PRIOR = 25.0
_FULL_LEAF_ROWS = 5_000


@dataclass(frozen=True)
class Recipe:
    """What to fit to a label.

    Parameters
    ----------
    kind : "churn", "money" (never below zero) or "signed" (money that may be).
    build : "model" blends trees and ramps; "plain" is logistic or linear regression; "constant" the mean.
        All keep to `signs`, as any of them may serve.
    parameters : XGBoost parameters over the defaults; `trees` is the most there may be.
    signs : 1 where the answer may only grow with a column, -1 where it may only fall.
    """

    kind: Kind
    build: Build = "model"
    parameters: Mapping[str, float] = field(default_factory=dict)
    signs: Mapping[str, int] = field(default_factory=dict)
    seed: int = 0

    def plan(self, n_rows: int, n_trees: int | None = None) -> Plan:
        """Return how to boost on so many rows."""
        defaults = ABUNDANT_ROWS if n_rows > MANY_ROWS else FEW_ROWS
        leaf = {"min_child_weight": max(1.0, 20 * min(1.0, n_rows / _FULL_LEAF_ROWS))}
        fixed = {} if n_trees is None else {"trees": n_trees}
        return Plan(
            OBJECTIVES[self.kind], {**defaults, **leaf, **self.parameters, **fixed}, self.signs, self.seed
        )

    def linears(self, design: pd.DataFrame, y: F) -> list[Linear]:
        """Return the linear models to choose from."""
        loss = logistic if self.kind == "churn" else squared
        if self.build == "constant":
            return Linear.path(design[[]], y, loss, (_PLAIN_PENALTY,))
        if self.build == "plain":
            return Linear.path(design, y, loss, (_PLAIN_PENALTY,), signs=self.signs, n_knots=2)
        return Linear.path(design, y, loss, PENALTIES, signs=self.signs, n_knots=KNOTS)

    def losses(self, y: F, said: F) -> F:
        """Return the loss of each row: log-loss, Tweedie deviance, or squared error."""
        if self.kind == "churn":
            return log_loss_per_customer(y, said)
        return tweedie_deviance_per_customer(y, said) if self.kind == "money" else (y - said) ** 2


@dataclass(frozen=True)
class Held:
    """What models said of rows they had not seen.

    Parameters
    ----------
    label : (n_held,) what came true; of all rows, or of a fifth where rows abound.
    said : (n_held,) answers of the blend.
    rows : (n_held,) their row numbers.
    """

    label: F
    said: F
    rows: NDArray[np.intp]


@dataclass(frozen=True)
class Blend:
    """A fitted label: `weight` of trees, the rest linear, then a line through what held rows showed.

    Parameters
    ----------
    level : intercept and slope put on the blend.
    unit : what is taken from money and what it is divided by before anything is fitted.
    """

    kind: Kind
    trees: Booster | None
    linear: Linear
    weight: float
    level: tuple[float, float]
    unit: tuple[float, float]

    @classmethod
    def fit(cls, design: pd.DataFrame, label: F, recipe: Recipe) -> tuple[Self, Held]:
        """Fit to `label` (n,), True as 1; also return what held rows were given."""
        design = design.astype(np.float32)
        unit = unit_of(label, recipe.kind)
        y = (label - unit[0]) / unit[1]
        has_trees = recipe.build == "model"
        tried = _tried(design, y, recipe)
        choice = _chosen(tried, y[tried.rows], recipe, WEIGHTS if has_trees else np.zeros(1))
        linear = recipe.linears(design, y)[choice.index]
        trees = recipe.plan(len(y), tried.n_trees).fit(design, y) if has_trees and choice.weight > 0 else None
        level = _level(choice.margin, y[tried.rows], recipe) if has_trees else (0.0, 1.0)
        blend = cls(recipe.kind, trees, linear, choice.weight, level, unit)
        return blend, Held(label[tried.rows], blend._answer(choice.margin), tried.rows)

    def predict(self, design: pd.DataFrame) -> F:
        """Return probabilities, or money (n,)."""
        design = design.astype(np.float32)
        trees = None if self.trees is None else self.trees.margin(design)
        return self._answer(joined(self.kind, trees, self.linear.margin(design), self.weight))

    def to_parts(self) -> tuple[Stored, bytes | None]:
        """Return the label's model as plain JSON values and, where there are any, trees."""
        trees = self.trees
        described: Stored = {
            "kind": self.kind,
            "linear": self.linear.to_dict(),
            "weight": self.weight,
            "level": list(self.level),
            "unit": list(self.unit),
            "trees": None if trees is None else {"columns": list(trees.columns), "constant": trees.constant},
        }
        return described, None if trees is None else trees.to_bytes()

    @classmethod
    def from_parts(cls, stored: Stored, content: bytes | None) -> Self:
        """Return a stored model."""
        known = stored["trees"]
        trees = None
        if known is not None and content is not None:
            trees = Booster.from_bytes(content, tuple(known["columns"]), known["constant"])
        linear = Linear.from_dict(stored["linear"])
        level, unit = tuple(stored["level"]), tuple(stored["unit"])
        return cls(stored["kind"], trees, linear, stored["weight"], level, unit)

    def _answer(self, margin: F) -> F:
        levelled = self.level[0] + self.level[1] * margin
        return expit(levelled) if self.kind == "churn" else self.unit[0] + self.unit[1] * levelled


@dataclass(frozen=True)
class _Tried:
    rows: NDArray[np.intp]
    trees: F | None
    linears: Sequence[F]
    n_trees: int


@dataclass(frozen=True)
class _Choice:
    index: int
    weight: float
    margin: F


def _tried(design: pd.DataFrame, y: F, recipe: Recipe) -> _Tried:
    """Fit on each fold's rows and ask about the others."""
    plan, folds = recipe.plan(len(y)), inner_folds(y, recipe.seed)
    rows = np.concatenate([held for _, held in folds])
    linears = [linear_margins(design, y, recipe, fold) for fold in folds]
    straight = [np.concatenate(margins) for margins in zip(*linears, strict=True)]
    if recipe.build != "model":
        return _Tried(rows, None, straight, 0)
    boosters = [
        plan.fit_until_worse((design.iloc[seen], y[seen]), (design.iloc[held], y[held]), PATIENCE)
        for seen, held in folds
    ]
    n_trees = round(float(np.mean([booster.n_best for booster in boosters])))
    trees = [
        booster.first(n_trees).margin(design.iloc[held])
        for booster, (_, held) in zip(boosters, folds, strict=True)
    ]
    return _Tried(rows, np.concatenate(trees), straight, n_trees)


def linear_margins(design: pd.DataFrame, y: F, recipe: Recipe, fold: Fold) -> list[F]:
    """Return what each linear model, fitted on a fold's rows, says of the others."""
    models = recipe.linears(design.iloc[fold[0]], y[fold[0]])
    return [model.margin(design.iloc[fold[1]]) for model in models]


def _chosen(tried: _Tried, y: F, recipe: Recipe, weights: F) -> _Choice:
    """Return the penalty and the weight of trees that lose least on held rows.

    Choices that chance may have put behind the best (by at most a standard error of the difference) count as
    good as it; of these the most even blend is taken, as an average of two equals errs less than either.
    """
    choices = [
        _Choice(index, float(weight), joined(recipe.kind, tried.trees, linear, float(weight)))
        for weight in weights
        for index, linear in enumerate(tried.linears)
    ]
    losses = np.array(
        [
            recipe.losses(y, expit(choice.margin) if recipe.kind == "churn" else choice.margin)
            for choice in choices
        ]
    )
    worse = losses - losses[losses.mean(axis=1).argmin()]
    is_as_good = worse.mean(axis=1) <= worse.std(axis=1) / np.sqrt(len(y))
    unevenness = np.array([round(abs(choice.weight - 1 / 2), 6) for choice in choices])
    order = np.lexsort([losses.mean(axis=1), unevenness, ~is_as_good])
    return choices[int(order[0])]


def joined(kind: Kind, trees: F | None, linear: F, weight: float) -> F:
    """Average logits, or money; a line may fall below zero where money cannot."""
    straight = np.maximum(linear, 0.0) if kind == "money" else linear
    if trees is None:
        return straight
    return weight * (np.exp(trees) if kind == "money" else trees) + (1 - weight) * straight


def _level(margin: F, y: F, recipe: Recipe) -> tuple[float, float]:
    """Return the line that makes probabilities true, or the factor that makes the total of money fit."""
    if recipe.kind == "churn":
        return rescaled(margin, y, _SLOPE_PRIOR)
    total = float(margin.sum())
    return (0.0, float(y.sum()) / total if recipe.kind == "money" and total > 0 else 1.0)


def unit_of(label: F, kind: Kind) -> tuple[float, float]:
    """Fit money in units of its mean or its spread, so that a currency changes nothing."""
    if kind == "churn":
        return 0.0, 1.0
    return (0.0, float(label.mean())) if kind == "money" else (float(label.mean()), float(label.std()))
