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
    """Return a row per calendar month: month (its first day), n_customers, n_new, n_orders, spend_total.

    `spend_total` is all money that came, less all that was refunded; the counts are of orders alone. A
    customer is new once, however many orders the first day holds.
    """
    days = occasions(order_lines(past.tables, past.as_of), past.tables.occasion)
    orders = days.filter(_.is_occasion)
    oldest = orders.group_by("customer_id").agg(first_age_days=_.age_days.max())
    joined = days.left_join(oldest, "customer_id")
    ages = joined.group_by("age_days").agg(
        n_new=joined.customer_id.nunique(
            where=joined.is_occasion & (joined.age_days == joined.first_age_days)
        ),
        n_orders=joined.is_occasion.sum(),
        spend_total=_.amount.sum().cast("float64"),
    )
    by_day = to_frame(ages, order_by="age_days")
    sums = by_day.groupby(_months(past, by_day["age_days"]))[["n_new", "n_orders", "spend_total"]].sum()
    buyers = to_frame(orders.select("customer_id", "age_days").distinct())
    n_customers = buyers.groupby(_months(past, buyers["age_days"]))["customer_id"].nunique()
    table = sums.assign(n_customers=n_customers.reindex(sums.index, fill_value=0))
    table = table.rename_axis("month").reset_index()
    return table[["month", "n_customers", "n_new", "n_orders", "spend_total"]]


def order_days(past: Past) -> pd.Series:
    """Return the distinct days with an order."""
    days = occasions(order_lines(past.tables, past.as_of), past.tables.occasion).filter(_.is_occasion)
    ages = to_frame(days.select("age_days").distinct(), order_by="age_days")["age_days"]
    return pd.Timestamp(past.as_of) - pd.to_timedelta(ages, unit="D")


def _months(past: Past, age_days: pd.Series) -> pd.Series:
    days = pd.Timestamp(past.as_of) - pd.to_timedelta(age_days, unit="D")
    return days.dt.to_period("M").dt.start_time
