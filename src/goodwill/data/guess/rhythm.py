"""How long a history is and how often customers come back: the ground of `as_of` and `horizon_days`."""

from dataclasses import dataclass
from datetime import date, timedelta

import ibis
from ibis.expr import types as ir

from goodwill.engine import fetch

GAPS = 4  # a horizon holds so many median inter-purchase times, so that silence over it means something
SHARE = 3  # and at most this part of the history, so that outcome windows before and after `as_of` fit in
_NICE = (7, 14, 30, 60, 90, 180, 365)


@dataclass(frozen=True)
class Rhythm:
    """The span of a table of events and its median time between two purchase days of a customer.

    Parameters
    ----------
    first, last : the first and the last day with an event.
    gap_days : median; None where nobody came back.
    """

    first: date
    last: date
    gap_days: float | None


def rhythm_of(events: ir.Table, time: str) -> Rhythm | None:
    """Return the rhythm of a mapped table of events; None where it holds no time.

    Examples
    --------
    >>> days = ["2024-01-01", "2024-01-11", "2024-01-31"]
    >>> orders = ibis.memtable({"customer_id": ["a"] * 3, "time": days}).cast({"time": "timestamp"})
    >>> rhythm_of(orders, "time").gap_days
    15.0
    """
    days = events.select("customer_id", day=events[time].date()).filter(ibis._.day.notnull()).distinct()
    window = ibis.window(group_by="customer_id", order_by="day")
    gaps = days.mutate(gap=days.day.delta(days.day.lag().over(window), unit="day"))
    span = gaps.aggregate(first=gaps.day.min(), last=gaps.day.max(), gap=gaps.gap.median())
    row = fetch(span).to_pylist()[0]
    return None if row["first"] is None else Rhythm(row["first"], row["last"], row["gap"])


def horizon_days(rhythm: Rhythm) -> int:
    """Return a horizon for a history.

    It is the largest round number of days (a week, a fortnight, one, two, three or six months, a year) within
    `GAPS` median inter-purchase times and a third of the history; within that third alone where nobody came
    back; and the third itself where even a week is too long.

    Examples
    --------
    >>> horizon_days(Rhythm(date(1997, 1, 1), date(1998, 6, 30), 23.0))
    90
    >>> horizon_days(Rhythm(date(2024, 1, 1), date(2024, 1, 12), None))
    4
    """
    history = (rhythm.last - rhythm.first).days + 1
    longest = max(1, history // SHARE)
    wanted = (
        longest if rhythm.gap_days is None else min(longest, max(_NICE[0], round(GAPS * rhythm.gap_days)))
    )
    return max((days for days in _NICE if days <= wanted), default=wanted)


def as_of(rhythm: Rhythm, horizon: int) -> date:
    """Return the day that leaves one whole horizon of the history to judge the models on.

    Examples
    --------
    >>> as_of(Rhythm(date(1997, 1, 1), date(1998, 6, 30), 23.0), 90)
    datetime.date(1998, 4, 2)
    """
    return rhythm.last + timedelta(days=1 - horizon)
