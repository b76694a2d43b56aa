"""Cohorts crossed with classes: what became of those who came in the same month, quarter or year."""

from typing import Literal

import pandas as pd

from goodwill.errors import UsageError

Period = Literal["M", "Q", "Y"]


def cohort_classes(
    scores: pd.DataFrame, days_since_first: pd.Series, dimension: str, *, period: Period = "Q"
) -> pd.DataFrame:
    """Return how each cohort spreads over the classes of a dimension.

    Parameters
    ----------
    scores : (n, ...) with `as_of`, the dimension, and `clv` where known.
    days_since_first : (n,) days from the first order (or contract) to `as_of`; who has none is left out.
    period : of the first order: month, quarter or year.

    Returns
    -------
    frame with cohort (such as 2024Q1), class, customers, share (of the cohort), clv_total.

    Examples
    --------
    >>> scores = pd.DataFrame({"as_of": pd.to_datetime(["2024-07-01"] * 3), "tier": ["gold", "lead", "lead"]})
    >>> found = cohort_classes(scores, pd.Series([150, 160, 10]), "tier")
    >>> found[["cohort", "class", "customers", "share"]].to_numpy().tolist()
    [['2024Q1', 'gold', 1, 0.5], ['2024Q1', 'lead', 1, 0.5], ['2024Q2', 'lead', 1, 1.0]]
    """
    if dimension not in scores or "as_of" not in scores:
        raise UsageError(f"{dimension}: the scores lack it, or `as_of`. Name a column of the scores.")
    first = scores["as_of"] - pd.to_timedelta(days_since_first, unit="D")
    known = first.notna()
    clv = scores["clv"] if "clv" in scores else pd.Series(float("nan"), scores.index)
    # Millions of customers began on some thousand days.
    place, days = pd.factorize(first[known])
    named = pd.DatetimeIndex(days).to_period(period).astype(str).to_numpy(dtype=object)
    rows = pd.DataFrame({
        "cohort": pd.Series(named[place], first.index[known]),
        "class": scores.loc[known, dimension].astype(object),
        "clv": clv[known],
    })  # fmt: skip
    found = rows.groupby(["cohort", "class"]).agg(customers=("class", "size"), clv_total=("clv", "sum"))
    share = found["customers"] / found.groupby("cohort")["customers"].transform("sum")
    found.insert(1, "share", share)
    return found.reset_index()
