"""One label of a ready-made table: boosted trees blended with a linear model, weighed on rows neither saw."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from goodwill.modeling.boosting import Booster
from goodwill.modeling.calibration import Calibration, CalibrationChoice
from goodwill.modeling.profiles.folds import Fold, inner_folds
from goodwill.modeling.profiles.linear import Linear, rescaled
from goodwill.modeling.profiles.recipe import Kind, Recipe

F = NDArray[np.float64]
Stored = dict[str, Any]  # JSON as it comes
PATIENCE = 30
WEIGHTS = np.linspace(0, 1, 11)
_SLOPE_PRIOR = 25.0


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
    calibration : of probabilities, where one does better than that line.
    """

    kind: Kind
    trees: Booster | None
    linear: Linear
    weight: float
    level: tuple[float, float]
    unit: tuple[float, float]
    calibration: Calibration = field(default_factory=Calibration)

    @classmethod
    def fit(cls, design: pd.DataFrame, label: F, recipe: Recipe) -> tuple[Self, Held]:
        """Fit to `label` (n,), True as 1; also return what held rows were given."""
        design = design.astype(np.float32)
        unit = unit_of(label, recipe.kind)
        y = lesson_of(label, recipe.kind)
        has_trees = recipe.build == "model"
        tried = _tried(design, y, recipe)
        choice = _chosen(tried, y[tried.rows], recipe, WEIGHTS if has_trees else np.zeros(1))
        linear = recipe.linears(design, y)[choice.index]
        trees = recipe.plan(len(y), tried.n_trees).fit(design, y) if has_trees and choice.weight > 0 else None
        level = _level(choice.margin, y[tried.rows], recipe) if has_trees else (0.0, 1.0)
        calibration = _calibration(level[0] + level[1] * choice.margin, y[tried.rows], recipe)
        blend = cls(recipe.kind, trees, linear, choice.weight, level, unit, calibration)
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
            "calibration": self.calibration.to_dict(),
            "trees": None if trees is None else trees.to_dict(),
        }
        return described, None if trees is None else trees.to_bytes()

    @classmethod
    def from_parts(cls, stored: Stored, content: bytes | None) -> Self:
        """Return a stored model."""
        known = stored["trees"]
        trees = None
        if known is not None and content is not None:
            trees = Booster.from_parts(known, content)
        linear = Linear.from_dict(stored["linear"])
        level, unit = tuple(stored["level"]), tuple(stored["unit"])
        told = stored.get("calibration")
        calibration = Calibration() if told is None else Calibration.from_dict(told)
        return cls(stored["kind"], trees, linear, stored["weight"], level, unit, calibration)

    def _answer(self, margin: F) -> F:
        levelled = self.level[0] + self.level[1] * margin
        return (
            self.calibration(expit(levelled))
            if self.kind == "churn"
            else self.unit[0] + self.unit[1] * levelled
        )


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


def _calibration(logit: F, y: F, recipe: Recipe) -> Calibration:
    """Return what beats the line on held rows; plain models stay as they are."""
    if recipe.kind != "churn" or recipe.build != "model":
        return Calibration()
    return CalibrationChoice.by_halves(expit(logit), y, recipe.seed).calibration


def lesson_of(label: F, kind: Kind) -> F:
    """Return a label (n,) in its unit; money lost counts as none, where it is little beside what comes in."""
    shift, scale = unit_of(label, kind)
    y = (label - shift) / scale
    return np.maximum(y, 0.0) if kind == "money" else y


def unit_of(label: F, kind: Kind) -> tuple[float, float]:
    """Fit money in units of its mean or its spread, so that a currency changes nothing."""
    if kind == "churn":
        return 0.0, 1.0
    return (0.0, float(label.mean())) if kind == "money" else (float(label.mean()), float(label.std()))
