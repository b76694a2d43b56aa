"""Rows that lie long after all others: mistyped dates, or a clock gone wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import ibis
from ibis.expr import types as ir

from goodwill.engine import fetch

# A silence is odd if it is so many times the longest before it, over a month, and after so many days.
_TIMES, _LEAST_GAP_DAYS, _LEAST_DAYS = 4, 30, 20
# More days than this part of all are a trade that was taken up again.
_MOST_SHARE = 0.05


@dataclass(frozen=True)
class FarRows:
    """Rows at the end of a history, beyond a gap far longer than any before.

    Parameters
    ----------
    n_rows : how many. since : the day of the first. after : the last day before the gap.
    """

    n_rows: int
    since: date
    after: date


def far_rows(table: ir.Table, time: str) -> FarRows | None:
    """Return the rows that lie beyond such a gap; None where there is none.

    Examples
    --------
    >>> days = [f"2024-01-{day:02}" for day in range(1, 31)]
    >>> far_rows(ibis.memtable({"time": [*days, "2099-01-01", "2099-01-01"]}).cast({"time": "date"}), "time")
    FarRows(n_rows=2, since=datetime.date(2099, 1, 1), after=datetime.date(2024, 1, 30))
    """
    dated = table.filter(table[time].notnull()).select(day=table[time].cast("date"))
    found = fetch(dated.group_by("day").agg(n_rows=ibis._.count()).order_by("day")).to_pydict()
    days, n_rows = found["day"], found["n_rows"]
    place = _start(days)
    return None if place is None else FarRows(sum(n_rows[place:]), days[place], days[place - 1])


def _start(days: Sequence[date]) -> int | None:
    """Return the place of the first day beyond the gap, of distinct days in order."""
    gaps = [(after - before).days for before, after in pairwise(days)]
    first = max(_LEAST_DAYS, round((1 - _MOST_SHARE) * len(days)))
    longest = max(gaps[: first - 1], default=0)
    for place in range(first, len(days)):
        if gaps[place - 1] > max(_TIMES * longest, _LEAST_GAP_DAYS):
            return place
        longest = max(longest, gaps[place - 1])
    return None
