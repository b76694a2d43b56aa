"""The summary that buy-till-you-die models are fitted to."""

import pandas as pd
from ibis import _

from goodwill.arguments import as_number
from goodwill.data.tables import Past
from goodwill.engine import to_frame
from goodwill.errors import UsageError
from goodwill.features.occasions import occasions, order_lines


def btyd_summary(past: Past, unit_days: float = 7.0) -> pd.DataFrame:
    """Return frequency, recency, T and monetary value with Fader and Hardie's meaning.

    Parameters
    ----------
    past : what was known before `as_of`; days count from the local day of the first purchase to `as_of`.
    unit_days : length of the unit of time; 7 gives weeks.

    Returns
    -------
    A row per customer with a purchase: `customer_id`; `frequency`, the purchase days after the first;
    `recency`, the age at the last of them (0 for one-time buyers); `T`, the time from the first purchase
    to `as_of`; `monetary_value`, the mean net amount of the purchase days after the first (0 where there
    are none).

    Raises
    ------
    UsageError
        If `past` is no past, or the unit no length of time.

    Notes
    -----
    `T` runs to the start of the day `as_of`. The values published for CDNOW run to the last observed day,
    1997-09-30, and so are one day shorter than those at the half-open `as_of` of 1997-10-01: subtract
    `1 / unit_days` to compare. They also count eight customers whose only order cost nothing; here a day is a
    purchase where its net amount is above 0.

    Fader, Hardie & Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2), section 2;
    Fader & Hardie (2013), The Gamma-Gamma model of monetary value, equation 1 for the mean of repeat days.

    Examples
    --------
    >>> from datetime import date
    >>> from goodwill.data.tables import Tables
    >>> from goodwill.engine import connect, in_memory
    >>> orders = pd.DataFrame({
    ...     "customer_id": ["a", "a", "a", "b"],
    ...     "time": pd.to_datetime(["2024-01-01", "2024-01-01", "2024-01-05", "2024-01-08"]),
    ...     "amount": [2.0, 3.0, 7.0, 1.0],
    ... })
    >>> tables = Tables(transactions=in_memory(orders, connect(), "orders"))
    >>> btyd_summary(tables.before(date(2024, 1, 11)), unit_days=1)
      customer_id  frequency  recency     T  monetary_value
    0           a          1      4.0  10.0             7.0
    1           b          0      0.0   3.0             0.0
    """
    if not isinstance(past, Past):
        raise UsageError(f"The past is a {type(past).__name__}. Give `tables.before(as_of)`.")
    unit_days = as_number("unit_days", unit_days)
    if not unit_days > 0:
        raise UsageError(f"unit_days: {unit_days} is no length of time. Give days above 0, such as 7.")
    days = occasions(order_lines(past.tables, past.as_of), "day").filter(_.is_occasion)
    summary = days.group_by("customer_id").agg(
        frequency=_.count() - 1,
        first_days=_.age_days.max(),
        last_days=_.age_days.min(),
        repeat_total=(_.amount.sum() - _.amount.argmax(_.age_days)).cast("float64"),
    )
    result = summary.select(
        "customer_id",
        "frequency",
        recency=(_.first_days - _.last_days) / unit_days,
        T=_.first_days / unit_days,
        monetary_value=(_.repeat_total / _.frequency.nullif(0)).fill_null(0.0),
    )
    return to_frame(result)
