"""Customers' lives as rows, from which pictures are drawn: purchase days, contracts, payments."""

from datetime import date

import numpy as np
import pandas as pd
from ibis import _

from goodwill.data.tables import Past, Tables
from goodwill.engine import to_frame
from goodwill.features.labels import ALL_IS_MARGIN, ValueRule
from goodwill.features.occasions import occasions, order_lines


def purchase_days(past: Past, value: ValueRule = ALL_IS_MARGIN) -> pd.DataFrame:
    """Return every day on which a customer bought or sent something back.

    Parameters
    ----------
    past : what was known; must hold transactions.
    value : how money becomes margin where neither costs nor products say.

    Returns
    -------
    A row per customer and day: `customer_id`, `day`, `age_days` (since the customer's first row), `margin`
    and `is_order` (False where the day's net amount is not above zero).
    """
    lines = order_lines(past.tables, past.as_of)
    margin = lines.amount * value.margin_rate
    priced = lines.mutate(margin=lines.margin.coalesce(margin) if "margin" in lines.columns else margin)
    days = occasions(priced, "day").select(
        "customer_id", "age_days", margin=_.margin.cast("float64"), is_order=_.is_occasion
    )
    rows = to_frame(days).sort_values(["customer_id", "age_days"], ignore_index=True)
    first = rows.groupby("customer_id")["age_days"].transform("max")
    return pd.DataFrame({
        "customer_id": rows["customer_id"],
        "day": pd.Timestamp(past.as_of) - pd.to_timedelta(rows["age_days"], unit="D"),
        "age_days": first - rows["age_days"], "margin": rows["margin"],
        "is_order": rows["is_order"].astype(bool),
    })  # fmt: skip


def daily_orders(past: Past) -> pd.DataFrame:
    """Return how many customers first bought on each day, and how many purchases of others it saw.

    Returns
    -------
    A row per day with a purchase, the oldest first: `age_days` (before `past.as_of`), `n_new`, `n_repeats`.
    """
    days = occasions(order_lines(past.tables, past.as_of), past.tables.occasion).filter(_.is_occasion)
    first = days.group_by("customer_id").agg(first_age=_.age_days.max())
    joined = days.inner_join(first, "customer_id")
    counts = joined.group_by("age_days").agg(
        n_new=joined.customer_id.nunique(where=joined.age_days == joined.first_age), n_orders=_.count()
    )
    table = to_frame(counts, order_by="age_days").astype("int64").iloc[::-1].reset_index(drop=True)
    return table.assign(n_repeats=table["n_orders"] - table["n_new"]).drop(columns="n_orders")


def acquired(tables: Tables, as_of: date) -> pd.DataFrame | None:
    """Return by which channel customers were won before `as_of`, and for how much; None if not told.

    These facts are no features: they count costs that are spent.

    Returns
    -------
    A row per customer: `customer_id`, `acquisition_channel`, `acquisition_cost`, `age_days` since sign-up.
    """
    names = ["customer_id", "acquisition_channel", "acquisition_cost", "signup_time"]
    if tables.customers is None or not set(names) <= set(tables.customers.columns):
        return None
    rows = to_frame(tables.customers.select(*names), order_by="customer_id").dropna()
    rows = rows.assign(age_days=(pd.Timestamp(as_of) - rows["signup_time"]).dt.days)
    return rows[rows["age_days"] > 0].drop(columns="signup_time").reset_index(drop=True)


def contract_spans(past: Past) -> pd.DataFrame:
    """Return every contract that has begun: `customer_id`, `start` and `end` (missing where not known)."""
    contracts = past.tables.present["contracts"]
    begun = contracts.filter(contracts.start < pd.Timestamp(past.as_of))
    rows = to_frame(begun.select("customer_id", "start", "end"))
    return rows.sort_values(["customer_id", "start", "end"], ignore_index=True)


def contract_income(past: Past, margin_rate: float = 1.0) -> pd.DataFrame:
    """Return every contract payment before `past.as_of`: `customer_id`, `age_days` and `margin`.

    A contract pays on its first day and every `period_days` from then on while it runs. Ages count from the
    start of the customer's first contract.
    """
    contracts = past.tables.present["contracts"]
    begun = contracts.filter(contracts.start < pd.Timestamp(past.as_of))
    columns = ["customer_id", "start", "end", "price", "period_days"]
    rows = to_frame(begun.select(*columns)).sort_values(columns, ignore_index=True)
    as_of = pd.Timestamp(past.as_of)
    stop = rows["end"].where(rows["end"] < as_of, as_of)
    # Whole days in which it ran, the first one not counted: a payment falls due on each multiple of a period.
    ran = np.asarray((stop - rows["start"].dt.normalize()).dt.days, dtype=float) - 1
    period = rows["period_days"].to_numpy(float)
    period = np.where(period > 0, period, np.inf)
    n = (np.maximum(ran, 0) / period).astype(int) + 1
    first = rows.groupby("customer_id")["start"].transform("min")
    began = np.asarray((rows["start"] - first).dt.days, dtype=float)
    row, step = np.repeat(np.arange(len(rows)), n), np.concatenate([np.arange(k) for k in n] or [n])
    later = np.where(step > 0, step * np.where(np.isinf(period), 0.0, period)[row], 0.0)
    return pd.DataFrame({
        "customer_id": rows["customer_id"].to_numpy()[row],
        "age_days": began[row] + later,
        "margin": rows["price"].to_numpy(float)[row] * margin_rate,
    })  # fmt: skip
