"""What a customer's contracts say."""

import ibis
from ibis.expr import types as ir

from goodwill.data.tables import Past, midnight
from goodwill.features.ages import age_days
from goodwill.features.payments import PLACES, placed, runs_up_to

RENEWAL_DAYS = 31
_EACH = ("payment", "days_to_payment", "period_days", "periods", "days_to_end", "cancelled", "plan")
# What tells the contracts of one customer apart; of the largest payment, `contracts` tells it of everyone.
OF_EACH = tuple(
    f"contract_{place}_{name}" for place in PLACES for name in (_EACH[2:] if place == PLACES[0] else _EACH)
)
# A price per 30 days has more digits than money: that of a year, cut at money's, would be a cent off.
_RATE = "decimal(28, 10)"


def contracts(past: Past) -> ir.Table:
    """Return the contracts of each customer, as known before `past.as_of`.

    Ends and cancellations that were not yet known are missing, so that a contract whose end comes as a
    surprise counts as running.

    Returns
    -------
    A row per customer with a contract: `n_contracts` that have started, `n_contracts_running`,
    `n_contracts_announced` (known, yet to start), `n_contracts_cancelled` (running, notice given),
    `n_renewals` (contracts that start when one has ended, or within `RENEWAL_DAYS` after it),
    `n_periods` (billing periods begun), `contract_price_total` per 30 days of what runs,
    `days_to_next_payment` of what runs (0 on `as_of` itself), of the payments that come next the largest,
    `contract_largest_payment`, and `days_to_largest_payment`, `contract_period_days` (the longest that runs),
    `days_since_first_contract`, `days_since_last_contract` (their starts), `days_since_cancellation`,
    `days_to_end` of the first running contract to end, where known, and `plan` of the latest to start.
    Where several run that pay on, also what `_of_each` tells of the two with the largest payments.
    """
    rows = _judged(past)
    has_started, is_running = rows.start_age_days > 0, rows.is_running
    has_payment = ~rows.next_payment_days.isnull()
    sums = {
        "n_contracts": has_started.sum(),
        "n_contracts_running": is_running.sum(),
        "n_contracts_announced": (~has_started).sum(),
        "n_renewals": (has_started & rows.is_renewal).sum(),
        "n_periods": rows.n_periods.sum(where=has_started).cast("int64"),
        "contract_price_total": rows.monthly_price.cast(_RATE).sum(where=is_running).cast("float64"),
        "days_to_next_payment": rows.next_payment_days.min(where=is_running),
        "contract_largest_payment": rows.price.cast("float64").max(where=is_running & has_payment),
        "days_to_largest_payment": rows.next_payment_days.argmax(
            rows.payment_weight, where=is_running & has_payment
        ),
        "contract_period_days": rows.period_days.max(where=is_running).cast("float64"),
        "days_since_first_contract": rows.start_age_days.max(where=has_started),
        "days_since_last_contract": rows.start_age_days.min(where=has_started),
        "days_to_end": (-rows.end_age_days).min(where=is_running),
    }
    if "cancelled_at" in rows.columns:
        notice = age_days(rows.cancelled_at, past.as_of)
        sums["n_contracts_cancelled"] = (is_running & ~rows.cancelled_at.isnull()).sum()
        sums["days_since_cancellation"] = notice.min()
    if "plan" in rows.columns:
        sums["plan"] = rows.plan.min(where=rows.plan_start == rows.latest_plan_start)
    return rows.group_by("customer_id").agg(**sums, **_of_each(rows))


def _of_each(rows: ir.Table) -> dict[str, ir.Value]:
    """Return `contract_largest_…` and `contract_second_…` (`OF_EACH`); missing where fewer than two pay on.

    `payment`, `days_to_payment`, `period_days`, `periods` begun, `days_to_end` where known, `cancelled` (0 or
    1) and `plan`.
    """
    told = {
        "payment": rows.price.cast("float64"),
        "days_to_payment": rows.next_payment_days,
        "period_days": rows.period_days.cast("float64"),
        "periods": rows.n_periods.cast("float64"),
        "days_to_end": (-rows.end_age_days).cast("float64"),
    }
    if "cancelled_at" in rows.columns:
        told["cancelled"] = (~rows.cancelled_at.isnull()).ifelse(1.0, 0.0)
    if "plan" in rows.columns:
        told["plan"] = rows.plan
    columns: dict[str, ir.Value] = {}
    for number, place in enumerate(PLACES):
        is_it = (rows.payment_place == number) & (rows.n_paying > 1)
        columns |= {f"contract_{place}_{name}": value.max(where=is_it) for name, value in told.items()}
    return {name: column for name, column in columns.items() if name in OF_EACH}


def _judged(past: Past) -> ir.Table:
    """Add to each contract its ages, whether it runs, whether it renews another, and its periods."""
    rows = placed(_planned(past), past.as_of)
    by_start = ibis.window(group_by="customer_id", order_by=["start", "end", "price"])
    start_age, end_age = (age_days(rows[name], past.as_of) for name in ("start", "end"))
    period = rows.period_days.cast("float64").nullif(0.0)
    earlier_end = rows.end.lag().over(by_start)
    ran_days = start_age - ibis.greatest(end_age.fill_null(0), 0)
    return rows.mutate(
        start_age_days=start_age,
        end_age_days=end_age,
        is_running=runs_up_to(rows, past.as_of),
        is_renewal=~earlier_end.isnull()
        & rows.start.between(earlier_end, earlier_end + ibis.interval(days=RENEWAL_DAYS)),
        n_periods=ibis.greatest((ran_days / period).ceil(), 1).fill_null(1),
        n_paying=rows.pays_on.sum().over(group_by="customer_id"),
        monthly_price=rows.price * 30 / ibis.coalesce(period, 30.0),
    )


def _planned(past: Past) -> ir.Table:
    """Add to each contract the start of its plan, and that of the customer's latest."""
    rows = past.tables.present["contracts"]
    plan = rows.plan if "plan" in rows.columns else ibis.null("string")
    has_plan = ~plan.isnull() & (rows.start < midnight(past.as_of))
    rows = rows.mutate(plan_start=has_plan.ifelse(rows.start, None))
    return rows.mutate(latest_plan_start=rows.plan_start.max().over(group_by="customer_id"))
