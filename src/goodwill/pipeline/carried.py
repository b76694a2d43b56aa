"""Columns that stand beside the scores: what customers are, and where they have spent most."""

from collections.abc import Mapping, Sequence
from datetime import date

import ibis
from ibis.expr import types as ir

from goodwill.data.expressions import nearest
from goodwill.data.tables import Tables
from goodwill.engine import money
from goodwill.errors import ConfigError

SPENT_AT = ("branch_id", "channel", "category")


def ensure_carried(columns: Sequence[str], tables: Mapping[str, ir.Table]) -> None:
    """Refuse a column that neither the customers nor their orders have.

    Raises
    ------
    ConfigError
        If there is one.
    """
    orders = tables["transactions"].columns if "transactions" in tables else ()
    spent_at = [name for name in SPENT_AT if name in orders]
    there = [*(tables["customers"].columns if "customers" in tables else ()), *spent_at]
    for name in columns:
        if name not in there:
            raise ConfigError(
                f"score.carry: {name!r} is no column of tables.customers. {nearest(name, there)}"
            )


def carried_of(tables: Tables, as_of: date, columns: Sequence[str]) -> ir.Table | None:
    """Return `customer_id` and the columns to carry, a row per customer; None where none is asked for.

    What the customers table does not hold is read off the orders: where a customer spent most before `as_of`,
    of equals the first by name.
    """
    people, orders = tables.customers, tables.before(as_of).tables.transactions
    own = [name for name in columns if people is not None and name in people.columns]
    found = [] if people is None or not own else [people.select("customer_id", *own)]
    if orders is not None:
        found += [_most_spent(orders, name) for name in columns if name not in own]
    if not found:
        return None
    joined, *others = found
    for other in others:
        joined = joined.outer_join(other, "customer_id")
        both = ibis.coalesce(joined.customer_id, joined.customer_id_right)
        joined = joined.mutate(customer_id=both).drop("customer_id_right")
    return joined.select("customer_id", *columns)


def _most_spent(orders: ir.Table, name: str) -> ir.Table:
    spent = orders.filter(orders[name].notnull()).group_by("customer_id", name)
    spent = spent.aggregate(spent=money(orders.amount).sum())
    by_spend = ibis.window(group_by="customer_id", order_by=[ibis.desc("spent"), ibis.asc(name)])
    ranked = spent.mutate(place=ibis.row_number().over(by_spend))
    return ranked.filter(ranked.place == 0).select("customer_id", name)
