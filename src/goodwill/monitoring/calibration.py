"""Predicted beside actual churn and value by group: deciles, cohorts, stages of the customer's life."""

import numpy as np
import pandas as pd

from goodwill.evaluation.ranking import ranked
from goodwill.evaluation.samples import ROUNDING
from goodwill.evaluation.tables import wilson

_LEAST_CUSTOMERS, _MOST_COHORTS, _FEWEST_QUARTERS = 50, 8, 3


def calibration_by(group: pd.Series, scores: pd.DataFrame, y: pd.DataFrame) -> pd.DataFrame:
    """Return predicted and actual churn and value of each group.

    Parameters
    ----------
    group : (n,) to which each customer belongs; missing ones are left out.
    scores : (n, ...) with `p_churn`, `clv` or both, and `clv_low` and `clv_high` where intervals are told.
    y : (n, ...) with `churned` and `value`, as far as they are predicted; aligned by position.

    Returns
    -------
    A row per group: `group`, `n_customers`, `p_churn_mean`, `churned_share` with its 90 % interval
    `churned_low` and `churned_high`, `clv_total` and `value_total`; with intervals also the shares of
    those whose value lies inside, `covered_share`, and is 0, `nothing_share`.

    Examples
    --------
    >>> scores = pd.DataFrame({"p_churn": [0.2, 0.4], "clv": [5.0, 7.0]})
    >>> y = pd.DataFrame({"churned": [False, True], "value": [6.0, 0.0]})
    >>> table = calibration_by(pd.Series(["new", "new"]), scores, y)
    >>> table[["n_customers", "p_churn_mean", "churned_share", "clv_total"]].round(2).to_numpy().tolist()
    [[2.0, 0.3, 0.5, 12.0]]
    """
    rows = pd.DataFrame({"group": group.astype(object).to_numpy(), "n": 1})
    asked = {"n_customers": ("n", "sum")}
    if "p_churn" in scores:
        rows["p_churn"], rows["churned"] = scores["p_churn"].to_numpy(float), y["churned"].to_numpy(float)
        asked |= {"p_churn_mean": ("p_churn", "mean"), "churned_share": ("churned", "mean")}
    if "clv" in scores:
        rows["clv"], rows["value"] = scores["clv"].to_numpy(float), y["value"].to_numpy(float)
        asked |= {"clv_total": ("clv", "sum"), "value_total": ("value", "sum")}
    if "clv_low" in scores:
        low, high = (scores[name].to_numpy(float) for name in ("clv_low", "clv_high"))
        rows["inside"] = rows["value"].between(low - ROUNDING, high + ROUNDING)
        rows["nothing"] = rows["value"] == 0
        asked |= {"covered_share": ("inside", "mean"), "nothing_share": ("nothing", "mean")}
    found = rows.groupby("group", sort=True).agg(**asked).reset_index()
    return _with_bands(found) if "p_churn" in scores else found


def _with_bands(found: pd.DataFrame) -> pd.DataFrame:
    """Return groups with the 90 % interval of the share who churned."""
    bands = [
        wilson(np.array([share]), n)
        for share, n in zip(found["churned_share"], found["n_customers"], strict=True)
    ]
    low, high = ([float(band[side][0]) for band in bands] for side in (0, 1))
    return found.assign(churned_low=low, churned_high=high)


def deciles(score: pd.Series) -> pd.Series:
    """Return the decile of each score, 1 for the highest; equal scores share one.

    Examples
    --------
    >>> deciles(pd.Series([0.9, 0.1, 0.1])).tolist()
    [2, 7, 7]
    """
    values = score.to_numpy(float)
    middle = ranked(values).midranks(np.ones(len(values))) / max(len(values), 1)
    return pd.Series(np.minimum((middle * 10).astype(int) + 1, 10), index=score.index)


def cohorts(X: pd.DataFrame) -> pd.Series | None:
    """Return when each customer's history began, older ones together; None if not told.

    By quarter, or by month where the histories span less than three quarters.

    Parameters
    ----------
    X : (n, ...) features of one snapshot.

    Examples
    --------
    >>> X = pd.DataFrame({"as_of": pd.Timestamp("2024-07-01"), "days_since_first_order": [10, 100]})
    >>> cohorts(X).tolist()
    ['2024-06', '2024-03']
    """
    names = ("days_since_first_order", "days_since_first_contract")
    ages = [X[name].astype(float) for name in names if name in X]
    if not ages:
        return None
    age = pd.concat(ages, axis=1).max(axis=1)
    began = X["as_of"] - pd.to_timedelta(age, unit="D")
    quarters = began.dt.to_period("Q")
    start = quarters if quarters.nunique() >= _FEWEST_QUARTERS else began.dt.to_period("M")
    kept = sorted(start.dropna().unique())[-_MOST_COHORTS:]
    oldest = f"before {kept[0]}" if kept else ""
    return start.map(lambda period: None if period is pd.NaT else str(period) if period in kept else oldest)


def stages(X: pd.DataFrame) -> pd.Series | None:
    """Return the stage of each customer's life, told from orders, else from contracts; None if not told.

    Buyers: a single order, several and active, or several and silent for more than twice their usual gap.
    Contracts: the first period, up to a year, or longer.

    Examples
    --------
    >>> X = pd.DataFrame({"n_order_days": [1, 4, 4], "gap_mean_days": [None, 10.0, 10.0]})
    >>> stages(X.assign(days_since_last_order=[50, 5, 50])).tolist()
    ['one order', 'repeat, active', 'repeat, silent']
    """
    if "n_order_days" in X:
        silent = X["days_since_last_order"] > 2 * X["gap_mean_days"].astype(float)
        stage = np.where(silent, "repeat, silent", "repeat, active")
        stage = np.where(X["n_order_days"] > 1, stage, "one order")
        return pd.Series(np.where(X["n_order_days"] > 0, stage, "no order"), index=X.index)
    if "days_since_first_contract" in X:
        age, period = X["days_since_first_contract"], X["contract_period_days"].fillna(30.0)
        stage = np.where(age <= period, "first period", np.where(age <= 365, "first year", "later"))  # noqa: PLR2004 - a year
        return pd.Series(stage, index=X.index)
    return None


def large(table: pd.DataFrame) -> pd.DataFrame:
    """Return the groups with enough customers to be judged."""
    return table[table["n_customers"] >= _LEAST_CUSTOMERS].reset_index(drop=True)
