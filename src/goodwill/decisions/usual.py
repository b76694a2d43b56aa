"""What customers do anyway, by models that have not seen them: the yardstick of effects that are a share."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from goodwill.decisions.campaign import F
from goodwill.decisions.folds import folds
from goodwill.decisions.nuisance import Nuisance, Target
from goodwill.modeling.boosting import Booster, Plan

_FOLDS = 4
_TREES = {"trees": 100, "max_depth": 2, "eta": 0.05, "min_child_weight": 50.0, "reg_lambda": 20.0}
_SPECK = 1e-9


@dataclass(frozen=True)
class Anchored:
    """Trees on the log of what a customer's history expects, brought to the level of the outcome."""

    level: float
    trees: Booster

    @classmethod
    def fit(cls, columns: pd.DataFrame, y: F, anchor: F, seed: int) -> "Anchored":
        """Fit to standardised columns (n, k), an outcome (n,) and what history expects of it (n,)."""
        seen = np.maximum(y, 0.0)
        level = max(float(seen.mean()), _SPECK) / max(float(np.nanmean(anchor)), _SPECK)
        plan = Plan("reg:tweedie", _TREES, {}, seed=seed)
        return cls(level, plan.fit(columns, seen, start=_log(level * anchor)))

    def predict(self, columns: pd.DataFrame, anchor: F) -> F:
        """Return outcomes to expect, (n,)."""
        return np.exp(self.trees.margin(columns, _log(self.level * anchor)))


@dataclass(frozen=True)
class Usual:
    """What customers do whatever was done to them.

    Parameters
    ----------
    models : of each fold, the model that has not seen it.
    known : (n,) outcomes expected of those it was fitted to, by models that have not seen them.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> columns, anchor = pd.DataFrame({"age": rng.normal(size=2_000)}), rng.gamma(1.0, size=2_000)
    >>> y = rng.poisson(2 * anchor).astype(float)
    >>> usual = fit_usual(columns, y, "money", anchor)
    >>> usual.expected(pd.DataFrame({"age": [0.0, 0.0]}), np.array([0.5, 2.0])).round(0)
    array([1., 4.])
    """

    models: tuple[Nuisance | Anchored, ...]
    known: F

    def expected(self, columns: pd.DataFrame, anchor: F | None) -> F:
        """Return the outcome to expect of other customers, (n,)."""
        return np.mean([_says(model, columns, anchor) for model in self.models], axis=0)


def fit_usual(columns: pd.DataFrame, y: F, kind: Target, anchor: F | None = None, seed: int = 0) -> Usual:
    """Fit to all customers of a campaign, treated or not: effects are small beside what they do anyway.

    Parameters
    ----------
    columns : (n, k) standardised covariates, indexed from 0.
    y : (n,) outcome.
    anchor : (n,) what each customer's history expects of an outcome in money or counts, such as a
        buy-till-you-die model does: a far better start than a straight line. None where there is none.
    """
    fold, known, models = folds(np.zeros(len(y)), _FOLDS, seed), np.empty(len(y)), []
    for held in range(_FOLDS):
        seen, judged = fold != held, fold == held
        model: Nuisance | Anchored
        if anchor is None or kind == "binary":
            model = Nuisance.fit(columns[seen], y[seen], kind, seed + held)
        else:
            model = Anchored.fit(columns[seen], y[seen], anchor[seen], seed + held)
        known[judged] = _says(model, columns[judged], None if anchor is None else anchor[judged])
        models.append(model)
    return Usual(tuple(models), known)


def _says(model: Nuisance | Anchored, columns: pd.DataFrame, anchor: F | None) -> F:
    if isinstance(model, Nuisance):
        return model.predict(columns)
    return model.predict(columns, np.zeros(len(columns)) if anchor is None else anchor)


def _log(expected: F) -> F:
    return np.log(np.maximum(np.nan_to_num(expected, nan=0.0), _SPECK))
