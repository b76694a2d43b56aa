"""The span of a history, and whether it holds an outcome window."""

from datetime import date, timedelta

import ibis
from ibis.expr import types as ir

from goodwill.data.contracts import CONTRACTS
from goodwill.data.tables import Tables
from goodwill.engine import to_frame
from goodwill.errors import HistoryError
from goodwill.features.windows import Window

_EMPTY = (
    "The history is empty: transactions and contracts hold no row with a time. "
    "Check the source and the `where` of the mapping."
)


def history(tables: Tables) -> tuple[date, date]:
    """Return the day of the first order or contract, and the day of the last event row of any table.

    An `as_of` of "latest" is the midnight after the last. Contracts count with their start and, where it
    is not agreed beforehand, their end, or the day of the cancellation.
    """
    events = _events(tables)
    main = events.is_main.ifelse(events.day, ibis.null("date"))
    span = to_frame(events.agg(first=main.min(), last=events.day.max()), order_by="first")
    if span.isna().to_numpy().any():
        raise HistoryError(_EMPTY)
    first, last = (span[name].iloc[0].date() for name in ("first", "last"))
    return first, last


def ensure_complete(tables: Tables, window: Window) -> None:
    """Raise where orders or contracts end before the outcome window does, for then silence is not churn.

    A quiet end is taken for silence if it is no longer than the longest quiet spell before it. Other tables
    do not count: visits that go on do not show that orders were still recorded.
    """
    first, last = _main_span(tables)
    if not first < window.as_of <= last:
        raise HistoryError(
            f"as_of: {window.as_of} does not lie within the history, {first} to {last}. "
            f"Choose a day after {first} that leaves the horizon of {window.horizon_days} days."
        )
    missing_days = (window.end - last).days - 1
    if missing_days > 0 and missing_days > _longest_silence(tables):
        raise HistoryError(
            f"horizon_days: the {window.horizon_days} days from {window.as_of} reach {missing_days} days "
            f"past the last order or contract ({last}), so that silence there is not churn. "
            f"Choose an as_of of {last - timedelta(days=window.horizon_days - 1)} or earlier, "
            "or a shorter horizon."
        )


def ensure_known(tables: Tables, as_of: date) -> None:
    """Raise where `as_of` lies before the history, or so long after it that silence there is not churn."""
    first, last = _main_span(tables)
    silent_days = (as_of - last).days - 1
    if as_of <= first:
        raise HistoryError(f"as_of: {as_of} lies before all data ({first} to {last}). Choose a later day.")
    if silent_days > 0 and silent_days > _longest_silence(tables):
        raise HistoryError(
            f"as_of: {as_of} lies {silent_days + 1} days after the last order or contract ({last}), so that "
            f"silence there is not churn. Choose {last + timedelta(days=1)} or earlier."
        )


def _main_span(tables: Tables) -> tuple[date, date]:
    """Return the days of the first and the last event of orders and contracts."""
    return history(_main(tables))


def _main(tables: Tables) -> Tables:
    return Tables(transactions=tables.transactions, contracts=tables.contracts, fixed_term=tables.fixed_term)


def _events(tables: Tables) -> ir.Table:
    timed = [name for name, table in tables.present.items() if CONTRACTS[name].time in table.columns]
    moments = [_moments(tables, name) for name in timed]
    if not moments:
        raise HistoryError(_EMPTY)
    return ibis.union(*moments) if len(moments) > 1 else moments[0]


def _moments(tables: Tables, name: str) -> ir.Table:
    """Return the days on which anything happened in a table."""
    table = tables.present[name]
    times = [table[CONTRACTS[name].time]]
    if name == "contracts":
        times += _ends(table, fixed_term=tables.fixed_term)
    is_main = ibis.literal(name in {"transactions", "contracts"})
    days = [table.select(day=moment.date(), is_main=is_main) for moment in times]
    return ibis.union(*days) if len(days) > 1 else days[0]


def _ends(contracts: ir.Table, *, fixed_term: bool) -> list[ir.TimestampValue]:
    if "cancelled_at" in contracts.columns:
        return [contracts.cancelled_at]
    return [] if fixed_term else [contracts.end]


def _longest_silence(tables: Tables) -> int:
    """Return the most days between two days with an order or a contract event."""
    days = to_frame(_events(_main(tables)).select("day").distinct(), order_by="day")["day"].dropna()
    return int(days.diff().dt.days.max()) if len(days) > 1 else 0
