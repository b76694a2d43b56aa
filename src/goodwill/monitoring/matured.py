"""Performance once the outcomes are known, held against what the backtest had promised."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from goodwill.evaluation.bootstrap import Resampling, churn_intervals, clv_intervals
from goodwill.evaluation.expected import ece_by_chance
from goodwill.evaluation.metrics import churn_metrics, clv_metrics
from goodwill.monitoring.champion import BIAS_LIMIT, ECE_LIMIT
from goodwill.monitoring.verdict import Evidence

Report = Mapping[str, Any]  # JSON
COLUMNS = ("p_churn", "clv", "clv_low", "clv_high")
LOST_SHARE = 0.1
COVERAGE_SLACK = 0.1


def matured_performance(
    scores: pd.DataFrame, y: pd.DataFrame, level: float = 0.8, seed: int = 0
) -> dict[str, Any]:
    """Return how scores that were issued earlier did.

    Parameters
    ----------
    scores : (n_customers, ...) of status `scored`; `p_churn`, `clv`, `clv_low`, `clv_high`.
    y : (n_customers, 2) in the same order: `churned` (bool) and `value` (money).

    Returns
    -------
    ``{"n_customers": …, "churn": {…}, "clv": {…}}`` with the metrics of `churn_metrics` and `clv_metrics`,
    the 90 % bootstrap intervals under ``ci``, and the share of value that the tenth with the highest clv
    brought (``top_decile_share``); and ``ece_by_chance``, which an `ece` of calibrated probabilities stays
    below.

    Examples
    --------
    >>> scores = pd.DataFrame({"p_churn": [0.1, 0.9], "clv": [9.0, 1.0], "clv_low": 0.0, "clv_high": 20.0})
    >>> found = matured_performance(scores, pd.DataFrame({"churned": [False, True], "value": [10.0, 0.0]}))
    >>> found["n_customers"], found["churn"]["roc_auc"], found["clv"]["bias"]
    (2, 1.0, 0.0)
    """
    churned, value = y["churned"].to_numpy(bool), y["value"].to_numpy(float)
    p_churn, clv, low, high = (scores[name].to_numpy(float) for name in COLUMNS)
    again = Resampling(seed=seed)
    clv_report: dict[str, Any] = dict(clv_metrics(value, clv, low, high, level))
    clv_report["ci"] = clv_intervals(value, clv, low, high, level, again)
    clv_report["top_decile_share"] = _top_decile_share(value, clv)
    churn_report = {**churn_metrics(churned, p_churn), "ci": churn_intervals(churned, p_churn, again)}
    by_chance = ece_by_chance(p_churn, seed=seed)
    return {"n_customers": len(y), "churn": churn_report, "clv": clv_report, "ece_by_chance": by_chance}


def performance_evidence(found: Report, promised: Report, level: float = 0.8) -> list[Evidence]:
    """Return whether ranking and level still are what the backtest promised.

    A ranking is lost where the metric's whole 90 % interval lies below the promise, and the metric has lost a
    tenth of what it was above chance (.5 of `roc_auc`, 0 of `ngini`). A level is off by the gate's limits
    (`bias`; `ece`, or what chance alone makes of few customers), or where the interval covers a tenth less
    than it should.

    Parameters
    ----------
    found : as `matured_performance` returns it.
    promised : `metrics.json` of the training.
    """
    evidence = [
        _ranking("roc_auc", found["churn"], promised.get("churn", {}), chance=0.5),
        _ranking("ngini", found["clv"], promised.get("clv", {}), chance=0.0),
        _level("ece", found["churn"], promised.get("churn", {}), max(ECE_LIMIT, found["ece_by_chance"])),
        _level("bias", found["clv"], promised.get("clv", {}), BIAS_LIMIT),
    ]
    coverage = found["clv"]["coverage"]
    least = level - COVERAGE_SLACK
    is_low = coverage is not None and coverage < least
    text = f"The {level:.0%} interval held {_shown(coverage)} of customers; at least {least:.2f} is asked."
    return [*evidence, Evidence("level", "coverage", coverage, least, is_low, text)]


def _ranking(name: str, found: Report, promised: Report, chance: float) -> Evidence:
    value, promise = found[name], promised.get(name)
    if value is None or promise is None:
        return Evidence(
            "ranking", name, value, None, is_alarm=False, text=f"{name} has no promise to be held to."
        )
    limit = promise - LOST_SHARE * (promise - chance)
    high = found["ci"][name][1] if found["ci"].get(name) else value
    is_lost = value < limit and high < promise
    return Evidence(
        "ranking", name, value, limit, is_lost, f"{name} {value:.4f}; the backtest had {promise:.4f}."
    )


def _level(name: str, found: Report, promised: Report, limit: float) -> Evidence:
    value, promise = found[name], promised.get(name)
    allowed = max(limit, abs(promise or 0.0))
    is_off = value is not None and abs(value) > allowed
    text = (
        f"{name} {_shown(value)}; at most {allowed:.4g} either way is asked."
        if name == "bias"
        else f"{name} {_shown(value)}; at most {allowed:.4g} is asked."
    )
    return Evidence("level", name, value, allowed, is_off, text)


def _top_decile_share(value: np.ndarray[Any, Any], clv: np.ndarray[Any, Any]) -> float | None:
    total = float(value.sum())
    n_top = max(len(value) // 10, 1)
    best = np.argsort(-clv, kind="stable")[:n_top]
    return float(value[best].sum()) / total if total > 0 else None


def _shown(value: float | None) -> str:
    return "not computable" if value is None else f"{value:.4f}"
