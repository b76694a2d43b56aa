"""Predictions beside what came true, and beside what plain models would have said."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.errors import UsageError
from goodwill.evaluation.bootstrap import Resampling, churn_intervals, clv_intervals
from goodwill.evaluation.metrics import churn_metrics, clv_metrics
from goodwill.features.snapshot import Snapshot
from goodwill.modeling.baselines import fitted_baselines

Report = dict[str, dict[str, Any]]  # JSON
F = NDArray[np.float64]
_JUDGED = ("customer_id", "status", "p_churn", "clv", "clv_low", "clv_high")


def evaluate(
    scores: pd.DataFrame, test: Snapshot, *, train: Snapshot | None = None, level: float = 0.8, seed: int = 0
) -> Report:
    """Return how good scores were, beside naive and buy-till-you-die baselines.

    Parameters
    ----------
    scores : as the predictor returns them for the rows of `test.X`; only rows with status `scored` count.
    test : the snapshot with what came true.
    train : the snapshots the predictor learned from; the recency rule learns from them too, and is left
        out without them.
    level : the level of the intervals in `scores`.

    Returns
    -------
    ``{"churn": {...}, "clv": {...}}``, each with its metrics (`churn_metrics`, `clv_metrics`), ``ci`` with
    90 % bootstrap intervals, ``baselines`` with the metrics of each plain model, and ``not_fitted`` with the
    reason where one could not be fitted.

    Raises
    ------
    UsageError
        If scores and snapshot do not hold the same customers in the same order, or a column is missing.

    Examples
    --------
    >>> X = pd.DataFrame({"customer_id": ["a", "b"], "status": "scored", "value_past_window": [4.0, 0.0]})
    >>> test = Snapshot(X, pd.DataFrame({"churned": [False, True], "value": [5.0, 0.0]}), X)
    >>> scores = X.assign(p_churn=[0.2, 0.7], clv=[4.0, 1.0], clv_low=0.0, clv_high=6.0)
    >>> report = evaluate(scores, test)
    >>> report["churn"]["roc_auc"], report["clv"]["bias"], report["clv"]["baselines"]["past_window"]["mae"]
    (1.0, 0.0, 0.5)
    """
    for name, given in (("test", test), ("train", train)):
        if given is not None and not isinstance(given, Snapshot):
            raise UsageError(
                f"{name} is a {type(given).__name__}. Give a snapshot, as `snapshot` returns it."
            )
    return judged_beside(baseline_predictions(test.scored, train), scores, test, level=level, seed=seed)


def judged_beside(
    plain: tuple[Mapping[str, Mapping[str, F]], Mapping[str, str]],
    scores: pd.DataFrame,
    test: Snapshot,
    *,
    level: float = 0.8,
    seed: int = 0,
) -> Report:
    """Return how good scores were beside what `baseline_predictions` said; otherwise as `evaluate`."""
    absent = [name for name in _JUDGED if name not in scores]
    if absent:
        raise UsageError(f"scores: {', '.join(absent)} missing. Give them as the predictor returns them.")
    judged = test.scored
    scores = scores[scores["status"] == "scored"].reset_index(drop=True)
    if not np.array_equal(scores["customer_id"].to_numpy(), judged.X["customer_id"].to_numpy()):
        raise UsageError(
            f"scores: {len(scores)} scored customers do not match the {len(judged.X)} of the snapshot, row "
            "by row. Score the X of the snapshot you evaluate on, and keep its order."
        )
    predictions, not_fitted = plain
    churn = _judged_churn(judged.y, scores, seed)
    clv = _judged_clv(judged.y, scores, level, seed)
    baselines = {name: _metrics(judged.y, said) for name, said in predictions.items()}
    for target, report in (("churn", churn), ("clv", clv)):
        report["baselines"] = {
            name: metrics[target] for name, metrics in baselines.items() if target in metrics
        }
        report["not_fitted"] = dict(not_fitted)
    clv["crude_interval"] = _crude_interval(judged.y["value"], scores["clv"], level)
    return {"churn": churn, "clv": clv}


def baseline_predictions(
    test: Snapshot, train: Snapshot | None = None
) -> tuple[dict[str, Mapping[str, F]], dict[str, str]]:
    """Return what each plain model says of the rows of `test`, and why the others say nothing.

    Parameters
    ----------
    test : the snapshot the plain models predict; only its features are read unless `train` is absent.
    train : the snapshots the recency rule learns from.

    Examples
    --------
    >>> X = pd.DataFrame({"customer_id": ["a"], "status": "scored", "value_past_window": [4.0]})
    >>> said, failed = baseline_predictions(Snapshot(X, pd.DataFrame({"churned": [True]}), X))
    >>> said, failed["recency_rule"]
    ({'past_window': {'clv': array([4.])}}, 'it learns from training snapshots; pass them as `train`.')
    """
    learned_from = test if train is None else train.scored
    fitted, failed = fitted_baselines(learned_from.X, learned_from.y, test.X)
    if train is None:
        fitted.pop("recency_rule", None)
        failed["recency_rule"] = "it learns from training snapshots; pass them as `train`."
    return {name: baseline.predict(test.X) for name, baseline in fitted.items()}, failed


def _judged_churn(y: pd.DataFrame, scores: pd.DataFrame, seed: int) -> dict[str, object]:
    pair = y["churned"].to_numpy(bool), scores["p_churn"].to_numpy(float)
    return {**churn_metrics(*pair), "ci": churn_intervals(*pair, Resampling(seed=seed))}


def _judged_clv(y: pd.DataFrame, scores: pd.DataFrame, level: float, seed: int) -> dict[str, object]:
    value, clv, low, high = y["value"], scores["clv"], scores["clv_low"], scores["clv_high"]
    intervals = clv_intervals(value, clv, low, high, level, Resampling(seed=seed))
    return {**clv_metrics(value, clv, low, high, level), "ci": intervals}


def _crude_interval(value: pd.Series, clv: pd.Series, level: float) -> dict[str, float | None]:
    """Return coverage and score of [0, 3 × clv], which any interval worth its name must beat."""
    whole = 3 * clv
    found = clv_metrics(value, clv, np.minimum(whole, 0.0), np.maximum(whole, 0.0), level)
    return {name: found[name] for name in ("coverage", "interval_score", "interval_width")}


def _metrics(y: pd.DataFrame, said: Mapping[str, F]) -> dict[str, object]:
    judged: dict[str, object] = {}
    if "p_churn" in said:
        judged["churn"] = churn_metrics(y["churned"].to_numpy(bool), said["p_churn"])
    if "clv" in said:
        judged["clv"] = clv_metrics(y["value"], said["clv"])
    return judged
