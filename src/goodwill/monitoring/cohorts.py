"""Who is still there: retention of cohorts, from orders or from contracts."""

from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from goodwill.arguments import ensure_choice
from goodwill.data.asked_days import as_date
from goodwill.errors import UsageError
from goodwill.features.columns import ensure_frame

Unit = Literal["month", "quarter", "year"]
_CODES: dict[str, str] = {"month": "M", "quarter": "Q", "year": "Y"}


def order_retention(orders: pd.DataFrame, until: date | str, unit: Unit = "month") -> pd.DataFrame:
    """Return what share of each cohort of first-time buyers bought again in each period after it.

    Parameters
    ----------
    orders : a row per purchase with `customer_id` and `day` (datetime), all before `until`.
    until : the day after the last one watched; a period that is not over by then is left out.
    unit : length of a period, and of a cohort.

    Returns
    -------
    A row per cohort and period: `cohort` (its first day), `n_customers`, `period` (0 is the cohort's own),
    `n_active` (bought in it) and `retained_share`.

    Examples
    --------
    >>> days = pd.to_datetime(["2024-01-05", "2024-02-10", "2024-01-09"])
    >>> orders = pd.DataFrame({"customer_id": ["a", "a", "b"], "day": days})
    >>> order_retention(orders, date(2024, 4, 1))[["period", "n_active"]].to_numpy().tolist()
    [[0, 2], [1, 1], [2, 0]]
    """
    _check_days(orders, "day", until, unit)
    period = _ordinal(orders["day"], unit)
    first = period.groupby(orders["customer_id"]).transform("min")
    bought = pd.DataFrame({"customer_id": orders["customer_id"], "cohort": first, "period": period - first})
    bought = bought.drop_duplicates()
    sizes = bought[bought["period"] == 0].groupby("cohort").size()
    active = bought.groupby(["cohort", "period"]).size()
    return _table(sizes, active, until, unit)


def contract_retention(contracts: pd.DataFrame, until: date | str, unit: Unit = "month") -> pd.DataFrame:
    """Return what share of each cohort of contract holders still held one at the end of each period.

    Parameters
    ----------
    contracts : a row per contract with `customer_id`, `start` and `end` (datetime; missing while it runs).
    until, unit : as in `order_retention`.

    Returns
    -------
    As `order_retention`; a cohort holds the customers whose first contract began in it, and `n_active` those
    of them who hold one on the period's last day.

    Examples
    --------
    >>> start, end = pd.to_datetime(["2024-01-05", "2024-01-09"]), pd.to_datetime(["2024-02-20", None])
    >>> contracts = pd.DataFrame({"customer_id": ["a", "b"], "start": start, "end": end})
    >>> contract_retention(contracts, date(2024, 4, 1))["retained_share"].tolist()
    [1.0, 0.5, 0.5]
    """
    _check_days(contracts, "start", until, unit)
    ensure_frame("contracts", contracts, ["customer_id", "start", "end"])
    n_bad = int((contracts["end"] < contracts["start"]).sum())
    if n_bad:
        raise UsageError(f"end: {n_bad} of {len(contracts)} contracts end before they start. Correct them.")
    start = _ordinal(contracts["start"], unit)
    ended = contracts["end"].where(contracts["end"] < pd.Timestamp(until))
    end = _ordinal(ended.fillna(pd.Timestamp(until)), unit)
    first = start.groupby(contracts["customer_id"]).transform("min")
    held = (end - start).clip(lower=0)
    row = np.repeat(np.arange(len(contracts)), held)
    step = np.arange(len(row)) - np.repeat(np.cumsum(held) - held, held)
    runs = pd.DataFrame({
        "customer_id": contracts["customer_id"].to_numpy()[row],
        "cohort": first.to_numpy()[row],
        "period": (start - first).to_numpy()[row] + step,
    }).drop_duplicates()  # fmt: skip
    members = pd.DataFrame({"customer_id": contracts["customer_id"], "cohort": first}).drop_duplicates()
    return _table(members.groupby("cohort").size(), runs.groupby(["cohort", "period"]).size(), until, unit)


def retention_matrix(table: pd.DataFrame) -> pd.DataFrame:
    """Return retention as cohorts × periods, as it is drawn; missing where a period is not over.

    Parameters
    ----------
    table : as `order_retention` or `contract_retention` returns it.

    Examples
    --------
    >>> table = pd.DataFrame({"cohort": ["x", "x"], "period": [0, 1], "retained_share": [1.0, 0.5]})
    >>> retention_matrix(table).to_numpy().tolist()
    [[1.0, 0.5]]
    """
    return table.pivot_table(index="cohort", columns="period", values="retained_share", sort=True)


def _table(sizes: "pd.Series[int]", active: "pd.Series[int]", until: date | str, unit: Unit) -> pd.DataFrame:
    last = int(_ordinal(pd.Series([pd.Timestamp(until)]), unit).iloc[0])
    rows = [(cohort, n, period) for cohort, n in sizes.items() for period in range(last - int(str(cohort)))]
    table = pd.DataFrame(rows, columns=["cohort", "n_customers", "period"])
    keys = pd.MultiIndex.from_frame(table[["cohort", "period"]])
    table["n_active"] = active.reindex(keys, fill_value=0).to_numpy()
    table["retained_share"] = table["n_active"] / table["n_customers"]
    starts = {cohort: pd.Period(ordinal=cohort, freq=_CODES[unit]).start_time for cohort in sizes.index}
    return table.assign(cohort=table["cohort"].map(starts))


def _ordinal(day: pd.Series, unit: Unit) -> pd.Series:
    return day.dt.to_period(_CODES[unit]).dt.asfreq(_CODES[unit]).astype("int64")


def _check_days(rows: pd.DataFrame, name: str, until: date | str, unit: Unit) -> None:
    ensure_frame("The rows", rows, ["customer_id", name])
    ensure_choice("unit", unit, _CODES)
    day = rows[name]
    if day.dtype.kind != "M" or isinstance(day.dtype, pd.DatetimeTZDtype):
        raise UsageError(f"{name}: {day.dtype} holds no local days. Give times without a zone.")
    last = as_date(until)
    if day.empty or day.isna().any() or day.max() >= pd.Timestamp(last):
        raise UsageError(
            f"{len(day)} rows, {int(day.isna().sum())} of them without a day, the last on {day.max()}: give "
            f"rows with days, all before {last}."
        )
