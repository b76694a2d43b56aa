"""Customers' lives as rows, from which pictures are drawn: income, first orders, contracts."""

from datetime import date

import numpy as np
import pandas as pd
from ibis import _
from ibis.expr import types as ir

from goodwill.data.tables import Past, Tables
from goodwill.engine import money, to_frame
from goodwill.features.ages import age_days
from goodwill.features.labels import ALL_IS_MARGIN, ValueRule
from goodwill.features.occasions import occasions, order_lines


def income(past: Past, value: ValueRule = ALL_IS_MARGIN) -> pd.DataFrame:
    """Return what each customer brought and cost on each day, net as the labels are, not discounted.

    Parameters
    ----------
    past : what was known.
    value : how money becomes margin where neither costs nor products say, and what serving an order costs.

    Returns
    -------
    A row per day (or order) with orders or refunds, day whose interactions cost something, and contract
    payment: `customer_id`, `day` and `margin` (below zero where refunds or costs are larger).
    """
    parts = []
    if past.tables.transactions is not None:
        parts.append(_order_income(past, value))
    if past.tables.interactions is not None and "cost" in past.tables.interactions.columns:
        parts.append(_interaction_costs(past))
    if past.tables.contracts is not None:
        parts.append(contract_income(past, value.margin_rate))
    return pd.concat(parts, ignore_index=True)


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
    A row per customer: `customer_id`, `acquisition_channel`, `acquisition_cost`, `signup_day`, and `age_days`
    since then.
    """
    names = ["customer_id", "acquisition_channel", "acquisition_cost", "signup_time"]
    if tables.customers is None or not set(names) <= set(tables.customers.columns):
        return None
    rows = to_frame(tables.customers.select(*names), order_by="customer_id").dropna()
    rows = rows.assign(signup_day=rows["signup_time"].dt.normalize()).drop(columns="signup_time")
    rows = rows.assign(age_days=(pd.Timestamp(as_of) - rows["signup_day"]).dt.days)
    return rows[rows["age_days"] > 0].reset_index(drop=True)


def contract_spans(past: Past) -> pd.DataFrame:
    """Return every contract that has begun: `customer_id`, `start` and `end` (missing where not known)."""
    contracts = past.tables.present["contracts"]
    begun = contracts.filter(contracts.start < pd.Timestamp(past.as_of))
    rows = to_frame(begun.select("customer_id", "start", "end"))
    return rows.sort_values(["customer_id", "start", "end"], ignore_index=True)


def contract_income(past: Past, margin_rate: float = 1.0) -> pd.DataFrame:
    """Return every contract payment before `past.as_of`: `customer_id`, `day` and `margin`.

    A contract pays on its first day and every `period_days` from then on while it runs: nothing where it ends
    on the day it starts, and nothing without a price.
    """
    contracts = past.tables.present["contracts"]
    begun = contracts.filter(contracts.start < pd.Timestamp(past.as_of))
    columns = ["customer_id", "start", "end", "price", "period_days"]
    rows = to_frame(begun.select(*columns)).sort_values(columns, ignore_index=True)
    as_of = pd.Timestamp(past.as_of)
    stop = rows["end"].where(rows["end"] < as_of, as_of)
    ran = np.asarray((stop.dt.normalize() - rows["start"].dt.normalize()).dt.days, dtype=float)
    period = rows["period_days"].to_numpy(float)
    period = np.where(period > 0, period, np.inf)
    # A payment falls due on each multiple of a period before the day it ends; 0 is one of them.
    n = np.maximum(np.ceil(ran / period), ran > 0).clip(min=0).astype(int)
    row, step = np.repeat(np.arange(len(rows)), n), np.concatenate([np.arange(k) for k in n] or [n])
    later = np.where(step > 0, step * np.where(np.isinf(period), 0.0, period)[row], 0.0)
    return pd.DataFrame({
        "customer_id": rows["customer_id"].to_numpy()[row],
        "day": rows["start"].dt.normalize().to_numpy()[row] + pd.to_timedelta(later, unit="D").to_numpy(),
        "margin": rows["price"].fillna(0.0).to_numpy(float)[row] * margin_rate,
    })  # fmt: skip


def _order_income(past: Past, value: ValueRule) -> pd.DataFrame:
    lines = order_lines(past.tables, past.as_of)
    margin = lines.amount * value.margin_rate
    priced = lines.mutate(margin=lines.margin.coalesce(margin) if "margin" in lines.columns else margin)
    orders = occasions(priced, past.tables.occasion)
    servicing = orders.is_occasion.ifelse(value.order_cost, 0.0)
    return _dated(orders.mutate(margin=orders.margin.cast("float64") - servicing), past)


def _interaction_costs(past: Past) -> pd.DataFrame:
    rows = past.tables.present["interactions"]
    rows = rows.mutate(age_days=age_days(rows.time, past.as_of), margin=money(-rows.cost.fill_null(0.0)))
    days = rows.group_by("customer_id", "age_days").agg(margin=_.margin.sum().cast("float64"))
    return _dated(days.filter(days.margin != 0), past)


def _dated(rows: ir.Table, past: Past) -> pd.DataFrame:
    """Return rows with an `age_days` and a `margin` as rows with a day."""
    columns = ["customer_id", "age_days", "margin"]
    frame = to_frame(rows.select(*columns)).sort_values(columns, ignore_index=True)
    days = pd.Timestamp(past.as_of) - pd.to_timedelta(frame["age_days"], unit="D")
    return pd.DataFrame({"customer_id": frame["customer_id"], "day": days, "margin": frame["margin"]})
