"""How long customers stay away between two purchases, and since their last one."""

import ibis
import pandas as pd
from ibis import _

from goodwill.data.tables import Past
from goodwill.engine import to_frame
from goodwill.features.occasions import occasions, order_lines


def silences(past: Past) -> pd.DataFrame:
    """Return the silences of all buyers before `past.as_of`, counted by their length.

    Returns
    -------
    A row per length: `days` between two days with an order of one customer, or from the last one to the day;
    `has_ended`, True of the former; and `n`, how many there were. Nobody is named.
    """
    bought = occasions(order_lines(past.tables, past.as_of), past.tables.occasion).filter(_.is_occasion)
    days = bought.select("customer_id", "age_days").distinct()
    next_age = days.age_days.lead().over(group_by=days.customer_id, order_by=ibis.desc(days.age_days))
    each = days.select(days=days.age_days - next_age.fill_null(0), has_ended=next_age.fill_null(-1) > 0)
    counted = each.group_by("days", "has_ended").agg(n=_.count())
    table = to_frame(counted, order_by="days").sort_values(["days", "has_ended"], ignore_index=True)
    return table.astype({"days": "int64", "has_ended": "bool", "n": "int64"})
