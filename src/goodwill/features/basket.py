"""What a customer's orders are made of: products, categories and channels."""

import ibis
from ibis import _
from ibis.expr import types as ir

from goodwill.data.tables import Past
from goodwill.engine import last_text
from goodwill.features.occasions import order_lines

_RANKS = 10**12


def products(past: Past) -> ir.Table:
    """Return how many products each customer bought: `n_products` and `product_top_share`, of their lines."""
    bought = _bought(past, "product_id")
    return bought.group_by("customer_id").agg(
        n_products=_.count(), product_top_share=_.n_lines.max() / _.n_lines.sum()
    )


def categories(past: Past) -> ir.Table:
    """Return the breadth of each customer's demand.

    Returns
    -------
    A row per customer with a category above zero: `n_categories`, `category_top` (the one with most lines;
    of several the last by name) and `category_top_share` of their lines.
    """
    bought = _bought(past, "category")
    return bought.group_by("customer_id").agg(
        n_categories=_.count(),
        category_top=_of_highest(bought.category, bought.n_lines),
        category_top_share=_.n_lines.max() / _.n_lines.sum(),
    )


def channels(past: Past) -> ir.Table:
    """Return where each customer bought: `n_channels` and `channel_last` (of several the last by name)."""
    bought = _bought(past, "channel")
    return bought.group_by("customer_id").agg(
        n_channels=_.count(),
        channel_last=_of_highest(bought.channel, bought.last_time.epoch_seconds().cast("int64")),
    )


def _of_highest(level: ir.StringColumn, rank: ir.IntegerColumn) -> ir.StringScalar:
    """Return the level of the highest rank, of several the last by name.

    The maximum of rank and level in one text: engines differ in how they order within an aggregate, and a
    window would take twice as long.
    """
    return last_text((rank + _RANKS).cast("string") + level).substr(len(str(_RANKS)))


def _bought(past: Past, what: str) -> ir.Table:
    """Return the lines above zero per customer and level; no row where the tables lack the column."""
    lines = order_lines(past.tables, past.as_of)
    if what not in lines.columns:
        lines = lines.mutate(**{what: ibis.null("string")}).limit(0)
    bought = lines.filter(lines.amount > 0).drop_null(what)
    return bought.group_by("customer_id", what).agg(n_lines=_.count(), last_time=_.time.max())
