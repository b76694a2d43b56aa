"""What models had said of a window beside what came true, and which of them said it best."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy.typing as npt

from goodwill.errors import UsageError
from goodwill.evaluation.bootstrap import (
    log_loss_per_customer,
    paired_bootstrap,
    value_loss_per_customer,
)
from goodwill.evaluation.ranking import FloatArray

LEVEL = 0.9
WORSE_SHARE = 0.01


@dataclass(frozen=True)
class Outcome:
    """What customers did in the window: churned, and value realised; None for what is not predicted.

    Each holds the customers of whom it is known; in ready-made tables these may be others.
    """

    churned: npt.ArrayLike | None
    value: npt.ArrayLike | None


@dataclass(frozen=True)
class Forecast:
    """What a model had said, per target, of the outcome's customers, in the same order."""

    p_churn: npt.ArrayLike | None
    clv: npt.ArrayLike | None
    name: str = "champion"


def strongest(outcome: Outcome, baselines: Mapping[str, Forecast]) -> Forecast:
    """Return, per target, the baseline with the lowest loss: what a first version is judged against.

    Parameters
    ----------
    baselines : forecasts by name, such as ``recency_rule`` and ``past_window``; each may lack a target.

    Raises
    ------
    UsageError : no baseline predicts a target of the outcome.

    Examples
    --------
    >>> value = [0.0, 10.0, 20.0, 30.0]
    >>> plain = {"mean": Forecast(None, [15.0] * 4), "past": Forecast(None, [1.0, 11.0, 21.0, 31.0])}
    >>> strongest(Outcome(None, value), plain).name
    'best baseline (past)'
    """
    best = best_of(outcome, baselines)
    p_churn = baselines[best["churn"]].p_churn if "churn" in best else None
    clv = baselines[best["clv"]].clv if "clv" in best else None
    return Forecast(p_churn, clv, name=f"best baseline ({', '.join(dict.fromkeys(best.values()))})")


def best_of(outcome: Outcome, forecasts: Mapping[str, Forecast]) -> dict[str, str]:
    """Return the name of the forecast with the lowest loss for each target of the outcome.

    Log-loss for churn and `value_loss_per_customer` for value: proper scores, which neither ranking nor level
    alone can win. Of equals, the first.

    Raises
    ------
    UsageError : no forecast predicts a target of the outcome.
    """
    return {target: _lowest(losses, target) for target, losses in _losses(outcome, forecasts).items()}


def serving(
    outcome: Outcome, learned: Mapping[str, Forecast], plain: Mapping[str, Forecast], seed: int = 0
) -> dict[str, str]:
    """Return the name of the forecast that is to serve each target: a plain one only where it wins.

    That is the best learned one, unless the best plain one wins as `judge` counts it: the 90 %
    paired-bootstrap interval of the difference in loss excludes 0, and the learned one is more than 1 %
    worse. What lies nearer is as easily the window's doing, which moves all customers together.

    Parameters
    ----------
    learned, plain : forecasts by name; a learned one predicts each target of the outcome.
    seed : of the bootstrap.

    Examples
    --------
    >>> churned = [True, False] * 50
    >>> sharp, dull = Forecast([0.9, 0.1] * 50, None), Forecast([0.5] * 100, None)
    >>> serving(Outcome(churned, None), {"model": dull}, {"recency_rule": sharp})
    {'churn': 'recency_rule'}
    >>> serving(Outcome(churned, None), {"model": dull}, {"recency_rule": dull})
    {'churn': 'model'}
    """
    served, plain_losses = dict[str, str](), _losses(outcome, plain)
    for target, losses in _losses(outcome, learned).items():
        served[target] = _lowest(losses, target)
        if not (rivals := plain_losses[target]):
            continue
        rival, own = _lowest(rivals, target), losses[served[target]]
        difference = paired_bootstrap(rivals[rival], own, level=LEVEL, seed=seed)
        if difference.high < 0 and is_worse(own, rivals[rival]):
            served[target] = rival
    return served


def _losses(outcome: Outcome, forecasts: Mapping[str, Forecast]) -> dict[str, dict[str, FloatArray]]:
    """Return the loss of each customer under each forecast, by target of the outcome and name."""
    losses: dict[str, dict[str, FloatArray]] = {}
    if (churned := outcome.churned) is not None:
        p_churn = {name: made.p_churn for name, made in forecasts.items() if made.p_churn is not None}
        losses["churn"] = {name: log_loss_per_customer(churned, p) for name, p in p_churn.items()}
    if (value := outcome.value) is not None:
        clv = {name: made.clv for name, made in forecasts.items() if made.clv is not None}
        losses["clv"] = {name: value_loss_per_customer(value, v) for name, v in clv.items()}
    return losses


def _lowest(losses: Mapping[str, FloatArray], target: str) -> str:
    if not losses:
        predicted = {"churn": "churn", "clv": "value"}[target]
        message = (
            f"No baseline predicts {predicted}. Pass at least one forecast of it to judge a first version."
        )
        raise UsageError(message)
    return min(losses, key=lambda name: float(losses[name].mean()))


def is_worse(own: FloatArray, other: FloatArray) -> bool:
    """Tell whether the first losses are worse than the second: by more than 1 %, or than none at all."""
    return float(own.mean()) > float(other.mean()) * (1 + WORSE_SHARE)
