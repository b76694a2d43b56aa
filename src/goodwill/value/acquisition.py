"""What customers cost to win beside what they are worth: CLV : CAC and payback by channel."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill.errors import UsageError

F = npt.NDArray[np.float64]
_COLUMNS = [
    "acquisition_channel",
    "n_customers",
    "cost_mean",
    "margin_mean",
    "clv_lifetime_mean",
    "clv_to_cac",
    "payback_days",
]
_NEEDED = ("acquisition_channel", "acquisition_cost", "age_days", "clv_lifetime")


def acquisition_table(customers: pd.DataFrame, income: pd.DataFrame) -> pd.DataFrame:
    """Return cost, worth, their ratio and the payback time of each acquisition channel.

    What a customer is worth is the margin brought so far and `clv_lifetime`, what is still expected, both net
    of what serving the customer costs. The cost of winning one is spent: it enters this ratio and no `clv`.

    Parameters
    ----------
    customers : (n, ...) with `customer_id`, `acquisition_channel`, `acquisition_cost` (money), `age_days`
        (since the customer was won) and `clv_lifetime`; customers without a channel or a cost are left out.
    income : a row per payment, or cost, with `customer_id`, `age_days` (of the customer then, from the
        same day on) and `margin`.

    Returns
    -------
    A row per channel, the best ratio first: `acquisition_channel`, `n_customers`, `cost_mean`, `margin_mean`
    (so far), `clv_lifetime_mean`, `clv_to_cac` (missing where winning customers was free) and `payback_days`
    (missing where the history does not show it).

    Raises
    ------
    UsageError
        If a column is missing, or a customer has several rows.

    Examples
    --------
    >>> customers = pd.DataFrame({"customer_id": ["a", "b"], "acquisition_channel": "ad", "age_days": 400})
    >>> customers = customers.assign(acquisition_cost=10.0, clv_lifetime=30.0)
    >>> income = pd.DataFrame({"customer_id": ["a", "b"], "age_days": [0, 90], "margin": [10.0, 10.0]})
    >>> acquisition_table(customers, income)[["clv_to_cac", "payback_days"]].to_numpy().tolist()
    [[4.0, 90.0]]
    """
    absent = [name for name in ("customer_id", *_NEEDED) if name not in customers]
    if absent:
        raise UsageError(f"customers: {', '.join(absent)} missing. Map them in tables.customers, and score.")
    n_twice = int(customers["customer_id"].duplicated().sum())
    if n_twice:
        raise UsageError(
            f"customers: {n_twice} of {len(customers)} rows repeat a customer, whose income would count "
            "twice. Keep one row each."
        )
    known = customers.dropna(subset=["acquisition_channel", "acquisition_cost"])
    so_far = income.groupby("customer_id")["margin"].sum()
    known = known.assign(margin=known["customer_id"].map(so_far).fillna(0.0))
    rows = [
        _row(str(channel), part, income[income["customer_id"].isin(part["customer_id"])])
        for channel, part in known.groupby("acquisition_channel")
    ]
    table = pd.DataFrame(rows, columns=_COLUMNS)
    return table.sort_values("clv_to_cac", ascending=False, kind="stable", ignore_index=True)


def payback_days(
    cost: float, age_days: npt.ArrayLike, income_age: npt.ArrayLike, margin: npt.ArrayLike
) -> float:
    """Return the age at which the average customer has brought what it cost; missing if none shown.

    The mean cumulative margin by age (Nelson 1988): each payment counts as its share of the customers who
    are, today, at least as old as its customer was then, so that young customers do not pull the curve down.

    Parameters
    ----------
    cost : money spent to win a customer, on average.
    age_days : (n,) age of each customer today.
    income_age, margin : (m,) age of the customer at each payment, and what it brought.

    Examples
    --------
    >>> payback_days(5.0, age_days=[100, 10], income_age=[0, 0, 50], margin=[2.0, 2.0, 3.0])
    50.0
    """
    if cost <= 0:
        return 0.0
    ages, when = np.sort(np.asarray(age_days, dtype=float)), np.asarray(income_age, dtype=float)
    order = np.argsort(when, kind="stable")
    when, money = when[order], np.asarray(margin, dtype=float)[order]
    watched = len(ages) - np.searchsorted(ages, when, side="left")
    curve = np.cumsum(money / np.maximum(watched, 1))
    paid = np.flatnonzero(curve >= cost)
    return float(when[paid[0]]) if len(paid) else float("nan")


def _row(channel: str, part: pd.DataFrame, income: pd.DataFrame) -> dict[str, object]:
    cost, margin = float(part["acquisition_cost"].mean()), float(part["margin"].mean())
    ahead = float(part["clv_lifetime"].fillna(0.0).mean())
    return {
        "acquisition_channel": channel,
        "n_customers": len(part),
        "cost_mean": cost,
        "margin_mean": margin,
        "clv_lifetime_mean": ahead,
        "clv_to_cac": (margin + ahead) / cost if cost > 0 else float("nan"),
        "payback_days": payback_days(cost, part["age_days"], income["age_days"], income["margin"]),
    }
