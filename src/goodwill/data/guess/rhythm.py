"""How long a history is and how often customers come back: the ground of `as_of` and `horizon_days`."""

from dataclasses import dataclass
from datetime import date, timedelta

import ibis
from ibis.expr import types as ir

from goodwill.engine import fetch

GAPS = 4  # a horizon holds about so many gaps, so that silence over it means something
SHARE = 3  # and at most this part of the history, so that outcome windows before and after `as_of` fit in
_NICE = (7, 14, 30, 60, 90, 180, 365)


@dataclass(frozen=True)
class Rhythm:
    """The span of a history, and the time after which a customer usually comes back or pays again.

    Parameters
    ----------
    first, last : the first and the last day with an event.
    gap_days : a median; None where nobody came back.
    of : what the gap lies between, in words.
    """

    first: date
    last: date
    gap_days: float | None
    of: str = "purchases"

    @property
    def gap(self) -> str:
        """The gap in words."""
        if self.gap_days is None:
            return "nobody came back"
        unit = "day" if self.gap_days == 1 else "days"
        return f"a median of {self.gap_days:g} {unit} between {self.of}"


def rhythm_of_orders(orders: ir.Table) -> Rhythm | None:
    """Return the rhythm of mapped transactions: the gap lies between two days on which a customer bought.

    None where nothing was ever bought.

    Examples
    --------
    >>> days = ["2024-01-01", "2024-01-11", "2024-01-31"]
    >>> orders = ibis.memtable({"customer_id": ["a"] * 3, "time": days, "amount": [5] * 3})
    >>> rhythm_of_orders(orders.cast({"time": "timestamp"})).gap
    'a median of 15 days between purchases'
    """
    bought = orders.filter(orders.amount > 0, orders.time.notnull())
    days = bought.select("customer_id", day=bought.time.date()).distinct()
    window = ibis.window(group_by="customer_id", order_by="day")
    gaps = days.mutate(gap=days.day.delta(days.day.lag().over(window), unit="day"))
    return _rhythm(gaps, "purchases")


def rhythm_of_contracts(contracts: ir.Table) -> Rhythm | None:
    """Return the rhythm of mapped contracts: the gap lies between two payments; None without a start."""
    started = contracts.filter(contracts.start.notnull())
    return _rhythm(started.select(day=started.start.date(), gap=started.period_days), "payments")


def _rhythm(gaps: ir.Table, of: str) -> Rhythm | None:
    span = gaps.aggregate(first=gaps.day.min(), last=gaps.day.max(), gap=gaps.gap.median())
    row = fetch(span).to_pylist()[0]
    return None if row["first"] is None else Rhythm(row["first"], row["last"], row["gap"], of)


def horizon_days(rhythm: Rhythm) -> int:
    """Return a horizon for a history.

    It is the largest round number of days (a week, a fortnight, one, two, three, six or twelve months) within
    `GAPS` median gaps and a third of the history; within that third alone where nobody came
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
