"""What to expect of each customer, computed from the latent state: the best any model could know."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

from goodwill.data.simulate.engagement import service_cost_per_day
from goodwill.data.simulate.people import Floats
from goodwill.data.simulate.renewals import Window, no_order_probability, orders_per_day
from goodwill.data.simulate.seasons import calendar_of
from goodwill.data.simulate.world import World
from goodwill.errors import HistoryError

_BLOCK = 5_000  # customers at a time: their days are held in memory


def expected_value(truth: Mapping[str, pd.DataFrame], as_of: date, horizon_days: int) -> pd.DataFrame:
    """Return what each customer is expected to do in [as_of, as_of + horizon_days), given the latent state.

    The latent state is the customer's order rate, drop-out rate, mean order value and favourite category, and
    whether the customer is still alive at `as_of` (and since when not). The order history itself is not part
    of it: with `regularity` above 1 the time since the last order would tell a little more. Refunds count
    when they happen, those of earlier orders included. Nothing is simulated: orders and money are integrals
    over the days, exact but for the rounding to cents; `p_no_order` is exact for Poisson orders, else within
    1e-4.

    Parameters
    ----------
    truth : the truth of a simulation; the frames `world` and `customers` (and `treatments`, where there were
        campaigns, as treated) are used.
    as_of : midnight at which the window begins. horizon_days : its length; it may reach beyond the history.

    Returns
    -------
    A row per customer who joined before `as_of`: `customer_id, is_alive, p_no_order, expected_orders,
    expected_revenue` (net of refunds), `expected_margin, expected_service_cost`.

    Examples
    --------
    >>> from goodwill.data.simulate import simulate_frames
    >>> truth = simulate_frames(customers=4, seed=5).truth
    >>> expected_value(truth, date(2025, 1, 1), 90).round(2)[["is_alive", "expected_orders"]].to_dict("list")
    {'is_alive': [False, False, False, True], 'expected_orders': [0.0, 0.0, 0.0, 1.46]}
    >>> expected_value(truth, date(2022, 7, 1), 90)
    Traceback (most recent call last):
        ...
    goodwill.errors.HistoryError: as_of 2022-07-01 does not lie after the world's start 2022-07-01.
    """
    world = world_of(truth)
    customers = known_customers(truth, as_of, horizon_days)
    begin = (as_of - world.start).days
    end = begin + horizon_days
    regularity = world.purchases.regularity if world.purchases else 1
    window = Window(
        max(begin - world.shop.refund_lag_days, 0), begin, end, calendar_of(world, end), regularity
    )
    blocks = [
        _expect(world, window, customers.iloc[first : first + _BLOCK], truth.get("treatments"))
        for first in range(0, max(len(customers), 1), _BLOCK)
    ]
    return pd.concat(blocks, ignore_index=True)


def known_customers(truth: Mapping[str, pd.DataFrame], as_of: date, horizon_days: int) -> pd.DataFrame:
    """Return the latent state of those who joined before `as_of`, if the question makes sense."""
    world = world_of(truth)
    if world.purchases is None:
        message = "This simulation has no purchases. Ask `expected_contract_value` about its contracts."
        raise HistoryError(message)
    if as_of <= world.start:
        message = f"as_of {as_of} does not lie after the world's start {world.start}."
        raise HistoryError(message)
    if horizon_days < 1:
        message = f"horizon_days is {horizon_days}; it must be 1 or more."
        raise HistoryError(message)
    customers = truth["customers"]
    return customers[customers["signup_day"] < (as_of - world.start).days].reset_index(drop=True)


def read_truth(out: Path) -> dict[str, pd.DataFrame]:
    """Return the truth of a simulation written to the folder `out`."""
    return {path.stem: pd.read_parquet(path) for path in sorted((out / "truth").glob("*.parquet"))}


def world_of(truth: Mapping[str, pd.DataFrame]) -> World:
    """Return the world a truth was drawn from."""
    return World.model_validate_json(truth["world"]["parameters"].iloc[0])


def _expect(
    world: World, window: Window, customers: pd.DataFrame, treatments: pd.DataFrame | None
) -> pd.DataFrame:
    lift = _lift(world, window, customers, treatments)
    orders = orders_per_day(window, customers, lift)
    is_alive = (customers["alive_until_day"] > window.begin).to_numpy()
    revenue = orders @ _net_weights(world, window) * customers["order_value_mean"].to_numpy()
    return pd.DataFrame({
        "customer_id": customers["customer_id"],
        "is_alive": is_alive,
        "p_no_order": no_order_probability(window, customers, lift),
        "expected_orders": orders[:, window.begin - window.first :].sum(axis=1),
        "expected_revenue": revenue,
        "expected_margin": revenue * customers["margin_rate_mean"].to_numpy(),
        "expected_service_cost": _service_cost(world, window, customers, is_alive),
    })  # fmt: skip


def _net_weights(world: World, window: Window) -> Floats:
    """Return the part of an order's value that falls into the window, net of refunds, by the order's day."""
    lag, share = world.shop.refund_lag_days, world.shop.refund_share
    day = window.days
    first = np.maximum(day + 1, window.begin)
    last = np.minimum(day + lag, window.end - 1)
    refunded = share * np.maximum(last - first + 1, 0) / lag
    return ((day >= window.begin) - refunded) * window.calendar.price_level[day]


def _lift(
    world: World, window: Window, customers: pd.DataFrame, treatments: pd.DataFrame | None
) -> Floats | None:
    """Return the factor on each customer's order rate per day, (n_customers, n_days), where treated."""
    if treatments is None or treatments.empty:
        return None
    lift = np.ones((len(customers), len(window.days)))
    for campaign in world.campaigns:
        effect = treatments[treatments["is_treated"] & (treatments["campaign"] == campaign.name)]
        share = customers["customer_id"].map(effect.set_index("customer_id")["effect_rate"]).fillna(0.0)
        is_on = (window.days >= campaign.day) & (window.days < campaign.day + campaign.window_days)
        lift[:, is_on] *= 1 + share.to_numpy()[:, None]
    return lift


def _service_cost(world: World, window: Window, customers: pd.DataFrame, is_alive: np.ndarray) -> Floats:
    days = float(window.end - window.begin)
    if world.interactions is None:
        return np.zeros(len(customers))
    alive, after = service_cost_per_day(world.interactions, customers["complaints_per_day"].to_numpy())
    dropout = np.maximum(customers["dropout_per_day"].to_numpy(), 1e-12)
    alive_days = np.where(is_alive, -np.expm1(-dropout * days) / dropout, 0.0)
    return alive * alive_days + after * (days - alive_days)
