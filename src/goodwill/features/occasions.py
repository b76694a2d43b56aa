"""Purchase occasions: order lines brought to a row per customer and local day (or per order)."""

from datetime import date

import ibis
from ibis.expr import types as ir

from goodwill.data.tables import Tables
from goodwill.engine import money
from goodwill.features.ages import age_days


def order_lines(tables: Tables, as_of: date) -> ir.Table:
    """Return the transactions with their age, exact amounts and margin.

    Parameters
    ----------
    tables : must hold transactions.
    as_of : the day that ages count from.

    Returns
    -------
    A row per transaction: `customer_id`; `age_days`, whole local days from the row's day to `as_of` (an
    order of the day before is 1 day old, an order of `as_of` itself 0, later ones are negative); `amount`
    as decimal; `margin` where costs or margin rates exist (missing where a row has neither); and
    `order_id`, `product_id`, `category`, `channel`, `quantity` where the tables have them.
    """
    lines = _with_products(tables)
    kept = [
        name
        for name in ("customer_id", "time", "order_id", "product_id", "category", "channel", "quantity")
        if name in lines.columns
    ]
    age = age_days(lines.time, as_of)
    return lines.select(*kept, age_days=age, amount=money(lines.amount), **_margin(lines))


def occasions(lines: ir.Table, occasion: str) -> ir.Table:
    """Return order lines summed per customer and local day, or per customer and order.

    Parameters
    ----------
    lines : as `order_lines` returns them.
    occasion : "day" or "order"; a line without an `order_id` belongs to its day.

    Returns
    -------
    A row per day (or order): `customer_id, age_days, amount, n_lines, n_refunds, refund` and, where the
    lines have them, `margin` and `quantity`. Amounts are net, `refund` is the part below zero, positive.
    `is_occasion` is True where the net amount is above zero.
    """
    if occasion == "day" or "order_id" not in lines.columns:
        summed = lines.group_by("customer_id", "age_days").agg(**_sums(lines))
    else:
        order = ibis.coalesce(lines.order_id, lines.age_days.cast("string"))
        sums = {"age_days": lines.age_days.max(), **_sums(lines)}
        summed = lines.group_by("customer_id", order_id=order).agg(**sums).drop("order_id")
    return summed.mutate(is_occasion=summed.amount > 0)


def _sums(lines: ir.Table) -> dict[str, ir.Value]:
    is_refund = lines.amount < 0
    sums = {
        "amount": money(lines.amount.sum()),
        "n_lines": lines.count(),
        "n_refunds": is_refund.sum(),
        "refund": money((-lines.amount).sum(where=is_refund).fill_null(0)),
    }
    exact = {name: money(lines[name]).sum() for name in ("margin", "quantity") if name in lines.columns}
    return sums | {name: money(total) for name, total in exact.items()}


def _with_products(tables: Tables) -> ir.Table:
    """Join category and margin rate to the lines; a category on the line itself comes first."""
    lines, products = tables.present["transactions"], tables.products
    if products is None or "product_id" not in lines.columns:
        return lines
    facts = {
        f"product_{name}": products[name] for name in ("category", "margin_rate") if name in products.columns
    }
    if not facts:
        return lines
    joined = lines.left_join(
        products.select(joined_id=products.product_id, **facts), [("product_id", "joined_id")]
    )
    if "product_category" not in facts:
        return joined
    own = [joined.category] if "category" in lines.columns else []
    return joined.mutate(category=ibis.coalesce(*own, joined.product_category))


def _margin(lines: ir.Table) -> dict[str, ir.Value]:
    by_cost = [lines.amount - lines.cost] if "cost" in lines.columns else []
    by_rate = [lines.amount * lines.product_margin_rate] if "product_margin_rate" in lines.columns else []
    known = by_cost + by_rate
    return {"margin": ibis.coalesce(*known)} if known else {}
