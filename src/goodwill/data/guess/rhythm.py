"""How long a history is and how often customers come back: the ground of `as_of` and `horizon_days`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from ibis.expr import types as ir

from goodwill.data.far_rows import FarRows, far_rows
from goodwill.engine import fetch

GAPS = 4  # a horizon holds about so many gaps, so that silence over it means something
SHARE = 3  # and at most this part of the history, so that outcome windows before and after `as_of` fit in
_NICE = (7, 14, 30, 60, 90, 180, 365)
# Silence since the last notice means something if it is so many times the longest of so many days with one.
_SILENCES, _LEAST_DAYS, _LOOKED_AT = 4, 20, timedelta(days=730)


@dataclass(frozen=True)
class Rhythm:
    """The span of a history, and the time after which a customer usually comes back or pays again.

    Parameters
    ----------
    first, last : the first and the last day with an event.
    gap_days : a median of customers, or of payments; None where nobody came back.
    of : what the gap lies between, in words.
    n_later : events after `last`, taken to be booked ahead.
    far : rows after `last`, beyond a gap far longer than any before.
    """

    first: date
    last: date
    gap_days: float | None
    of: str = "a customer's purchases"
    n_later: int = 0
    far: FarRows | None = None

    @property
    def gap(self) -> str:
        """The gap in words."""
        if self.gap_days is None:
            return "nobody came back"
        unit = "day" if self.gap_days == 1 else "days"
        return f"a median of {self.gap_days:.3g} {unit} between {self.of}"


def rhythm_of_orders(orders: ir.Table) -> Rhythm | None:
    """Return the rhythm of mapped transactions: the gap lies between two days on which a customer bought.

    Who came back counts once, by the mean gap: of all gaps together, most are of the few who buy most often.
    None where nothing was ever bought. The history ends before rows that lie far beyond all others.

    Examples
    --------
    >>> import ibis
    >>> days = ["2024-01-01", "2024-01-11", "2024-01-31"]
    >>> orders = ibis.memtable({"customer_id": ["a"] * 3, "time": days, "amount": [5] * 3})
    >>> rhythm_of_orders(orders.cast({"time": "timestamp"})).gap
    "a median of 15 days between a customer's purchases"
    """
    bought = orders.filter(orders.amount > 0, orders.time.notnull())
    days, far = _in_reach(bought.select("customer_id", day=bought.time.date()))
    own = days.group_by("customer_id").aggregate(
        first=days.day.min(), last=days.day.max(), n_gaps=days.day.nunique() - 1
    )
    span = own["last"].delta(own["first"], unit="day")
    found = _rhythm(own.mutate(gap=span / own.n_gaps.nullif(0)), "a customer's purchases")
    return found and replace(found, far=far)


def rhythm_of_contracts(contracts: ir.Table) -> Rhythm | None:
    """Return the rhythm of mapped contracts: the gap lies between two payments; None without a start.

    A start may be booked ahead, a notice (or an end, where there are no notices) is written down when it has
    come. So the history ends with the last notice where starts go on after it for more than four times as
    long as there ever was no notice in the two years before, if notices came on twenty days of those. It ends
    before starts that lie far beyond all others, too.

    Examples
    --------
    >>> import ibis
    >>> days = [date(2024, 1, 1) + timedelta(days=n) for n in range(60)]
    >>> rows = {"start": [*days, date(2024, 5, 1)], "end": [*days, None], "period_days": [30] * 61}
    >>> contracts = ibis.memtable(rows).cast({"start": "timestamp", "end": "timestamp"})
    >>> rhythm = rhythm_of_contracts(contracts)
    >>> rhythm.last, rhythm.n_later
    (datetime.date(2024, 2, 29), 1)
    """
    started = contracts.filter(contracts.start.notnull())
    days = started.select(day=started.start.date(), gap=started.period_days)
    found, told = _rhythm(_spanning(days), "payments"), _days_told(contracts)
    if found is None or not _are_over(told, found.last):
        within, far = _in_reach(days)
        found = _rhythm(_spanning(within), "payments")
        return found and replace(found, far=far)
    n_later = fetch(days.aggregate(n=days.count(where=days.day > told[-1]))).to_pylist()[0]["n"]
    past = _rhythm(_spanning(days.filter(days.day <= told[-1])), "payments")
    return found if past is None else replace(past, last=told[-1], n_later=n_later)


def _in_reach(days: ir.Table) -> tuple[ir.Table, FarRows | None]:
    """Return the days without those that lie far beyond all others, and what is known of these."""
    far = far_rows(days, "day")
    return (days, far) if far is None else (days.filter(days.day <= far.after), far)


def _days_told(contracts: ir.Table) -> list[date]:
    """Return the days with a notice, or with an end where nobody gave notice."""
    for name in ("cancelled_at", "end"):
        if name in contracts.columns:
            days = contracts.select(day=contracts[name].date()).distinct().order_by("day")
            if found := fetch(days.filter(days.day.notnull())).to_pydict()["day"]:
                return list(found)
    return []


def _are_over(days: Sequence[date], last: date) -> bool:
    """Tell whether days came to an end before `last`, their silence being none of those they had before."""
    recent = [day for day in days if day > days[-1] - _LOOKED_AT]
    if len(recent) < _LEAST_DAYS:
        return False
    longest = max(after - before for before, after in pairwise(recent))
    return last - days[-1] > _SILENCES * longest


def _spanning(days: ir.Table) -> ir.Table:
    return days.select("gap", first=days.day, last=days.day)


def _rhythm(gaps: ir.Table, of: str) -> Rhythm | None:
    span = gaps.aggregate(first=gaps["first"].min(), last=gaps["last"].max(), gap=gaps.gap.median())
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
