"""What each customer did in a window, as a campaign is judged by it."""

from ibis.expr import types as ir

from goodwill.data.tables import Future
from goodwill.engine import money, zero_or_one
from goodwill.features.labels import ValueRule, labels

RESPONSES = ("revenue", "margin", "retention", "orders", "refunds")


def responses(future: Future, value: ValueRule) -> ir.Table:
    """Return revenue, margin, retention, orders and refunds of the window.

    Parameters
    ----------
    future : the window; its tables hold transactions or contracts.
    value : how money becomes margin; give no discount, for a window is judged by its money.

    Returns
    -------
    A row per customer with a row in the window: `customer_id, revenue` (what was paid, net of refunds),
    `margin` (as `labels` counts value), `retention` (1 with at least one purchase), `orders, refunds` (what
    was paid back, positive). Who has no row did nothing.
    """
    did = labels(future, value)
    did = did.select(
        "customer_id",
        revenue=did.spend,
        margin=did.value,
        retention=zero_or_one((did.n_orders > 0) | did.is_running),
        orders=did.n_orders.cast("float64"),
    )
    rows = future.tables.transactions
    if rows is None:
        return did.mutate(refunds=did.orders * 0.0)
    back = rows.filter(rows.amount < 0).group_by("customer_id").agg(refunds=(-money(rows.amount)).sum())
    joined = did.left_join(back.rename(refunding_id="customer_id"), [("customer_id", "refunding_id")])
    return joined.select(
        *did.columns,
        refunds=joined.refunds.cast("float64").fill_null(0.0),
    )
