"""What a person should know of a table before believing anything computed from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from ibis.expr import types as ir

from goodwill.data.contracts import CONTRACTS
from goodwill.data.counting import Counts
from goodwill.data.limits import SMALLEST
from goodwill.data.tables import Tables
from goodwill.engine import fetch, money

_DAYS_A_WEEK = 7


@dataclass(frozen=True)
class Calendar:
    """On which days a table has rows.

    Parameters
    ----------
    n_days : days from the first to the last, both included.
    n_empty_days : days among them without a row.
    n_empty_weeks : runs of seven days, counted from the first, without a row.
    longest_gap_days : most days in a row without a row; they follow `longest_gap_after`.
    """

    n_days: int
    n_empty_days: int
    n_empty_weeks: int
    longest_gap_days: int
    longest_gap_after: date | None


@dataclass(frozen=True)
class Quality:
    """Facts of one mapped table; those that do not apply to it are None.

    Parameters
    ----------
    rows_read, rows_kept, dropped : as `map_table` counted them.
    n_customers : different customers.
    first_time, last_time : of the rows' times.
    n_duplicates : rows that repeat another in every mapped column.
    n_refunds, refund_share : negative amounts, and their part of all positive money.
    n_zero_amounts : amounts that are zero, or too small for exact sums.
    one_time_share : part of the customers seen on one day only.
    n_without_end : contracts that run on.
    calendar : the days without rows.
    """

    rows_read: int
    rows_kept: int
    dropped: Mapping[str, int]
    n_duplicates: int
    n_customers: int | None = None
    first_time: datetime | None = None
    last_time: datetime | None = None
    n_refunds: int | None = None
    refund_share: float | None = None
    n_zero_amounts: int | None = None
    one_time_share: float | None = None
    n_without_end: int | None = None
    calendar: Calendar | None = None


def quality(tables: Tables, counts: Mapping[str, Counts] | None = None) -> dict[str, Quality]:
    """Return the facts of each table, by its name.

    Parameters
    ----------
    counts : what `map_table` counted, by table; where it is missing, all rows count as kept.

    Examples
    --------
    >>> import ibis
    >>> from goodwill.data.mapping import map_table
    >>> days = ["2024-05-01", "2024-05-04", "2024-05-04"]
    >>> rows = ibis.memtable({"customer_id": ["a", "a", "b"], "time": days, "amount": [8.0, -2.0, 0.0]})
    >>> orders, counts = map_table(rows, CONTRACTS["transactions"])
    >>> facts = quality(Tables(transactions=orders), {"transactions": counts})["transactions"]
    >>> facts.n_customers, facts.refund_share, facts.one_time_share, facts.calendar.longest_gap_days
    (2, 0.25, 0.5, 2)
    """
    known = counts or {}
    return {name: _quality(name, table, known.get(name)) for name, table in tables.present.items()}


def _quality(name: str, table: ir.Table, counts: Counts | None) -> Quality:
    contract = CONTRACTS[name]
    time = contract.time if contract.time in table.columns else None
    is_orders = name == "transactions"
    found = fetch(table.aggregate(**_measures(table, time))).to_pylist()[0]
    n_rows = found["rows"]
    different = table.distinct()
    n_different = fetch(different.aggregate(rows=different.count())).to_pylist()[0]["rows"]
    return Quality(
        rows_read=counts.rows_read if counts else n_rows,
        rows_kept=n_rows,
        dropped=counts.dropped if counts else {},
        n_duplicates=n_rows - n_different,
        n_customers=found.get("customers"),
        first_time=found.get("first"),
        last_time=found.get("last"),
        n_refunds=found.get("refunds"),
        refund_share=_refund_share(found) if is_orders else None,
        n_zero_amounts=found.get("zeros"),
        one_time_share=_one_time_share(table) if is_orders else None,
        n_without_end=found.get("without_end"),
        calendar=_calendar(table, time) if time and contract.is_event else None,
    )


def _measures(table: ir.Table, time: str | None) -> dict[str, ir.Scalar]:
    measures = {"rows": table.count()}
    if "customer_id" in table.columns:
        measures["customers"] = table.customer_id.nunique()
    if time is not None:
        measures |= {"first": table[time].min(), "last": table[time].max()}
    if "end" in table.columns:
        measures["without_end"] = table.end.isnull().sum()
    if "amount" in table.columns:
        amount = table.amount
        measures["refunds"] = (amount < 0).sum()
        measures["zeros"] = (amount.abs() < SMALLEST).sum()
        measures["refunded"] = -money(amount.clip(upper=0)).sum()
        measures["earned"] = money(amount.clip(lower=0)).sum()
    return measures


def _refund_share(found: Mapping[str, float | None]) -> float | None:
    earned = float(found["earned"] or 0)
    return float(found["refunded"] or 0) / earned if earned else None


def _one_time_share(table: ir.Table) -> float | None:
    days = table.group_by("customer_id").agg(days=table.time.date().nunique())
    share = fetch(days.aggregate(share=(days.days == 1).mean())).to_pylist()[0]["share"]
    return None if share is None else float(share)


def _calendar(table: ir.Table, time: str) -> Calendar | None:
    rows = table.filter(table[time].notnull()).select(day=table[time].date()).distinct().order_by("day")
    days = [row["day"] for row in fetch(rows).to_pylist()]
    if not days:
        return None
    gaps = [((after - before).days - 1, before) for before, after in pairwise(days)]
    longest, since = max(gaps, key=lambda gap: gap[0], default=(0, None))
    n_days = (days[-1] - days[0]).days + 1
    weeks = {(day - days[0]).days // _DAYS_A_WEEK for day in days}
    return Calendar(
        n_days=n_days,
        n_empty_days=n_days - len(days),
        n_empty_weeks=(n_days - 1) // _DAYS_A_WEEK + 1 - len(weeks),
        longest_gap_days=longest,
        longest_gap_after=since if longest else None,
    )
