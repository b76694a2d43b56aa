"""What customers bought of kinds they had not bought before."""

import ibis
import pandas as pd
from ibis import _

from goodwill.data.tables import Past
from goodwill.engine import money, to_frame
from goodwill.features.occasions import order_lines


def cross_sales(past: Past, days: int) -> pd.DataFrame:
    """Return how much of the sales of the last `days` went to categories new to the customer.

    Only customers who had bought a category before those days count: to all others everything is new.

    Parameters
    ----------
    past : what was known; without categories the result is empty.
    days : length of the window before `past.as_of`.

    Returns
    -------
    A row per number of categories known before (`n_categories`): `sales_total` of the window and `new_total`,
    the part from new categories; refunds are left out of both.
    """
    columns = ["n_categories", "sales_total", "new_total"]
    if past.tables.transactions is None:
        return pd.DataFrame(columns=columns)
    lines = order_lines(past.tables, past.as_of)
    if "category" not in lines.columns:
        return pd.DataFrame(columns=columns)
    bought = lines.filter(lines.amount > 0).drop_null("category")
    is_recent = bought.age_days <= days
    pairs = bought.group_by("customer_id", "category").agg(
        first_age=_.age_days.max(), sales=money(is_recent.ifelse(bought.amount, ibis.literal(0))).sum()
    )
    is_known = pairs.first_age > days
    customers = pairs.group_by("customer_id").agg(
        n_categories=is_known.sum(), sales=_.sales.sum(), new=is_known.ifelse(0, pairs.sales).sum()
    )
    table = customers.filter(_.n_categories > 0).group_by("n_categories")
    sums = table.agg(sales_total=_.sales.sum().cast("float64"), new_total=_.new.sum().cast("float64"))
    return to_frame(sums, order_by="n_categories")[columns].astype("float64")
