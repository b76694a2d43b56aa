"""When contracts run, and what they pay."""

from datetime import date

import ibis
from ibis.expr import types as ir

from goodwill.data.tables import midnight
from goodwill.features.ages import age_days

YEAR_DAYS = 365.25
PLACES = ("largest", "second")
_LIFETIME_DAYS = 1000 * YEAR_DAYS
_FAR_DAYS = 1e8


def runs_up_to(contracts: ir.Table, day: date) -> ir.BooleanValue:
    """Say whether each contract runs in the last moment before `day`.

    The same moment decides who is at risk at `as_of` and who is still there at the end of a horizon, so
    that a contract which ends at `as_of`, and may be renewed from then on, is at risk.
    """
    moment = midnight(day)
    return (contracts.start < moment) & (contracts.end.isnull() | (contracts.end >= moment))


def placed(contracts: ir.Table, as_of: date) -> ir.Table:
    """Add `next_payment_days` of each contract and its `payment_place` among those of one customer.

    The place is 0, 1, … for what runs at `as_of` and pays on: the largest payment first, of equal ones the
    one that comes first; missing for the others.
    """
    start_age = age_days(contracts.start, as_of)
    period = contracts.period_days.cast("float64").nullif(0.0)
    rows = contracts.mutate(next_payment_days=(start_age / period).ceil() * period - start_age)
    pays_on = runs_up_to(rows, as_of) & ~rows.next_payment_days.isnull() & ~rows.price.isnull()
    rows = rows.mutate(
        pays_on=pays_on, payment_weight=rows.price.cast("float64") - rows.next_payment_days / _FAR_DAYS
    )
    largest_first = ibis.window(
        group_by=[rows.customer_id, rows.pays_on],
        order_by=[rows.payment_weight.desc(), rows.start, rows.period_days],
    )
    place = ibis.row_number().over(largest_first)
    return rows.mutate(payment_place=rows.pays_on.ifelse(place, ibis.null("int64")))


def days_run(contracts: ir.Table, as_of: date, within_days: int) -> ir.NumericValue:
    """Return days from `as_of` to each contract's end, at most `within_days`; missing if yet to start."""
    start, end = (-age_days(contracts[name], as_of) for name in ("start", "end"))
    last = ibis.greatest(ibis.least(ibis.coalesce(end, within_days), within_days), 0)
    return (start < within_days).ifelse(last, ibis.null("int32")).cast("int32")


def payments(
    contracts: ir.Table, as_of: date, span: tuple[int, int], annual_discount_rate: float
) -> ir.NumericValue:
    """Return what each contract pays in a span of days from `as_of` on, discounted to `as_of`.

    It pays `price` on its first day and every `period_days` from then on, as long as it runs; without a
    period (missing or 0) on its first day alone. The n payments from day t on, p days apart, are worth
    price · q^t · (1 − q^(np)) / (1 − q^p), where q = (1 + rate)^(−1/365.25).

    Parameters
    ----------
    span : the first day, counted from `as_of`, and the day after the last.
    """
    from_day, to_day = span
    start, end = (-age_days(contracts[name], as_of) for name in ("start", "end"))
    stop = ibis.least(ibis.coalesce(end, to_day), to_day)
    period = ibis.coalesce(contracts.period_days.cast("float64").nullif(0.0), _LIFETIME_DAYS)
    first = ibis.greatest(((from_day - start) / period).ceil(), 0)
    n_payments = ibis.greatest(((stop - start) / period).ceil() - first, 0)
    if annual_discount_rate == 0:
        worth = n_payments
    else:
        daily = ibis.literal(1.0 + annual_discount_rate).pow(-1 / YEAR_DAYS)
        once = daily.pow(period)
        worth = daily.pow(start + first * period) * (1 - once.pow(n_payments)) / (1 - once)
    return ibis.coalesce(contracts.price * worth, 0.0)
