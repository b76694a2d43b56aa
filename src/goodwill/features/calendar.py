"""When orders come: repeat orders by week and age of the customer, beside who could have ordered."""

from collections.abc import Sequence

import ibis
import numpy as np
import pandas as pd
from ibis import _
from numpy.typing import NDArray

from goodwill.arguments import as_number
from goodwill.data.tables import Past, Tables
from goodwill.engine import to_frame
from goodwill.errors import UsageError
from goodwill.features.occasions import occasions, order_lines

# Days since the first order at which a group of ages begins; the first order itself is none of them.
AGES_DAYS = tuple(sorted({round(1.3**step) for step in range(28)}))
_WEEK_DAYS, _MONTHS = 7, 12
F = NDArray[np.float64]


def known_season(tables: Tables, season: Sequence[float] | None) -> tuple[float, ...] | None:
    """Return how busy each month of the year is said to be, None where nothing is said.

    Raises
    ------
    UsageError
        If that is no whole years of numbers, none below 0 and one above in each, or nobody orders.

    Examples
    --------
    >>> known_season(Tables(), [1, 2])
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: season: 2 numbers are no whole years. Give one a month, from January on.
    """
    if season is None:
        return None
    if tables.contracts is not None and tables.transactions is None:
        raise UsageError("season: contracts end on their own dates, whatever the season. Leave it out.")
    months = tuple(as_number("season", brought) for brought in season)
    if not months or len(months) % _MONTHS:
        raise UsageError(
            f"season: {len(months)} numbers are no whole years. Give one a month, from January on."
        )
    if min(months) < 0 or not np.reshape(months, (-1, _MONTHS)).any(axis=1).all():
        raise UsageError(
            "season: a number lies below 0, or those of a year are all 0. Give what each month brings."
        )
    return months


def order_calendar(past: Past) -> pd.DataFrame:
    """Return repeat orders per week and age of the customer, and the days on which customers could order.

    An order is a local day on which a customer bought, as in `purchases`. Weeks count from the first day of
    the history; the last one may be short.

    Returns
    -------
    A row per week and group of ages in which there were customers: `week` (its first day), `age_days` (the
    group's youngest), `n_orders`, `customer_days`. Empty without orders: contracts keep to their own dates.
    """
    tables = past.tables
    if tables.transactions is None:
        return no_calendar()
    days = occasions(order_lines(tables, past.as_of), "day").filter(_.is_occasion)
    oldest = days.age_days.max().over(ibis.window(group_by="customer_id"))
    dated = days.mutate(first=oldest).mutate(age=_.first - _.age_days)
    group = sum(((dated.age >= youngest).ifelse(1, 0) for youngest in AGES_DAYS), ibis.literal(-1))
    counts = dated.group_by(before=dated.age_days, group=group).agg(n=_.count())
    return _weekly(to_frame(counts, order_by="before").astype("int64"), past)


def no_calendar() -> pd.DataFrame:
    """Return a calendar that knows nothing.

    Examples
    --------
    >>> no_calendar().columns.tolist()
    ['week', 'age_days', 'n_orders', 'customer_days']
    """
    return _cells(pd.Timestamp(0), np.zeros((0, len(AGES_DAYS))), np.zeros((0, len(AGES_DAYS))))


def _weekly(counts: pd.DataFrame, past: Past) -> pd.DataFrame:
    """Sum days to weeks, and add the customers of each age; `group` -1 counts those who came that day."""
    history_days = int(counts["before"].max()) if len(counts) else 0
    day, group, n = (history_days - counts["before"]).to_numpy(), counts["group"].to_numpy(), counts["n"]
    is_new, week = group < 0, np.arange(history_days) // _WEEK_DAYS
    came = np.bincount(day[is_new], weights=n[is_new], minlength=history_days).astype(float)
    orders, customer_days = np.zeros((2, -(-history_days // _WEEK_DAYS), len(AGES_DAYS)))
    np.add.at(orders, (week[day[~is_new]], group[~is_new]), n[~is_new])
    for place, ages in enumerate(zip(AGES_DAYS, (*AGES_DAYS[1:], history_days + 1), strict=True)):
        np.add.at(customer_days[:, place], week, _of_age(came, *ages))
    return _cells(pd.Timestamp(past.as_of) - pd.Timedelta(days=history_days), orders, customer_days)


def _of_age(came: F, youngest: int, next_older: int) -> F:
    """Return on each day how many customers came at least `youngest` and less than `next_older` days ago."""
    total, day = np.append(0.0, np.cumsum(came)), np.arange(len(came))
    up_to, before = (np.clip(day - age + 1, 0, None) for age in (youngest, max(next_older, youngest)))
    return np.asarray(total[up_to] - total[before])


def _cells(first: pd.Timestamp, orders: F, customer_days: F) -> pd.DataFrame:
    week, group = np.nonzero(customer_days)
    return pd.DataFrame(
        {
            "week": first + pd.to_timedelta(week * _WEEK_DAYS, unit="D"),
            "age_days": np.array(AGES_DAYS)[group],
            "n_orders": orders[week, group],
            "customer_days": customer_days[week, group],
        }
    )
