"""How much cross-validated results depend on the folds, and what a plain model would cost."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2

from goodwill.evaluation.bootstrap import log_loss_per_customer
from goodwill.evaluation.findings import Finding, level_of
from goodwill.modeling.profiles.comparison import LABELS, LEARNED, Judgement
from goodwill.modeling.profiles.judging import HeldOut, losses
from goodwill.modeling.profiles.model import label_of

F = NDArray[np.float64]
_WORTHWHILE_SHARE = 0.01
_CHANCE = 0.05


def fold_findings(y: pd.DataFrame, judgement: Judgement) -> list[Finding]:
    """Return whether log-loss, and the total of value, differ between folds by more than chance explains.

    Parameters
    ----------
    y : labels, as in `ProfileModel.fit`.
    """
    found = []
    if (churned := label_of(y, "churned")) is not None:
        parts = list(_churn_folds(churned, judgement))
        lost = [float(loss.mean()) for loss in parts]
        errors = [float(loss.std() / np.sqrt(len(loss)) / np.mean(lost)) for loss in parts]
        excess = beyond_chance(np.array(lost) / np.mean(lost), np.array(errors))
        found.append(_told("churn_between_folds", "Log-loss", excess, len(parts), _moves(judgement.served)))
    if (value := label_of(y, "value")) is not None:
        totals = list(_value_folds(value, judgement))
        gaps, errors = [gap for gap, _ in totals], [error for _, error in totals]
        excess = beyond_chance(np.array(gaps), np.array(errors))
        found.append(_told("value_between_folds", "Predicted beside actual total", excess, len(totals), ""))
    return found


def beyond_chance(numbers: F, errors: F) -> float:
    """Return the standard deviation of numbers beyond their standard errors; 0 where chance explains it.

    By Cochran's (1954) test of equal means at 5 %, and the moments of DerSimonian and Laird (1986).

    Examples
    --------
    >>> beyond_chance(np.array([1.0, 1.1, 0.9]), np.full(3, 0.1))
    0.0
    >>> round(beyond_chance(np.array([1.0, 2.0, 0.0]), np.full(3, 0.1)), 2)
    0.99
    """
    is_known = errors > 0
    numbers, weights = numbers[is_known], errors[is_known] ** -2
    n_free = len(numbers) - 1
    if n_free < 1:
        return 0.0
    q = float(weights @ (numbers - np.average(numbers, weights=weights)) ** 2)
    if chi2.sf(q, n_free) > _CHANCE:
        return 0.0
    return float(np.sqrt((q - n_free) / (weights.sum() - (weights**2).sum() / weights.sum())))


def plain_findings(y: pd.DataFrame, judgement: Judgement) -> list[Finding]:
    """Return by how much more the best plain model loses than what serves, on the same folds.

    Parameters
    ----------
    y : labels, as in `ProfileModel.fit`.
    """
    return [
        _plain(y[[label]], target, judgement.served_by[target], judgement)
        for label, target in LABELS.items()
        if label in y
    ]


def _plain(y: pd.DataFrame, target: str, served_by: str, judgement: Judgement) -> Finding:
    name, what = f"plain_{target}", {"churn": "churn", "clv": "value"}[target]
    if served_by != LEARNED:
        text = f"A plain model ({served_by}) predicts {what} better than the learned one, and serves it."
        return Finding(name, "warning", None, text)
    lost = {plain: losses(y, said)[target] for plain, said in _of(target, judgement.baselines).items()}
    plain = min(lost, key=lost.__getitem__)
    share = lost[plain] / losses(y, judgement.served)[target] - 1
    text = f"Serving {plain} instead would raise the loss of {what} by {share:.1%}."
    return Finding(name, "ok" if share >= _WORTHWHILE_SHARE else "warning", share, text)


def _of(target: str, baselines: Mapping[str, HeldOut]) -> dict[str, HeldOut]:
    column = {"churn": "p_churn", "clv": "clv"}[target]
    return {name: said for name, said in baselines.items() if getattr(said, column) is not None}


def _churn_folds(churned: F, judgement: Judgement) -> Iterator[F]:
    """Yield the log-losses of the held customers of each fold."""
    for folds, said in zip(judgement.folds, judgement.served.repeats, strict=True):
        for _, held in folds:
            rows = held[~np.isnan(churned[held])]
            if said.p_churn is not None and len(rows) > 1:
                yield log_loss_per_customer(churned[rows], said.p_churn[rows])


def _value_folds(value: F, judgement: Judgement) -> Iterator[tuple[float, float]]:
    """Yield by which share of the mean value each fold's predictions miss, and its standard error."""
    scale = float(np.nanmean(np.abs(value)))
    for folds, said in zip(judgement.folds, judgement.served.repeats, strict=True):
        for _, held in folds:
            rows = held[~np.isnan(value[held])]
            if said.clv is not None and len(rows) > 1:
                missed = (said.clv[rows] - value[rows]) / scale
                yield float(missed.mean()), float(missed.std() / np.sqrt(len(rows)))


def _moves(served: HeldOut) -> str:
    """Tell how far a customer's chance moves from repetition to repetition."""
    said = [made.p_churn for made in served.repeats if made.p_churn is not None]
    if len(said) < 2:  # noqa: PLR2004 - a move takes two
        return ""
    points = 100 * float(np.mean(np.std(said, axis=0)))
    return f" Dealt into other folds, a customer's chance of churn moves by {points:.1f} percentage points."


def _told(name: str, what: str, excess: float, n_folds: int, also: str) -> Finding:
    text = f"{what} differs between {n_folds} folds by {excess:.0%} beyond chance."
    if excess == 0:
        text = f"{what} differs between {n_folds} folds by no more than chance."
    return Finding(name, level_of(excess, 0.05, 0.15), excess, text + also)
