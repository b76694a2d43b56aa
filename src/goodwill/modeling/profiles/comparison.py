"""Which model of a ready-made table serves each label: the learned one, or a plain one that is better."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.modeling.profiles.folds import Fold
from goodwill.modeling.profiles.judging import (
    BASELINES,
    Ask,
    HeldOut,
    OutOfTimeError,
    Retune,
    dealt_folds,
    held_out,
    judged,
    losses,
    row_losses,
)
from goodwill.modeling.profiles.model import ProfileModel

F = NDArray[np.float64]
LABELS = {"churned": "churn", "value": "clv"}
LEARNED = "model"


@dataclass(frozen=True)
class Gain:
    """What tuned parameters save of the defaults' loss, on customers that had no part in choosing them.

    Parameters
    ----------
    share : of the defaults' loss. noise : its standard error over customers.

    Examples
    --------
    >>> Gain(0.02, noise=0.01).is_sure, Gain(0.02, noise=0.03).is_sure
    (True, False)
    """

    share: float
    noise: float

    @property
    def is_sure(self) -> bool:
        """Whether the gain is beyond its standard error."""
        return self.share > self.noise


@dataclass(frozen=True)
class Judgement:
    """Cross-validated metrics, and what was said of each customer by models that had not seen it.

    Parameters
    ----------
    metrics : in the layout of `metrics.json`: `churn` and `clv` with `ci` and `baselines`, and `backtest`.
    served : the held-out predictions of what is to serve.
    baselines : those of each plain model, on the same folds.
    served_by : "churn" and "clv" to "model" or the plain model that predicted it better.
    folds : the folds, on which a champion's recipe can be judged too (`held_out`).
    gains : per label that was tuned anew in each fold, what that saves; it serves where that is sure. A label
        that there was no time to tune in every fold is not there, and the defaults serve.
    """

    metrics: dict[str, dict[str, object]]
    served: HeldOut
    baselines: Mapping[str, HeldOut]
    served_by: Mapping[str, str]
    folds: Sequence[Sequence[Fold]]
    gains: Mapping[str, Gain] = field(default_factory=dict)


def compared(
    X: pd.DataFrame,
    y: pd.DataFrame,
    model: ProfileModel,
    *,
    repeats: int | None = None,
    progress: Ask | None = None,
    retuned: Mapping[str, Retune] | None = None,
) -> Judgement:
    """Judge a model and the plain ones on the same folds, and choose what is to serve.

    Better is a lower log-loss for churn, and for value a lower `value_loss_per_customer`, as the gate counts.

    Parameters
    ----------
    X, y : as in `ProfileModel.fit`.
    model : its settings are the recipe, its seed deals the folds.
    repeats : how often customers are dealt into folds; by the number of customers when None.
    progress : told ("Cross-validating", folds done, folds in all).
    retuned : per label ("churn", "clv") that is tuned, what chooses its parameters anew from the rows that
        a fold is fitted on; customers are dealt once then, as that takes long.
    """
    folds = dealt_folds(y, repeats=1 if retuned else repeats, seed=model.seed)
    said, gains = held_out(X, y, model, folds, progress), dict[str, Gain]()
    for target, retune in (retuned or {}).items():
        own = y[[label for label, name in LABELS.items() if name == target]]
        try:
            tuned = held_out(X, own, model, folds, progress, retune)
        except OutOfTimeError:
            continue
        gains[target] = _gain(row_losses(own, tuned)[target], row_losses(own, said)[target])
        said = said.with_target(target, tuned) if gains[target].is_sure else said
    baselines = {
        name: held_out(X, y[[label]], model.unfitted({target: name}), folds)
        for label, target in LABELS.items()
        for name in (BASELINES[target] if label in y else ())
    }
    served_by = _served_by(y, said, baselines)
    for target, name in served_by.items():
        said = said if name == LEARNED else said.with_target(target, baselines[name])
    metrics = judged(y, said, level=model.level, seed=model.seed)
    for label, target in LABELS.items():
        if target in metrics:
            metrics[target]["baselines"] = _beside(y[[label]], target, baselines, model)
    metrics["backtest"] = {
        "as_of": None,
        "horizon_days": None,
        "n_customers": len(y),
        "n_labelled": {target: int(y[label].notna().sum()) for label, target in LABELS.items() if label in y},
        "repeats": len(folds),
    }
    return Judgement(metrics, said, baselines, served_by, folds, gains)


def _gain(tuned: F, default: F) -> Gain:
    saved = (default - tuned) / default.mean()
    return Gain(float(saved.mean()), float(saved.std() / np.sqrt(len(saved))))


def _served_by(y: pd.DataFrame, learned: HeldOut, baselines: Mapping[str, HeldOut]) -> dict[str, str]:
    served = {}
    for label, target in LABELS.items():
        if label in y:
            rivals = {LEARNED: learned, **{name: baselines[name] for name in BASELINES[target]}}
            lost = {name: losses(y[[label]], said)[target] for name, said in rivals.items()}
            served[target] = min(lost, key=lost.__getitem__)
    return served


def _beside(
    y: pd.DataFrame, target: str, baselines: Mapping[str, HeldOut], model: ProfileModel
) -> dict[str, dict[str, object]]:
    """Return the metrics of each plain model of a target, without their intervals."""
    found = {
        name: judged(y, baselines[name], level=model.level, seed=model.seed)[target]
        for name in BASELINES[target]
    }
    return {
        name: {key: number for key, number in report.items() if key != "ci"} for name, report in found.items()
    }
