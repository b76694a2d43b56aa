"""Cohorts: of the customers who first bought in a month, how many buy in each month after."""

import ibis
import pandas as pd
from ibis import _

from goodwill.data.tables import Past
from goodwill.engine import to_frame
from goodwill.features.occasions import occasions, order_lines


def cohort_retention(past: Past) -> pd.DataFrame:
    """Return a row per month of first purchase and month since: who still buys, and what they pay.

    Returns
    -------
    frame with cohort (such as "2024-03"), months_since (0 is the month of the first purchase), customers (of
    the cohort), active (of them, those with a purchase in that month) and spend, refunds taken off. The month
    that `as_of` lies in is not whole and is left out, unless nothing else is known.
    """
    days = occasions(order_lines(past.tables, past.as_of), past.tables.occasion)
    day = ibis.literal(past.as_of) - days.age_days.cast("int64").as_interval("D")
    dated = days.mutate(month=(day.year() * 12 + day.month() - 1).cast("int64"))
    monthly = dated.group_by(["customer_id", "month"]).agg(
        spend=_.amount.sum(), is_active=_.is_occasion.any()
    )
    bought = monthly.mutate(bought=_.is_active.ifelse(_.month, ibis.null("int64")))
    first = bought.mutate(first=_.bought.min().over(ibis.window(group_by="customer_id")))
    known = first.drop_null("first")
    # A refund from before the first known purchase belongs to the first month.
    known = known.mutate(month=ibis.greatest(known.month, known["first"]))
    cells = known.group_by(["first", "month"]).agg(
        active=_.is_active.sum(), spend=_.spend.sum().cast("float64")
    )
    return _named(to_frame(cells, order_by="first"), past)


def _named(cells: pd.DataFrame, past: Past) -> pd.DataFrame:
    """Put names to months and the size of the cohort beside each; months without a purchase are 0."""
    as_of_month = past.as_of.year * 12 + past.as_of.month - 1
    cells = cells[cells["month"] < as_of_month] if (cells["month"] < as_of_month).any() else cells
    sizes = cells.loc[cells["first"] == cells["month"]].set_index("first")["active"]
    last = int(cells["month"].max()) if len(cells) else 0
    pairs = [(first, month) for first in sizes.index for month in range(int(first), last + 1)]
    index = pd.MultiIndex.from_tuples(pairs, names=["first", "month"])
    full = cells.set_index(["first", "month"]).reindex(index, fill_value=0).reset_index()
    return pd.DataFrame(
        {
            "cohort": [f"{month // 12}-{month % 12 + 1:02d}" for month in full["first"]],
            "months_since": (full["month"] - full["first"]).astype("int64"),
            "customers": full["first"].map(sizes).astype("int64"),
            "active": full["active"].astype("int64"),
            "spend": full["spend"].astype(float),
        }
    )
