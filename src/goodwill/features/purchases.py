"""What a customer bought, how often, how regularly and how lately."""

from datetime import date

import ibis
from ibis import _
from ibis.expr import types as ir

from goodwill.data.tables import Past
from goodwill.engine import money
from goodwill.features.occasions import occasions, order_lines

WINDOWS_DAYS = (14, 30, 60, 90, 180, 365)
DECAYS_DAYS = (14, 45, 150)
FIRST_DAYS = 30
_CENT = 0.01
_EXACT = "decimal(18, 9)"
# One digit more than money has: DuckDB multiplies two decimals of 18 digits in 64 bits, which a day of
# 100,000 overflows, and with more digits than this Spark would round the product.
_WIDE = "decimal(19, 4)"
_A_MONDAY, _SATURDAY = date(1, 1, 1), 5
_WORKING = (
    *(
        "age_sum",
        "squared_gaps",
        "order_spend",
        "squared_spend",
        "aged_spend",
        "log_spend",
        "squared_log_spend",
    ),
    *("n_orders_weekend", "n_orders_late"),
)


def purchases(past: Past) -> ir.Table:
    """Return the order history of each customer, as known before `past.as_of`.

    An order is an occasion: a local day (or an order) whose net amount is above zero. `spend_total` and
    the windows hold all money, refunds included, so that they add up to what the labels count;
    `spend_mean, spend_std, spend_max, spend_first, spend_last` are of occasions. Days count from the
    order's local day to `as_of`: for an `as_of` of 1997-10-01 an order of 1997-09-30 is 1 day ago, and a
    window of 30 days holds the days 1 to 30.

    Returns
    -------
    A row per customer with a transaction. Customers who only returned goods have `n_orders` 0 and no
    means. `order_trend` is 1 − 2 · (mean age of the orders / age of the first): 1 if all but the first
    fell on the last day, 0 if they are spread evenly, −1 for a single one; `spend_trend` weighs by money,
    and `late_order_share` counts the orders in the later half of the time since the first. Decayed counts
    and spend weigh an order of age a by exp(−a / days). `spend_log_mean` and `spend_log_std` (n, not n − 1)
    are of log amounts, of at least a hundredth.
    """
    days = _chronological(
        occasions(order_lines(past.tables, past.as_of), past.tables.occasion), past.tables.occasion
    )
    sums = {**_counts(days, past.as_of), **_money(days), **_times(days), **_windows(days), **_decayed(days)}
    history = days.group_by("customer_id").agg(**sums)
    return _shares(history.mutate(**_means(history)))


def _chronological(days: ir.Table, occasion: str) -> ir.Table:
    """Add to each occasion its place in time, the days since the one before, and the age of the first.

    Orders of one day stand by amount, so that the last is the same one on every engine.
    """
    # Days differ, and one key sorts faster than two.
    ties = [ibis.asc("amount")] if occasion == "order" else []
    in_time = ibis.window(group_by=["customer_id", "is_occasion"], order_by=[ibis.desc("age_days"), *ties])
    place = ibis.row_number().over(in_time) if occasion == "order" else -days.age_days
    return days.mutate(
        place=place,
        gap_days=days.age_days.lag().over(in_time) - days.age_days,
        first_age_days=days.age_days.first().over(in_time),
    ).mutate(is_first_of_day=_.is_occasion & (_.gap_days.isnull() | (_.gap_days > 0)))


def _counts(days: ir.Table, as_of: date) -> dict[str, ir.Value]:
    is_order, age = days.is_occasion, days.age_days
    is_weekend = (ibis.literal(as_of).delta(_A_MONDAY, unit="day") - age) % 7 >= _SATURDAY
    return {
        "n_orders": is_order.sum(),
        "n_order_days": days.is_first_of_day.sum(),
        "n_lines": days.n_lines.sum(),
        "n_refunds": days.n_refunds.sum(),
        "n_orders_weekend": (is_order & is_weekend).sum(),
        "n_orders_first_30d": (is_order & _is_young(days)).sum(),
        "n_orders_late": (is_order & (2 * age <= days.first_age_days)).sum(),
    }


def _money(days: ir.Table) -> dict[str, ir.Value]:
    is_order, age, amount = days.is_occasion, days.age_days, days.amount
    sums = {
        "refund_total": days.refund.sum(),
        "spend_total": amount.sum(),
        "spend_max": amount.max(where=is_order),
        "spend_first": amount.argmin(days.place, where=is_order),
        "spend_last": amount.argmax(days.place, where=is_order),
        "spend_first_30d": amount.sum(where=is_order & _is_young(days)),
        "order_spend": amount.sum(where=is_order),
        "squared_spend": (amount.cast(_WIDE) * amount).sum(where=is_order),
        "aged_spend": (amount.cast(_WIDE) * age).sum(where=is_order),
    }
    optional = {name: days[name] for name in ("quantity", "margin") if name in days.columns}
    totals = {f"{name}_total": column.sum() for name, column in optional.items()}
    return {name: total.cast("float64") for name, total in (sums | totals).items()}


def _times(days: ir.Table) -> dict[str, ir.Value]:
    is_order, age, gap = days.is_occasion, days.age_days, days.gap_days
    return {
        "days_since_last_order": age.min(where=is_order),
        "days_since_first_order": age.max(where=is_order),
        "gap_max_days": gap.max(where=is_order),
        "gap_last_days": gap.argmax(days.place, where=is_order & ~gap.isnull()),
        "age_sum": age.sum(where=is_order).cast("float64"),
        "squared_gaps": (gap.cast("int64") * gap).sum(where=is_order).cast("float64"),
    }


def _is_young(days: ir.Table) -> ir.BooleanValue:
    return days.age_days > days.first_age_days - FIRST_DAYS


def _windows(days: ir.Table) -> dict[str, ir.Value]:
    counts = {f"n_orders_{w}d": (days.is_occasion & (days.age_days <= w)).sum() for w in WINDOWS_DAYS}
    spend = {f"spend_{w}d": days.amount.sum(where=days.age_days <= w) for w in WINDOWS_DAYS}
    return counts | {name: total.cast("float64") for name, total in spend.items()}


def _decayed(days: ir.Table) -> dict[str, ir.Value]:
    """Weigh orders by their age, and money by its logarithm; as decimals, so that sums are exact."""
    is_order, amount = days.is_occasion, days.amount.cast("float64")
    weights = {w: (-days.age_days.cast("float64") / w).exp() for w in DECAYS_DAYS}
    log_amount = ibis.greatest(amount, _CENT).ln()
    sums = {
        **{f"n_orders_decayed_{w}d": weight.cast(_EXACT) for w, weight in weights.items()},
        **{f"spend_decayed_{w}d": money(weight * amount) for w, weight in weights.items()},
        "log_spend": log_amount.cast(_EXACT),
        "squared_log_spend": (log_amount * log_amount).cast(_EXACT),
    }
    return {name: column.sum(where=is_order).cast("float64") for name, column in sums.items()}


def _means(history: ir.Table) -> dict[str, ir.Value]:
    """Turn exact sums into means and standard deviations (of a sample: n − 1)."""
    n_orders = history.n_orders.nullif(0)
    n_gaps = (n_orders - 1).nullif(0)
    gap_sum = history.days_since_first_order - history.days_since_last_order
    log_mean = history.log_spend / n_orders
    log_variance = history.squared_log_spend / n_orders - log_mean * log_mean
    return {
        "spend_mean": history.order_spend / n_orders,
        "spend_std": _std(history.squared_spend, history.order_spend, n_orders),
        "spend_log_mean": log_mean,
        "spend_log_std": _root(log_variance),
        "gap_mean_days": gap_sum / n_gaps,
        "gap_std_days": _std(history.squared_gaps, gap_sum, n_gaps),
        "order_trend": 1 - 2 * history.age_sum / n_orders / history.days_since_first_order,
        "spend_trend": 1 - 2 * history.aged_spend / history.order_spend / history.days_since_first_order,
    }


def _std(squares: ir.Value, total: ir.Value, n: ir.Value) -> ir.Value:
    return _root((squares - total * total / n) / (n - 1).nullif(0))


def _root(variance: ir.Value) -> ir.Value:
    """Return the square root; rounding may leave a variance of 0 a hair below it."""
    return (variance < 0).ifelse(0.0, variance).sqrt()


def _shares(history: ir.Table) -> ir.Table:
    n_orders, gap_mean = history.n_orders.nullif(0), history.gap_mean_days.nullif(0)
    gross = (history.spend_total + history.refund_total).nullif(0)
    ratios = {
        "gap_cv": history.gap_std_days / gap_mean,
        "overdue_ratio": history.days_since_last_order / gap_mean,
        "refund_share": history.refund_total / gross,
        "late_order_share": history.n_orders_late / n_orders,
        "weekend_share": history.n_orders_weekend / n_orders,
        "lines_per_order": history.n_lines / n_orders,
    }
    if "quantity_total" in history.columns:
        ratios["quantity_per_order"] = history.quantity_total / n_orders
    return history.mutate(**ratios).drop(*_WORKING)
