"""Tuning for ready-made tables: parameters of the trees, sought on stratified folds of the rows."""

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution
from scipy.special import expit

from goodwill.modeling.boosting import DEFAULTS
from goodwill.modeling.out_of_sample import drawn_rows
from goodwill.modeling.profiles.folds import MANY_ROWS, Fold, inner_folds
from goodwill.modeling.profiles.model import Lesson
from goodwill.modeling.profiles.recipe import Recipe
from goodwill.modeling.profiles.target import PATIENCE, WEIGHTS, joined, lesson_of, linear_margins
from goodwill.modeling.tuning.choice import Tuned, untuned
from goodwill.modeling.tuning.marks import Judged
from goodwill.modeling.tuning.search import STEP, Progress, Search, around, searched

F = NDArray[np.float64]


@dataclass(frozen=True)
class RowsFold:
    """A fold of the rows of a ready-made table, with what the default parameters lose on it.

    Parameters
    ----------
    design, y : (n, k) and (n,) all rows, in the units that models are fitted in.
    recipe : what to fit; its parameters are the defaults.
    linears : what the linear models, which no parameter moves, say of the held rows.
    """

    design: pd.DataFrame
    y: F
    fold: Fold
    recipe: Recipe
    linears: list[F]
    loss: float
    default: Judged

    @classmethod
    def measured(cls, design: pd.DataFrame, y: F, fold: Fold, recipe: Recipe) -> Self:
        """Return the fold judged under the defaults."""
        rows = fold[1].astype(object)
        linears = linear_margins(design, y, recipe, fold)
        empty = cls(design, y, fold, recipe, linears, 1.0, Judged(rows, np.ones(len(rows))))
        lost = empty.judge({}).relative
        loss = float(lost.mean()) or 1.0  # a fold may be predicted without any error
        return replace(empty, loss=loss, default=Judged(rows, lost / loss))

    def judge(self, parameters: Mapping[str, float]) -> Judged:
        """Return the losses of the best blend of trees with these parameters, relative to the defaults'."""
        seen, held = self.fold
        recipe = replace(self.recipe, parameters={**self.recipe.parameters, **parameters})
        parts = (self.design.iloc[seen], self.y[seen]), (self.design.iloc[held], self.y[held])
        trees = recipe.plan(len(self.y)).fit_until_worse(*parts, PATIENCE)
        margin = trees.first(trees.n_best).margin(self.design.iloc[held])
        blends = [
            joined(recipe.kind, margin, linear, float(weight))
            for linear in self.linears
            for weight in WEIGHTS
        ]
        said = [expit(blend) if recipe.kind == "churn" else blend for blend in blends]
        losses = [recipe.losses(self.y[held], each) for each in said]
        return Judged(self.default.customers, min(losses, key=lambda loss: float(loss.mean())) / self.loss)


def tune_label(
    lesson: Lesson,
    *,
    trials: int,
    timeout_seconds: float | None = None,
    storage: Path,
    progress: Progress,
) -> Tuned:
    """Return parameters of a label's trees that clearly beat the defaults on held rows, else the defaults.

    The loss is that of the blend with the linear model: log-loss, Tweedie(1.5) deviance, or squared error
    where values may be negative. Trial 0 is the defaults. A gain must exceed its paired standard error over
    rows, and 1 %; the search ends early where ten trials have found none. At most 20,000 rows are drawn.

    Parameters
    ----------
    lesson : rows, label and recipe, as `ProfileModel.lessons` returns them.
    trials, timeout_seconds, storage, progress : as in `tune`.

    Raises
    ------
    OutsideError
        If `storage` cannot be opened, read or written, or another process is tuning in it.

    Examples
    --------
    >>> from goodwill.modeling.profiles import ProfileModel
    >>> X = pd.DataFrame({"months": range(100)})
    >>> lesson = ProfileModel().lessons(X, pd.DataFrame({"churned": X["months"] < 30}))["churn"]
    >>> tune_label(lesson, trials=0, storage=Path("tuning.db"), progress=lambda *step: None).reason
    'No trials were asked for, so the defaults stand.'
    """
    if trials < 1:
        return untuned("No trials were asked for, so the defaults stand.")
    began = time.monotonic()
    progress(STEP, 0, trials)
    design, label, recipe = lesson
    # The defaults of all rows, whatever the number of those drawn.
    start = recipe.plan(len(label)).parameters
    rows = drawn_rows(len(label), MANY_ROWS, recipe.seed)
    design, label = design.iloc[rows].astype(np.float32), label[rows]
    y, recipe = lesson_of(label, recipe.kind), replace(recipe, parameters=start)
    marks = [RowsFold.measured(design, y, fold, recipe) for fold in inner_folds(y, recipe.seed)]
    deadline = began + (math.inf if timeout_seconds is None else timeout_seconds)
    known = {**DEFAULTS, **start}
    space = _space(known)
    search = Search(
        marks=marks,
        rows=_digest(design, y, recipe, marks),
        space=space,
        start={name: known[name] for name in space},
        trials=trials,
        seed=recipe.seed,
        deadline=deadline,
        seconds=time.monotonic() - began,
    )
    return searched(search, storage, progress)


def _space(start: Mapping[str, float]) -> dict[str, BaseDistribution]:
    """Return where parameters are sought: wider than for windows, as columns may be of any kind."""
    depth = int(start["max_depth"])
    return {
        "max_depth": IntDistribution(max(depth - 2, 1), depth + 4),
        "eta": around(start["eta"], 2.0),
        "min_child_weight": around(start["min_child_weight"], 10.0),
        "subsample": FloatDistribution(start["subsample"] / 1.4, min(start["subsample"] * 1.4, 1.0)),
        "colsample_bynode": around(start["colsample_bynode"], 2.5, most=1.0),
        "reg_lambda": around(start["reg_lambda"], 8.0),
    }


def _digest(design: pd.DataFrame, y: F, recipe: Recipe, marks: list[RowsFold]) -> str:
    """Return a digest of rows, recipe and what the defaults lose, which tells versions of the model apart."""
    told = [list(map(str, design)), recipe, [f"{mark.loss:.4g}" for mark in marks]]
    seen = sha256(repr(told).encode())
    seen.update(np.ascontiguousarray(design.to_numpy()).tobytes())
    seen.update(y.tobytes())
    return seen.hexdigest()
