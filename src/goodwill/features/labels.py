"""What each customer did in the horizon: churned, orders and value."""

from dataclasses import dataclass

import ibis
from ibis import _
from ibis.expr import types as ir

from goodwill.data.tables import Future
from goodwill.engine import money
from goodwill.features.ages import age_days
from goodwill.features.occasions import occasions, order_lines
from goodwill.features.payments import YEAR_DAYS, payments, runs_up_to


@dataclass(frozen=True)
class ValueRule:
    """How money becomes value.

    Parameters
    ----------
    margin_rate : share of an amount that is margin where neither costs nor products say.
    annual_discount_rate : yearly rate; money `d` days after `as_of` counts (1 + rate)^(−d / 365.25).
    order_cost : servicing cost of one occasion.
    """

    margin_rate: float = 1.0
    annual_discount_rate: float = 0.0
    order_cost: float = 0.0


ALL_IS_MARGIN = ValueRule()


def labels(future: Future, value: ValueRule) -> ir.Table:
    """Return what each customer did in the horizon.

    `value` is all money of the horizon as margin, refunds included, less servicing cost (`order_cost` per
    occasion and the cost of interactions), plus contract payments, discounted to `as_of`. Margin comes from
    `transactions.cost`, else `products.margin_rate`, else `value.margin_rate`. A contract pays `price`
    every `period_days` from its start while it runs.

    Returns
    -------
    A row per customer with anything in the horizon: `customer_id, n_orders, value` and, where contracts
    exist, `is_running` (a contract runs at the end of the horizon). Who has no row did nothing.
    """
    makers = {"transactions": _of_orders, "interactions": _of_interactions, "contracts": _of_contracts}
    parts = [make(future, value) for name, make in makers.items() if name in future.tables.present]
    return (
        ibis.union(*parts)
        .group_by("customer_id")
        .agg(n_orders=_.n_orders.sum(), value=_.value.sum().cast("float64"), is_running=_.is_running.any())
    )


def _of_orders(future: Future, value: ValueRule) -> ir.Table:
    lines = order_lines(future.tables, future.as_of)
    margin = lines.amount * value.margin_rate
    if "margin" in lines.columns:
        margin = ibis.coalesce(lines.margin, margin)
    priced = lines.mutate(margin=money(margin * _discount(lines.age_days, value)))
    days = occasions(priced, future.tables.occasion)
    servicing = money(days.is_occasion.ifelse(value.order_cost, 0.0) * _discount(days.age_days, value))
    return _part(days, days.margin - servicing, n_orders=days.is_occasion)


def _of_interactions(future: Future, value: ValueRule) -> ir.Table:
    rows = future.tables.present["interactions"]
    cost = ibis.coalesce(rows.cost, 0.0) if "cost" in rows.columns else ibis.literal(0.0)
    return _part(rows, -cost * _discount(age_days(rows.time, future.as_of), value))


def _of_contracts(future: Future, value: ValueRule) -> ir.Table:
    rows = future.tables.present["contracts"]
    income = payments(rows, future, value.annual_discount_rate) * value.margin_rate
    return _part(rows, income, is_running=runs_up_to(rows, future.end))


def _part(
    rows: ir.Table,
    value: ir.Value,
    n_orders: ir.BooleanValue | None = None,
    is_running: ir.BooleanValue | None = None,
) -> ir.Table:
    never = ibis.literal(value=False)
    return rows.select(
        "customer_id",
        n_orders=(never if n_orders is None else n_orders).cast("int64"),
        value=money(value),
        is_running=never if is_running is None else is_running,
    )


def _discount(age_days: ir.Value, value: ValueRule) -> ir.Value:
    """Return what one unit of money of that (negative) age is worth at `as_of`."""
    yearly = ibis.literal(1.0 + value.annual_discount_rate)
    return yearly.pow(age_days / YEAR_DAYS)
