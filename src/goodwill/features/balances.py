"""What a customer holds."""

import ibis
from ibis import _
from ibis.expr import types as ir

from goodwill.data.tables import Past
from goodwill.engine import money
from goodwill.features.ages import age_days

CHANGE_DAYS = 90
# Statements: the share of the reporting days between its first and last that a holding appears on.
_REPORTED_SHARE = 0.9
_MISSED = 2  # statements a holding is absent from, after which it counts as closed: the newest may be partial


def balances(past: Past) -> ir.Table:
    """Return each customer's holdings: the latest balance of each product, summed.

    Where a product is reported on statement days, all holdings on each of them, one that is absent from the
    last two is closed and counts 0. Where rows come when a balance moves, the latest stands however old.

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
    rows = _open(rows.mutate(age_days=age_days(rows.time, past.as_of)))
    latest = rows.group_by("customer_id", "product").agg(
        now=_.is_open.all().ifelse(_.balance.argmax(_.time), 0),
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


def _open(rows: ir.Table) -> ir.Table:
    """Add whether the holding of a row is still reported (`is_open`): all, where there are no statements."""
    of_product, of_holding = (ibis.window(group_by=keys) for keys in ("product", ["product", "customer_id"]))
    rows = rows.mutate(place=ibis.dense_rank().over(group_by="product", order_by=-rows.age_days))
    rows = rows.mutate(
        first=rows.place.min().over(of_holding),
        last=rows.place.max().over(of_holding),
        newest=rows.place.max().over(of_product),
    )
    # Of each holding all rows but the first, and all reporting days after its first up to its last.
    is_later, days = rows.place > rows.first, (rows.place == rows.last).ifelse(rows.last - rows.first, 0)
    share = is_later.sum().over(of_product) / days.sum().over(of_product).nullif(0)
    is_reported = share.notnull() & (share >= _REPORTED_SHARE)
    return rows.mutate(is_open=~is_reported | (rows.newest - rows.last < _MISSED))
