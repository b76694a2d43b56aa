"""Perceived value beside behaviour: what survey facts add to the foretelling of churn and value.

All of it is association: those who answer differ from others, and a high score need not cause an order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.errors import TableError
from goodwill.evaluation.bootstrap import (
    PairedDifference,
    log_loss_per_customer,
    paired_bootstrap,
    value_loss_per_customer,
)
from goodwill.evaluation.metrics import churn_metrics, clv_metrics
from goodwill.evaluation.samples import ensure_level
from goodwill.features.snapshot import Snapshot
from goodwill.modeling.customer_value import CustomerValueModel
from goodwill.perceived.estimates import t_quantile
from goodwill.perceived.moments import F

ASSOCIATION = (
    "This is association: those who answer differ from those who do not, "
    "and what goes with a score need not be caused by it."
)
_ANSWERS = "n_survey_answers"


@dataclass(frozen=True)
class SurveyGain:
    """How much survey facts add to the foretelling of churn and value, out of time.

    Parameters
    ----------
    metrics : rows `with_surveys`, `without` and `shuffled` (the answers of one surveyed customer dealt to
        another, at the same date); for all and for the surveyed: roc_auc, log_loss, brier of churn; ngini,
        mae, rmse, bias of value.
    churn, value : difference of log-loss and of Tweedie deviance per customer, with less without (below 0:
        surveys help), with 90 % bootstrap intervals; of all customers (`all`), of the surveyed (`surveyed`),
        and of the surveyed against shuffled answers (`answers_alone`).
    surveyed_share : of the customers judged. columns : the survey facts that were used.
    """

    metrics: pd.DataFrame
    churn: dict[str, PairedDifference]
    value: dict[str, PairedDifference]
    surveyed_share: float
    columns: list[str]


def survey_columns(X: pd.DataFrame) -> list[str]:
    """Return the columns of the survey block among features.

    Examples
    --------
    >>> survey_columns(pd.DataFrame(columns=["n_orders", "n_survey_answers", "survey_gap_mean"]))
    ['n_survey_answers', 'survey_gap_mean']
    """
    return [str(name) for name in X if str(name).startswith("survey_") or name == _ANSWERS]


def survey_gain(train: Snapshot, test: Snapshot, *, seed: int = 0) -> SurveyGain:
    """Return how well churn and value are foretold with and without survey facts, by the same model.

    Parameters
    ----------
    train : past snapshots. test : a later one; nothing of it is learned from but what was known before it.

    Raises
    ------
    TableError : the features hold no survey facts, or those who answered cannot be judged.

    Notes
    -----
    A customer who was not surveyed before `as_of` has 0 answers and missing means: a state of its own. Both
    models learn from the dates since the first survey alone: before it "surveyed" would only tell the date.
    """
    columns = survey_columns(train.X)
    past, later = _since_surveys(train.scored), test.scored
    is_surveyed = later.X.get(_ANSWERS, pd.Series(0, later.X.index)).to_numpy(dtype=float) > 0
    if not columns or not is_surveyed.any():
        raise TableError(
            f"{int(is_surveyed.sum())} of {len(later.X)} customers had answered a survey before "
            f"{later.X['as_of'].iloc[0]:%Y-%m-%d}, from which day on the window is judged. Map surveys with "
            "customer_id and time, or choose a later as_of."
        )
    said = {
        "with_surveys": _foretold(past, later, [], seed),
        "without": _foretold(past, later, columns, seed),
        "shuffled": _foretold(_shuffled(past, columns, seed), _shuffled(later, columns, seed), [], seed),
    }
    groups = {"all": np.ones(len(later.X), dtype=bool), "surveyed": is_surveyed}
    rows = [
        {"model": model, "customers": group, **_judged(later.y[chosen], frame[chosen])}
        for model, frame in said.items()
        for group, chosen in groups.items()
    ]
    losses = {name: _losses(later.y, frame) for name, frame in said.items()}
    gains = {part: _gains(losses, part, groups, seed) for part in ("churn", "value")}
    share = float(is_surveyed.mean())
    return SurveyGain(pd.DataFrame(rows), gains["churn"], gains["value"], share, columns)


def value_by_class(perceived: pd.Series, classes: pd.Series, level: float = 0.95) -> pd.DataFrame:
    """Return perceived value by class: tier, segment or any other.

    Parameters
    ----------
    perceived : perceived value (or gap, or a score) by customer, on the index.
    classes : class by customer, on the index. Who has only one of both is counted as unmatched.

    Returns
    -------
    A row per class in order of size: `n_customers`, `mean`, `low`, `high` (Student's interval of the mean),
    `surveyed_share` of the class.

    Raises
    ------
    TableError : a customer stands twice in either.

    Examples
    --------
    >>> tiers = pd.Series({"a": "gold", "b": "gold", "c": "iron", "d": "iron"})
    >>> value_by_class(pd.Series({"a": 4.0, "b": 6.0, "c": 3.0}), tiers)["mean"].to_dict()
    {'gold': 5.0, 'iron': 3.0}
    """
    ensure_level(level)
    for name, given in (("perceived", perceived), ("classes", classes)):
        if not given.index.is_unique:
            n = int(given.index.duplicated().sum())
            raise TableError(f"{name}: {n} customers stand twice. Give one value per customer.")
    joined = pd.DataFrame({"class": classes, "value": perceived.reindex(classes.index)})
    grouped = joined.groupby("class", observed=True)["value"]
    table = pd.DataFrame(
        {
            "n_customers": grouped.count(),
            "mean": grouped.mean(),
            "spread": grouped.std(),
            "size": grouped.size(),
        }
    )
    half = t_quantile(table["n_customers"], level) * table["spread"] / np.sqrt(table["n_customers"])
    table["low"], table["high"] = table["mean"] - half, table["mean"] + half
    table["surveyed_share"] = table["n_customers"] / table["size"]
    ordered = table.sort_values("n_customers", ascending=False, kind="stable")
    return ordered.drop(columns=["spread", "size"])


def _since_surveys(past: Snapshot) -> Snapshot:
    answered = past.X.get(_ANSWERS, pd.Series(0, past.X.index)) > 0
    is_late = past.X["as_of"] >= past.X["as_of"][answered].min()
    X, y = (frame[is_late].reset_index(drop=True) for frame in (past.X, past.y))
    return replace(past, X=X, y=y)


def _foretold(past: Snapshot, later: Snapshot, without: Sequence[str], seed: int) -> pd.DataFrame:
    X, now, asked = (
        frame.drop(columns=list(without), errors="ignore") for frame in (past.X, past.now, later.X)
    )
    said = CustomerValueModel(seed=seed).fit(X, past.y, now).predict(asked)
    return pd.DataFrame({"p_churn": said.p_churn, "clv": said.clv})


def _judged(y: pd.DataFrame, said: pd.DataFrame) -> dict[str, float | None]:
    churn = churn_metrics(y["churned"].to_numpy(bool), said["p_churn"])
    value = clv_metrics(y["value"], said["clv"])
    return {name: churn[name] for name in ("roc_auc", "log_loss", "brier")} | {
        name: value[name] for name in ("ngini", "mae", "rmse", "bias")
    }


def _losses(y: pd.DataFrame, said: pd.DataFrame) -> dict[str, F]:
    return {
        "churn": log_loss_per_customer(y["churned"], said["p_churn"]),
        "value": value_loss_per_customer(y["value"], said["clv"]),
    }


def _gains(
    losses: Mapping[str, Mapping[str, F]], part: str, groups: Mapping[str, NDArray[np.bool_]], seed: int
) -> dict[str, PairedDifference]:
    ours, plain, chance = (losses[name][part] for name in ("with_surveys", "without", "shuffled"))
    gains = {
        group: paired_bootstrap(ours[chosen], plain[chosen], seed=seed) for group, chosen in groups.items()
    }
    chosen = groups["surveyed"]
    return gains | {"answers_alone": paired_bootstrap(ours[chosen], chance[chosen], seed=seed)}


def _shuffled(rows: Snapshot, columns: Sequence[str], seed: int) -> Snapshot:
    """Deal the answers of each date's surveyed out anew: who was asked stays, what they said goes."""
    X, rng = rows.X.copy(), np.random.default_rng(seed)
    keys = [name for name in ("as_of", "horizon_days") if name in X]
    for places in X[X[_ANSWERS] > 0].groupby(keys).groups.values():
        X.loc[places, list(columns)] = X.loc[rng.permutation(places), list(columns)].to_numpy()
    return replace(rows, X=X)
