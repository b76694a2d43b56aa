"""The order history by calendar month and by customer: what the assumptions are checked on."""

import pandas as pd
from ibis import _

from goodwill.data.tables import Past
from goodwill.engine import to_frame
from goodwill.features.occasions import occasions, order_lines
from goodwill.features.purchases import purchases


def customer_totals(past: Past) -> pd.DataFrame:
    """Return n_order_days, spend_mean and spend_total of each buyer, without saying who it is."""
    history = purchases(past).filter(_.n_orders > 0)
    totals = history.select("customer_id", "n_order_days", "spend_mean", "spend_total")
    return to_frame(totals).drop(columns="customer_id")


def monthly_orders(past: Past) -> pd.DataFrame:
    """Return a row per calendar month: month (its first day), n_customers, n_new, n_orders, spend_total."""
    days = occasions(order_lines(past.tables, past.as_of), past.tables.occasion).filter(_.is_occasion)
    oldest = days.group_by("customer_id").agg(first_age_days=_.age_days.max())
    joined = days.inner_join(oldest, "customer_id")
    ages = joined.group_by("age_days").agg(
        n_new=(joined.age_days == joined.first_age_days).sum(), n_orders=_.count(), spend=_.amount.sum()
    )
    by_day = to_frame(ages, order_by="age_days")
    month = _months(past, by_day["age_days"])
    sums = by_day.groupby(month)[["n_new", "n_orders", "spend"]].sum()
    buyers = to_frame(days.select("customer_id", "age_days").distinct())
    n_customers = buyers.groupby(_months(past, buyers["age_days"]))["customer_id"].nunique()
    table = sums.assign(n_customers=n_customers, spend_total=sums["spend"]).rename_axis("month").reset_index()
    return table[["month", "n_customers", "n_new", "n_orders", "spend_total"]]


def order_days(past: Past) -> pd.Series:
    """Return the distinct days with an order."""
    days = occasions(order_lines(past.tables, past.as_of), past.tables.occasion).filter(_.is_occasion)
    ages = to_frame(days.select("age_days").distinct(), order_by="age_days")["age_days"]
    return pd.Timestamp(past.as_of) - pd.to_timedelta(ages, unit="D")


def _months(past: Past, age_days: pd.Series) -> pd.Series:
    days = pd.Timestamp(past.as_of) - pd.to_timedelta(age_days, unit="D")
    return days.dt.to_period("M").dt.start_time
