"""What covariates alone say of treatment and outcome, for customers the model has not seen."""

from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.linear_model import LogisticRegression, Ridge

from goodwill.decisions.campaign import B, F
from goodwill.modeling.boosting import Booster, Plan

Target = Literal["binary", "money"]
# Shallow and few: what a linear model leaves over is little, and noise is much.
TREES = 60
_SHAPE = {"max_depth": 3, "eta": 0.05}
_PENALTY = 1.0


@dataclass(frozen=True)
class Nuisance:
    """A linear model with boosted trees on top of it: a probability, or an expected amount.

    Examples
    --------
    >>> columns = pd.DataFrame({"x": np.linspace(-1, 1, 200)})
    >>> fitted = Nuisance.fit(columns, 3 * columns["x"].to_numpy(), "money", seed=0)
    >>> fitted.predict(pd.DataFrame({"x": [-0.5, 0.5]})).round(1).tolist()
    [-1.5, 1.5]
    """

    target: Target
    intercept: float
    slopes: F
    trees: Booster

    @classmethod
    def fit(cls, columns: pd.DataFrame, y: F, target: Target, seed: int) -> Self:
        """Fit to standardised columns (n, k) and an outcome (n,)."""
        x = columns.to_numpy(dtype=np.float64)
        if target == "binary" and np.ptp(y) > 0:
            linear = LogisticRegression(C=1 / _PENALTY, max_iter=500).fit(x, y)
            intercept, slopes = float(linear.intercept_[0]), linear.coef_[0]
        elif target == "binary":
            far = float(np.log(len(y) + 1.0))
            intercept, slopes = (far if y[0] else -far), np.zeros(x.shape[1])
        else:
            ridge = Ridge(alpha=_PENALTY).fit(x, y)
            intercept, slopes = float(ridge.intercept_), ridge.coef_
        objective: Literal["binary:logistic", "reg:squarederror"] = (
            "binary:logistic" if target == "binary" else "reg:squarederror"
        )
        plan = Plan(objective, {"trees": TREES, **_SHAPE}, {}, seed=seed)
        return cls(target, intercept, slopes, plan.fit(columns, y, start=intercept + x @ slopes))

    def predict(self, columns: pd.DataFrame) -> F:
        """Return probabilities or amounts, (n,)."""
        margin = self.trees.margin(columns, self._line(columns))
        return expit(margin) if self.target == "binary" else margin

    def plain(self, columns: pd.DataFrame) -> F:
        """Return what the linear model alone says, (n,)."""
        line = self._line(columns)
        return expit(line) if self.target == "binary" else line

    def _line(self, columns: pd.DataFrame) -> F:
        return np.asarray(self.intercept + columns.to_numpy(dtype=np.float64) @ self.slopes)


def cross_fitted(
    columns: pd.DataFrame, y: F, target: Target, fold: NDArray[np.intp], taught_by: B, seed: int
) -> F:
    """Return predictions for everybody, (n,), by models that have not seen the customer's fold.

    Parameters
    ----------
    columns : (n, k) standardised covariates.
    fold : (n,) of int.
    taught_by : (n,) of bool; whom models learn from, such as the treated.

    Examples
    --------
    >>> columns = pd.DataFrame({"x": np.linspace(-1, 1, 300)})
    >>> everybody, fold = np.ones(300, dtype=bool), np.arange(300) % 3
    >>> says = cross_fitted(columns, 3 * columns["x"].to_numpy(), "money", fold, everybody, seed=0)
    >>> bool(np.abs(says - 3 * columns["x"]).max() < 0.2)
    True
    """
    if not len(columns.columns):
        return np.full(len(y), y[taught_by].mean())
    says = np.empty(len(y))
    for held in np.unique(fold):
        seen, judged = (fold != held) & taught_by, fold == held
        fitted = Nuisance.fit(columns[seen], y[seen], target, seed + int(held))
        says[judged] = fitted.predict(columns[judged])
    return says
