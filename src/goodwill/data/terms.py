"""How many contracts hold terms that are possible, but seldom meant."""

from datetime import date

import ibis
from ibis.expr import types as ir

from goodwill.data.tables import midnight
from goodwill.engine import fetch

_NEVER = midnight(date.max)


def term_counts(contracts: ir.Table, as_of: date, *, horizon_days: int) -> dict[str, int]:
    """Return how many contracts there are, how many have ended before `as_of`, and how many are odd.

    Parameters
    ----------
    contracts : as mapped. horizon_days : of the outcome window.

    Returns
    -------
    Counts of contracts: `all`; `ended`; `paying`, which run on `as_of` and cost something; `rarely_paid`,
    those of them that are paid less than once in a horizon (`longest_period`: their most days); `repeats`,
    like an earlier row in every column; `overlaps`, which start while one of the same customer and plan
    runs; `zero_days`, with an end that is the start; `early_notices` and `late_notices`, cancelled on a day
    before the start or after the end.

    Examples
    --------
    >>> rows = {"customer_id": ["a", "a"], "plan": ["basic", "basic"], "cancelled_at": ["2023-12-31", None]}
    >>> rows |= {"start": ["2024-01-01", "2024-02-01"], "end": ["2024-03-01", None]}
    >>> contracts = ibis.memtable(rows).cast(dict.fromkeys(("start", "end", "cancelled_at"), "timestamp"))
    >>> contracts = contracts.mutate(price=5.0, period_days=30.0)
    >>> found = term_counts(contracts, date(2024, 6, 1), horizon_days=7)
    >>> {name: n for name, n in found.items() if n == 1}
    {'ended': 1, 'early_notices': 1, 'paying': 1, 'rarely_paid': 1, 'overlaps': 1}
    >>> found["all"], found["longest_period"]
    (2, 30)
    """
    notice = contracts.cancelled_at if "cancelled_at" in contracts.columns else ibis.null("timestamp")
    start, end, different = contracts.start, contracts.end, contracts.distinct()
    odd = {
        "all": ibis.literal(True),  # noqa: FBT003 - ibis takes the value by position
        "ended": end < midnight(as_of),
        "zero_days": end == start,
        "early_notices": notice.date() < start.date(),
        "late_notices": notice.date() > end.date(),
    }
    is_paying = _is_paying(contracts, as_of)
    is_rare = is_paying & (contracts.period_days > horizon_days)
    kinds = {**odd, "paying": is_paying, "rarely_paid": is_rare}
    counted = {name: contracts.count(where=is_so) for name, is_so in kinds.items()}
    longest = contracts.period_days.max(where=is_rare).fill_null(0).ceil()
    found = _one(contracts.aggregate(**counted, longest_period=longest))
    n_different = _one(different.aggregate(n=different.count()))["n"]
    return found | {"repeats": found["all"] - n_different, "overlaps": _overlaps(different)}


def _is_paying(contracts: ir.Table, as_of: date) -> ir.BooleanValue:
    today = midnight(as_of)
    runs = (contracts.start < today) & (contracts.end.isnull() | (contracts.end > today))
    return runs & (contracts.price > 0)


def _overlaps(contracts: ir.Table) -> int:
    if "plan" not in contracts.columns:
        return 0
    named = contracts.filter(contracts.plan.notnull())
    named = named.mutate(until=named.end.fill_null(_NEVER))
    earlier = ibis.window(group_by=["customer_id", "plan"], order_by=["start", "until"], preceding=(None, 1))
    ends = named.select("start", earlier_end=named.until.max().over(earlier))
    return _one(ends.aggregate(n=ends.count(where=ends.start < ends.earlier_end)))["n"]


def _one(counts: ir.Table) -> dict[str, int]:
    return {name: int(n) for name, n in fetch(counts).to_pylist()[0].items()}
