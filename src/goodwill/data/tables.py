"""Tables on one engine, and the only two doors to time: `before` and `within`."""

from collections.abc import Hashable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Literal, NamedTuple

import ibis
from ibis.expr import types as ir

from goodwill.data.asked_days import as_date, whole_days
from goodwill.data.contracts import CONTRACTS, Contract
from goodwill.engine import Dated
from goodwill.errors import UsageError


@dataclass(frozen=True)
class Tables:
    """A customer base: each table mapped to its contract, as lazy expressions on one engine.

    Every table with a time carries `known_at`, when its row was learned. Times are naive and local,
    `customer_id` is text, money is float in one currency.

    Parameters
    ----------
    occasion : what counts as one purchase occasion: a customer's local day, or an order.
    known_at_signup : the customers' attributes that were known when they signed up; no other is a feature.
    fixed_term : True where a contract's `end` is agreed at its start and so known from then on.
    """

    transactions: ir.Table | None = None
    customers: ir.Table | None = None
    interactions: ir.Table | None = None
    contracts: ir.Table | None = None
    balances: ir.Table | None = None
    surveys: ir.Table | None = None
    comments: ir.Table | None = None
    treatments: ir.Table | None = None
    referrals: ir.Table | None = None
    products: ir.Table | None = None
    contact_rules: ir.Table | None = None
    profiles: ir.Table | None = None
    occasion: Literal["day", "order"] = "day"
    known_at_signup: tuple[str, ...] = ()
    fixed_term: bool = False

    def __post_init__(self) -> None:
        for name, table in self.present.items():
            if not isinstance(table, ir.Table):
                raise UsageError(
                    f"{name} is a {type(table).__name__}, not a table of an engine. Read files with "
                    f"`read_tables`, or wrap a frame: `in_memory(frame, connect(), {name!r})` of "
                    "`goodwill.engine`."
                )
            moment = CONTRACTS[name].time
            kind = table[moment].type() if moment in table.columns else None
            if kind is not None and not (kind.is_temporal() or kind.is_null()):
                raise UsageError(
                    f"{name}.{moment} is of type {kind}, and no time. Convert it, with "
                    "`pandas.to_datetime` for one, or let `read_tables` read it."
                )

    @property
    def present(self) -> dict[str, ir.Table]:
        """The tables that exist, by name."""
        found = {field.name: getattr(self, field.name) for field in fields(self) if field.name in CONTRACTS}
        return {name: table for name, table in found.items() if table is not None}

    @cached_property
    def written(self) -> dict[Hashable, Dated]:
        """Queries that were written for these tables, by what they ask; who asks again finds them here."""
        return {}

    def before(self, as_of: date | str) -> "Past":
        """Return what was known before the start of the day `as_of`, a date or its ISO text.

        Rows are cut on when they were learned and, where they are events, on when they happened.
        An `end` or a `cancelled_at` not yet known is null; a customer's attribute that was not known at
        sign-up is gone; surveys and comments without a time are gone.
        """
        as_of = as_date(as_of)
        known = {
            name: self._known(name, table, as_of)
            for name, table in self.present.items()
            if name != "profiles"
        }
        return Past(replace(self, profiles=None, **known), as_of)

    def within(self, as_of: date | str, horizon_days: int) -> "Future":
        """Return what happened from the start of `as_of` until `horizon_days` later, end excluded.

        Contracts, customers and products have no single moment and are returned whole.
        """
        as_of, horizon_days = as_date(as_of), whole_days("horizon_days", horizon_days)
        start, end = midnight(as_of), midnight(as_of + timedelta(days=horizon_days))
        happened = {
            name: table.filter(table[CONTRACTS[name].time] >= start, table[CONTRACTS[name].time] < end)
            for name, table in self.present.items()
            if CONTRACTS[name].is_event and CONTRACTS[name].time in table.columns and name != "customers"
        }
        return Future(replace(self, **happened), as_of, horizon_days)

    def _known(self, name: str, table: ir.Table, as_of: date) -> ir.Table:
        contract, moment = CONTRACTS[name], midnight(as_of)
        if name == "customers":
            return self._known_customers(table, moment)
        if contract.time is None:
            return table
        if contract.time not in table.columns:
            return table.limit(0)
        known = table.filter(*_is_known(table, contract, moment))
        return self._open_ends(known, moment) if name == "contracts" else known

    def _known_customers(self, table: ir.Table, moment: datetime) -> ir.Table:
        facts = [
            name for name in ("customer_id", "signup_time", *self.known_at_signup) if name in table.columns
        ]
        if "known_at" not in table.columns:
            return table.select(*facts)
        return table.filter(table.known_at.isnull() | (table.known_at < moment)).select(*facts)

    def _open_ends(self, table: ir.Table, moment: datetime) -> ir.Table:
        """Null the ends that lie in the future and were not yet agreed or announced."""
        never = ibis.null("timestamp")
        is_known_end = ibis.or_(table.end < moment, ibis.literal(self.fixed_term))
        if "cancelled_at" not in table.columns:
            return table.mutate(end=is_known_end.ifelse(table.end, never))
        is_cancelled = (table.cancelled_at < moment).fill_null(False)  # noqa: FBT003 - ibis takes the fill value by position
        return table.mutate(
            end=(is_known_end | is_cancelled).ifelse(table.end, never),
            cancelled_at=is_cancelled.ifelse(table.cancelled_at, never),
        )


class Level(NamedTuple):
    """A level of a text column that becomes a column: of what, the name it gets, and how it was spelt."""

    of: str
    name: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Past:
    """What was known before the start of the day `as_of`: all that a feature may see.

    Parameters
    ----------
    levels : the levels told by then, where they were asked for already.
    """

    tables: Tables
    as_of: date
    levels: tuple[Level, ...] | None = None


@dataclass(frozen=True)
class Future:
    """What happened in the `horizon_days` from `as_of` on: all that a label may see."""

    tables: Tables
    as_of: date
    horizon_days: int

    @property
    def end(self) -> date:
        """The first day after the horizon."""
        return self.as_of + timedelta(days=self.horizon_days)


def midnight(day: date) -> datetime:
    """Return the start of a local day.

    Examples
    --------
    >>> midnight(date(2024, 5, 1))
    datetime.datetime(2024, 5, 1, 0, 0)
    """
    return datetime.combine(day, time.min)


def _is_known(table: ir.Table, contract: Contract, moment: datetime) -> list[ir.BooleanValue]:
    """Return what a row must fulfil; where nobody says when it was learned, it was when it happened."""
    is_told = "known_at" in table.columns
    learned = [table.known_at < moment] if is_told else []
    happened = [table[contract.time] < moment] if contract.is_event or not is_told else []
    return learned + happened
