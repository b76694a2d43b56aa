"""What a customer holds."""

from ibis import _
from ibis.expr import types as ir

from goodwill.data.tables import Past
from goodwill.engine import money
from goodwill.features.ages import age_days

CHANGE_DAYS = 90


def balances(past: Past) -> ir.Table:
    """Return each customer's holdings: the latest balance of each product, summed.

    Returns
    -------
    A row per customer with a balance: `n_holdings` (products with a balance above zero), `balance_total`,
    `balance_change_total` against the latest balances known `CHANGE_DAYS` before (a product without one
    then counts 0), `balance_top_share` (of the largest product, where the total is above zero) and
    `days_since_last_balance`.
    """
    rows = past.tables.present["balances"]
    rows = (
        rows.drop_null("balance")
        .group_by("customer_id", "product", "time")
        .agg(balance=money(_.balance.max()))
    )
    rows = rows.mutate(age_days=age_days(rows.time, past.as_of))
    latest = rows.group_by("customer_id", "product").agg(
        now=_.balance.argmax(_.time),
        then=_.balance.argmax(_.time, where=_.age_days > CHANGE_DAYS),
        age_days=_.age_days.min(),
    )
    held = latest.group_by("customer_id").agg(
        n_holdings=(_.now > 0).sum(),
        balance_total=_.now.sum().cast("float64"),
        balance_change_total=(_.now.sum() - _.then.fill_null(0).sum()).cast("float64"),
        balance_top=_.now.max().cast("float64"),
        days_since_last_balance=_.age_days.min(),
    )
    top_share = (held.balance_total > 0).ifelse(held.balance_top / held.balance_total, None)
    return held.mutate(balance_top_share=top_share).drop("balance_top")
