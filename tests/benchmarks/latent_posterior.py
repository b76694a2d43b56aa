"""What a customer's history can tell at most: the exact posterior of the simulator's own process.

The simulator draws order rates and drop-out rates from gamma distributions and mean order values from an
inverse gamma. Whoever knows these distributions, the calendar and a customer's whole history can expect this
and no more; programs have to learn all of it from the tables.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from goodwill.data.simulate import Simulated
from goodwill.data.simulate.seasons import DAYS_PER_YEAR, Calendar, calendar_of
from goodwill.data.simulate.world import World

N_RATES, N_MOMENTS, BLOCK = 60, 120, 1_000
F = np.ndarray


@dataclass(frozen=True)
class Histories:
    """Of each customer (n,): moments of first and last order, orders, their money, channel factors."""

    first: F
    last: F
    n: F
    money: F
    rate_factor: F
    dropout_factor: F


def histories(drawn: Simulated, world: World, ids: pd.Series, day: pd.Timestamp) -> Histories:
    """Read the orders before a day."""
    sold = drawn.tables["transactions"]
    sold = sold[(sold["time"] < day) & (sold["amount"] > 0)]
    orders = sold.groupby(["customer_id", "order_id"], observed=True).agg(
        time=("time", "min"), money=("amount", "sum")
    )
    moment = (orders["time"] - pd.Timestamp(world.start)).dt.total_seconds() / 86_400
    grouped = orders.assign(moment=moment).groupby(level="customer_id", observed=True)
    each = grouped.agg(
        n=("money", "size"), money=("money", "sum"), first=("moment", "min"), last=("moment", "max")
    )
    each = each.reindex(ids)
    channel = drawn.tables["customers"].set_index("customer_id")["acquisition_channel"].reindex(ids)
    factors = {one.name: (one.rate_factor, one.dropout_factor) for one in world.acquisition.channels}
    rate, dropout = np.array([factors[str(name)] for name in channel]).T
    columns = (each[name].to_numpy(float) for name in ("first", "last", "n", "money"))
    return Histories(*columns, rate, dropout)


def expected_money(world: World, known: Histories, day: int, window_days: int) -> F:
    """Return what each customer is expected to spend in a window without treatment, (n,)."""
    calendar = calendar_of(world, world.days)
    orders = np.concatenate([
        _orders(world, calendar, _part(known, slice(first, first + BLOCK)), day, window_days)
        for first in range(0, len(known.n), BLOCK)
    ])  # fmt: skip
    spend = world.spend
    total = spend.order_value * (spend.customer_shape - 1) + spend.order_shape * known.money
    worth = total / (spend.customer_shape - 1 + spend.order_shape * known.n)
    return orders * worth * (1 - world.shop.refund_share)


def _part(known: Histories, rows: slice) -> Histories:
    return Histories(*(getattr(known, name)[rows] for name in Histories.__dataclass_fields__))


def _orders(world: World, calendar: Calendar, known: Histories, day: int, window_days: int) -> F:
    """Integrate over the order rate in closed form, over drop-out rate and moment of leaving on a grid."""
    buys = world.purchases
    shape, repeats = buys.rate_shape, known.n - 1
    scale = shape / (known.rate_factor * buys.orders_per_year / DAYS_PER_YEAR)
    quantiles = stats.gamma.ppf((np.arange(N_RATES) + 0.5) / N_RATES, buys.dropout_shape) / buys.dropout_shape
    hazard = quantiles * buys.dropouts_per_year / DAYS_PER_YEAR * known.dropout_factor[:, None]
    left = known.last[:, None] + (day - known.last)[:, None] * (np.arange(N_MOMENTS) + 0.5) / N_MOMENTS
    begun = calendar.business_time(known.first)
    until = calendar.business_time(np.array([float(day)]))[0] - begun
    log_alive = -(repeats + shape) * np.log(scale + until)
    passed = calendar.business_time(left.ravel()).reshape(left.shape) - begun[:, None]
    log_left = -(repeats + shape)[:, None] * np.log(scale[:, None] + passed)
    largest = np.maximum(log_alive, log_left.max(axis=1))
    alive = np.exp(log_alive - largest)[:, None] * np.exp(-hazard * (day - known.first)[:, None])
    weight = np.exp(log_left - largest[:, None]) * ((day - known.last) / N_MOMENTS)[:, None]
    age = left - known.first[:, None]
    gone = np.stack(
        [(weight * rate * np.exp(-rate * age)).sum(axis=1) for rate in hazard.T[:, :, None]], axis=1
    )
    days = np.arange(window_days)
    stays = np.exp(-hazard[:, :, None] * days) * (-np.expm1(-hazard) / hazard)[:, :, None]
    exposure = stays @ calendar.intensity[day + days]
    return (alive * exposure).sum(axis=1) / (alive + gone).sum(axis=1) * (repeats + shape) / (scale + until)
