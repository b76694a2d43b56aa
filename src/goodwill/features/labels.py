"""What each customer did in the horizon: churned, orders and value."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import ibis
from ibis.expr import types as ir

from goodwill.arguments import as_rate, keep_numbers
from goodwill.data.tables import Future
from goodwill.engine import money
from goodwill.features.ages import age_days
from goodwill.features.occasions import occasions, order_lines
from goodwill.features.payments import PLACES, YEAR_DAYS, days_run, payments, placed, runs_up_to


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

    def __post_init__(self) -> None:
        """Refuse what is no number, and rates that no money can grow by."""
        keep_numbers(self, "margin_rate", "order_cost", "annual_discount_rate")
        as_rate("annual_discount_rate", self.annual_discount_rate)


ALL_IS_MARGIN = ValueRule()
OF_CONTRACTS = ("contract_days", *(f"{place}_contract_days" for place in PLACES))
_LABELS = ("n_orders", "value", "spend", "is_running", *OF_CONTRACTS)


def labels(future: Future, value: ValueRule) -> ir.Table:
    """Return what each customer did in the horizon.

    `value` is all money of the horizon as margin, refunds included, less servicing cost (`order_cost` per
    occasion and the cost of interactions), plus contract payments, discounted to `as_of`. Margin comes from
    `transactions.cost`, else `products.margin_rate`, else `value.margin_rate`. A contract pays `price`
    every `period_days` from its start while it runs.

    Returns
    -------
    A row per customer with a row in the horizon or a contract: `customer_id, n_orders, value, spend` (the
    money paid, before costs), `is_running` (a contract runs at the end of the horizon) and
    `contract_days` (days from `as_of` until the last contract ended, at most the horizon; missing without a
    contract), `largest_contract_days` and `second_contract_days` (the same of the contracts that ran at
    `as_of`, by their payments). Who has no row did nothing.
    """
    wide = labels_within(future, value, [(0, future.horizon_days)])
    return wide.rename({name: f"{name}_0" for name in _LABELS})


def labels_within(future: Future, value: ValueRule, spans: Sequence[tuple[int, int]]) -> ir.Table:
    """Return the labels of several spans of one future at once: one query instead of many.

    Parameters
    ----------
    future : holds all spans.
    value : how money becomes value; money is discounted to `future.as_of`, whatever the span.
    spans : (first day, day after the last) of each, counted from `future.as_of`.

    Returns
    -------
    As `labels`, with `n_orders_<i>, value_<i>, spend_<i>, is_running_<i>, contract_days_<i>` and so on for
    the span at position i.
    """
    makers = {"transactions": _of_orders, "interactions": _of_interactions, "contracts": _of_contracts}
    parts = [make(future, value, spans) for name, make in makers.items() if name in future.tables.present]
    acts = ibis.union(*parts) if len(parts) > 1 else parts[0]
    sums = {}
    for i, _ in enumerate(spans):
        sums[f"n_orders_{i}"] = acts[f"n_orders_{i}"].sum()
        sums[f"value_{i}"] = acts[f"value_{i}"].sum().cast("float64")
        sums[f"spend_{i}"] = acts[f"spend_{i}"].sum().cast("float64")
        sums[f"is_running_{i}"] = acts[f"is_running_{i}"].any()
        sums |= {f"{name}_{i}": acts[f"{name}_{i}"].max() for name in OF_CONTRACTS}
    return acts.group_by("customer_id").agg(**sums)


def growth(value: ValueRule, days: int) -> float:
    """Return what one unit of money of `as_of` is worth so many days later, at the rule's yearly rate.

    Examples
    --------
    >>> growth(ValueRule(annual_discount_rate=0.1), days=0)
    1.0
    """
    return (1.0 + value.annual_discount_rate) ** (days / YEAR_DAYS)


def _of_orders(future: Future, value: ValueRule, spans: Sequence[tuple[int, int]]) -> ir.Table:
    lines = order_lines(future.tables, future.as_of)
    margin = lines.amount * value.margin_rate
    if "margin" in lines.columns:
        margin = ibis.coalesce(lines.margin, margin)
    priced = lines.mutate(margin=money(margin * _discount(lines.age_days, value)))
    days = occasions(priced, future.tables.occasion)
    servicing = money(days.is_occasion.ifelse(value.order_cost, 0.0) * _discount(days.age_days, value))
    return _dated(days.mutate(worth=days.margin - servicing, spend=days.amount), spans)


def _of_interactions(future: Future, value: ValueRule, spans: Sequence[tuple[int, int]]) -> ir.Table:
    rows = future.tables.present["interactions"]
    rows = rows.mutate(age_days=age_days(rows.time, future.as_of))
    cost = ibis.coalesce(rows.cost, 0.0) if "cost" in rows.columns else ibis.literal(0.0)
    worth = -cost * _discount(rows.age_days, value)
    return _dated(rows.mutate(worth=worth, spend=0.0, is_occasion=ibis.literal(value=False)), spans)


def _dated(rows: ir.Table, spans: Sequence[tuple[int, int]]) -> ir.Table:
    """Count what has a day, a `worth`, a `spend` and `is_occasion` into the spans that hold it."""
    columns = {}
    for i, (first, stop) in enumerate(spans):
        is_within = (-rows.age_days >= first) & (-rows.age_days < stop)
        columns[f"n_orders_{i}"] = (is_within & rows.is_occasion).ifelse(1, 0).cast("int64")
        columns[f"value_{i}"] = money(is_within.ifelse(rows.worth, 0.0))
        columns[f"spend_{i}"] = money(is_within.ifelse(rows.spend, 0.0))
        columns[f"is_running_{i}"] = ibis.literal(value=False)
        columns |= {f"{name}_{i}": ibis.null("int32") for name in OF_CONTRACTS}
    return rows.select("customer_id", **columns)


def _of_contracts(future: Future, value: ValueRule, spans: Sequence[tuple[int, int]]) -> ir.Table:
    rows = placed(future.tables.present["contracts"], future.as_of)
    columns = {}
    for i, (first, stop) in enumerate(spans):
        income = payments(rows, future.as_of, (first, stop), value.annual_discount_rate)
        columns[f"n_orders_{i}"] = ibis.literal(0, "int64")
        columns[f"value_{i}"] = money(income * value.margin_rate)
        columns[f"spend_{i}"] = money(income)
        columns[f"is_running_{i}"] = runs_up_to(rows, future.as_of + timedelta(days=stop))
        columns[f"contract_days_{i}"] = days = days_run(rows, future.as_of, stop)
        for place, name in enumerate(PLACES):
            is_it = rows.payment_place == place
            columns[f"{name}_contract_days_{i}"] = is_it.ifelse(days, ibis.null("int32"))
    return rows.select("customer_id", **columns)


def _discount(age_days: ir.Value, value: ValueRule) -> ir.Value:
    """Return what one unit of money of that (negative) age is worth at `as_of`."""
    yearly = ibis.literal(1.0 + value.annual_discount_rate)
    return yearly.pow(age_days / YEAR_DAYS)
