"""What customers do anyway, by models that have not seen them: the yardstick of effects that are a share."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from goodwill.decisions.campaign import F
from goodwill.decisions.folds import folds
from goodwill.decisions.nuisance import TREES, Nuisance, Target
from goodwill.modeling.boosting import Booster, Plan

_FOLDS = 4
_TREES = {"trees": TREES, "max_depth": 2, "eta": 0.05, "min_child_weight": 50.0, "reg_lambda": 20.0}
_SPECK = 1e-9
_SIZES = 10


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

    def plain(self, anchor: F) -> F:
        """Return what history alone expects, (n,)."""
        return np.exp(_log(self.level * anchor))


@dataclass(frozen=True)
class Doubt:
    """How far an expectation may lie from what a customer's history really leaves to be expected.

    The error m - u of an expectation u about the true one m cannot be seen in outcomes: their own noise is
    far larger, and of unknown size. What can be seen is how far apart two expectations lie that were found
    in different ways; where both have a standard error s and the correlation of errors is r, the mean square
    of that is 2 (1 - r) s^2. Here history is known to both, and r is taken to be 1/2: their distance is the
    error of either. In simulated worlds, where m is known, the error was mostly .8 to 1.5 times that.

    Parameters
    ----------
    size : (k,) increasing sizes of expectations.
    error : (k,) standard deviation of m - u at these.

    Examples
    --------
    >>> Doubt(np.array([1.0, 3.0]), np.array([0.5, 0.9])).of(np.array([0.0, 2.0, 6.0])).round(2)
    array([0.5, 0.7, 1.8])
    """

    size: F
    error: F

    @classmethod
    def between(cls, one: F, other: F) -> "Doubt":
        """Tell it by two expectations, (n,) each, of the same customers."""
        order = np.argsort(np.abs(one))
        parts = [part for part in np.array_split(order, _SIZES) if len(part)]
        size, error = (
            np.array([np.sqrt(np.mean(values[part] ** 2)) for part in parts]) for values in (one, one - other)
        )
        return cls(size, error)

    def of(self, usual: F) -> F:
        """Return the standard deviation of what is not known of expectations, (n,)."""
        size = np.abs(usual)
        beyond = np.maximum(size / max(float(self.size[-1]), _SPECK), 1.0)
        return np.interp(size, self.size, self.error) * beyond


@dataclass(frozen=True)
class Usual:
    """What customers do whatever was done to them.

    Parameters
    ----------
    models : of each fold, the model that has not seen it.
    known : (n,) outcomes expected of those it was fitted to, by models that have not seen them.
    doubt : how far the expectations may be off.

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
    doubt: Doubt

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
    fold, models = folds(np.zeros(len(y)), _FOLDS, seed), []
    known, plain = np.empty(len(y)), np.empty(len(y))
    for held in range(_FOLDS):
        seen, judged = fold != held, fold == held
        model: Nuisance | Anchored
        if anchor is None or kind == "binary":
            model = Nuisance.fit(columns[seen], y[seen], kind, seed + held)
        else:
            model = Anchored.fit(columns[seen], y[seen], anchor[seen], seed + held)
        start = None if anchor is None else anchor[judged]
        known[judged], plain[judged] = (
            says(model, columns[judged], start) for says in (_says, _says_plainly)
        )
        models.append(model)
    return Usual(tuple(models), known, Doubt.between(known, plain))


def _says(model: Nuisance | Anchored, columns: pd.DataFrame, anchor: F | None) -> F:
    if isinstance(model, Nuisance):
        return model.predict(columns)
    return model.predict(columns, np.zeros(len(columns)) if anchor is None else anchor)


def _says_plainly(model: Nuisance | Anchored, columns: pd.DataFrame, anchor: F | None) -> F:
    if isinstance(model, Nuisance):
        return model.plain(columns)
    return model.plain(np.zeros(len(columns)) if anchor is None else anchor)


def _log(expected: F) -> F:
    return np.log(np.maximum(np.nan_to_num(expected, nan=0.0), _SPECK))
