"""How good models of a ready-made table are: repeated stratified cross-validation, beside plain models."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.errors import FitError
from goodwill.evaluation.bootstrap import (
    Intervals,
    Resampling,
    churn_intervals,
    clv_intervals,
    log_loss_per_customer,
    value_loss_per_customer,
)
from goodwill.evaluation.metrics import churn_metrics, clv_metrics
from goodwill.modeling.profiles.folds import Fold, check_learnable, repeated_folds
from goodwill.modeling.profiles.model import ProfileModel, label_of
from goodwill.modeling.profiles.predicted import ProfilePredicted

F = NDArray[np.float64]
Numbers = dict[str, float | None]
Ask = Callable[[str, int | None, int | None], None]
Retune = Callable[[pd.DataFrame, pd.DataFrame], ProfileModel]
BASELINES: Mapping[str, tuple[str, ...]] = {"churn": ("prior", "logistic"), "clv": ("mean", "linear")}
_LEAST_PER_CLASS = 4
_REPLICATES = 100


class OutOfTimeError(Exception):
    """A `Retune` had no time to seek anything on the rows of a fold."""


@dataclass(frozen=True)
class HeldOut:
    """What a model said of each customer when it had not seen that customer, once per repetition.

    Parameters
    ----------
    repeats : a prediction (n,) of every customer per repetition.
    """

    repeats: Sequence[ProfilePredicted]

    def churn_pairs(self, churned: F) -> list[tuple[F, F]]:
        """Return outcome and prediction of every repetition, of the customers whose outcome is known."""
        known = ~np.isnan(churned)
        return [(churned[known], said.p_churn[known]) for said in self.repeats if said.p_churn is not None]

    def value_columns(self, value: F) -> list[tuple[F, F, F | None, F | None]]:
        """Return outcome, prediction and interval of every repetition, of those whose value is known."""
        known = ~np.isnan(value)
        return [
            (value[known], said.clv[known], _of(said.clv_low, known), _of(said.clv_high, known))
            for said in self.repeats
            if said.clv is not None
        ]

    def with_target(self, target: str, other: "HeldOut") -> "HeldOut":
        """Return these predictions with those of one target ("churn" or "clv") taken from another model."""
        names = ("p_churn",) if target == "churn" else ("clv", "clv_low", "clv_high")
        pairs = zip(self.repeats, other.repeats, strict=True)
        return HeldOut([replace(own, **{name: getattr(new, name) for name in names}) for own, new in pairs])

    @property
    def p_churn(self) -> F | None:
        """The mean probability (n,) over repetitions."""
        return _mean([said.p_churn for said in self.repeats])

    @property
    def clv(self) -> F | None:
        """The mean value (n,) over repetitions."""
        return _mean([said.clv for said in self.repeats])


def dealt_folds(y: pd.DataFrame, *, repeats: int | None = None, seed: int = 0) -> list[list[Fold]]:
    """Return the folds of every repetition; recipes are compared on the same ones.

    Parameters
    ----------
    y : labels, as in `ProfileModel.fit`; churn is spread alike over folds, else value.
    repeats : how often customers are dealt into five folds; 2, or 1 above 20,000 customers.

    Raises
    ------
    FitError
        If fewer than four customers churned, or stayed, or fewer than eight have a value, or values differ so
        rarely that a fold would learn from equal ones.
    """
    churned, value = label_of(y, "churned"), label_of(y, "value")
    check_learnable(churned, value, _LEAST_PER_CLASS)
    dealt = list(repeated_folds(churned, value, repeats, seed))
    if value is not None and any(_is_level(value[seen]) for folds in dealt for seen, _ in folds):
        known = value[~np.isnan(value)]
        n_other = len(known) - int(np.unique(known, return_counts=True)[1].max())
        raise FitError(
            f"value: {n_other} of {len(known)} labelled customers have another value than all others, too "
            "few to judge a model on folds. Add customers, or check `value.column`."
        )
    return dealt


def _of(bound: F | None, known: NDArray[np.bool_]) -> F | None:
    return None if bound is None else bound[known]


def _is_level(value: F) -> bool:
    return bool(np.nanmin(value) == np.nanmax(value))


def held_out(
    X: pd.DataFrame,
    y: pd.DataFrame,
    model: ProfileModel,
    dealt: Sequence[Sequence[Fold]],
    progress: Ask | None = None,
    retuned: Retune | None = None,
) -> HeldOut:
    """Return what a model says of customers it has not seen, fitted anew for each of `dealt_folds`.

    Parameters
    ----------
    X, y : as in `ProfileModel.fit`.
    model : its settings are the recipe; it is not fitted itself.
    progress : told ("Cross-validating", folds done, folds in all).
    retuned : chooses the recipe anew from the rows that a fold is fitted on.
    """
    n_done, n_all, said = 0, sum(map(len, dealt)), []
    for folds in dealt:
        parts = []
        for seen, held in folds:
            learned = X.iloc[seen], y.iloc[seen]
            fresh = model.unfitted() if retuned is None else retuned(*learned)
            parts.append(fresh.fit(*learned).predict(X.iloc[held]))
            n_done += 1
            if progress is not None:
                progress("Cross-validating", n_done, n_all)
        said.append(_together(folds, parts))
    return HeldOut(said)


def judged(
    y: pd.DataFrame, said: HeldOut, *, level: float = 0.8, seed: int = 0
) -> dict[str, dict[str, object]]:
    """Return metrics of held-out predictions in the layout of `metrics.json`, with 90 % bootstrap intervals.

    Each number is the mean over repetitions, as a mean of predictions would flatter a model fitted once.
    """
    plan, report = Resampling(replicates=_REPLICATES, seed=seed), {}
    churned, value = label_of(y, "churned"), label_of(y, "value")
    if churned is not None:
        report["churn"] = _report(
            [(churn_metrics(*pair), churn_intervals(*pair, plan)) for pair in said.churn_pairs(churned)]
        )
    if value is not None:
        report["clv"] = _report(
            [
                (clv_metrics(*known, level), clv_intervals(*known, level, plan))
                for known in said.value_columns(value)
            ]
        )
    return report


def losses(y: pd.DataFrame, said: HeldOut) -> dict[str, float]:
    """Return the mean loss per target: log-loss, and `value_loss_per_customer`."""
    return {target: float(lost.mean()) for target, lost in row_losses(y, said).items()}


def row_losses(y: pd.DataFrame, said: HeldOut) -> dict[str, F]:
    """Return `losses` of each customer that has the label, a mean over repetitions."""
    found: dict[str, F] = {}
    churned, value = label_of(y, "churned"), label_of(y, "value")
    if churned is not None:
        pairs = said.churn_pairs(churned)
        found["churn"] = np.mean([log_loss_per_customer(*pair) for pair in pairs], axis=0)
    if value is not None:
        pairs = [known[:2] for known in said.value_columns(value)]
        found["clv"] = np.mean([value_loss_per_customer(*pair) for pair in pairs], axis=0)
    return found


def _together(folds: Sequence[Fold], parts: Sequence[ProfilePredicted]) -> ProfilePredicted:
    """Put the folds' predictions back into the order of customers."""
    rows = np.argsort(np.concatenate([held for _, held in folds]))

    def whole(name: str) -> F | None:
        columns = [column for part in parts if (column := getattr(part, name)) is not None]
        return np.concatenate(columns)[rows] if columns else None

    return ProfilePredicted(**{name: whole(name) for name in ProfilePredicted.__dataclass_fields__})


def _mean(columns: Sequence[F | None]) -> F | None:
    known = [column for column in columns if column is not None]
    return np.mean(known, axis=0) if known else None


def _report(repeats: Sequence[tuple[Numbers, Intervals]]) -> dict[str, object]:
    """Return each metric's mean over repetitions, and its interval's."""
    averaged = {name: _mean_of([metrics[name] for metrics, _ in repeats]) for name in repeats[0][0]}
    ci = {name: _mean_bounds([found[name] for _, found in repeats]) for name in repeats[0][1]}
    return {**averaged, "ci": ci}


def _mean_bounds(bounds: Sequence[list[float] | None]) -> list[float] | None:
    known = [pair for pair in bounds if pair is not None]
    return np.mean(known, axis=0).tolist() if known else None


def _mean_of(numbers: Sequence[float | None]) -> float | None:
    known = [number for number in numbers if number is not None]
    return float(np.mean(known)) if known else None
