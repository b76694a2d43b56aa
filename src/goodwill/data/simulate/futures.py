"""Other futures of the same customers: what else could have happened after a date."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from goodwill.data.simulate.catalogue import Catalogue, draw_catalogue
from goodwill.data.simulate.people import Integers, People, stream
from goodwill.data.simulate.purchases import Orders, draw_renewals, merged
from goodwill.data.simulate.scene import Scene
from goodwill.data.simulate.seasons import Calendar, calendar_of
from goodwill.data.simulate.shop import draw_transactions
from goodwill.data.simulate.truth import known_customers, world_of
from goodwill.data.simulate.world import World
from goodwill.errors import HistoryError


def draw_future(
    truth: Mapping[str, pd.DataFrame], as_of: date, horizon_days: int, *, seed: int
) -> pd.DataFrame:
    """Draw one possible [as_of, as_of + horizon_days) of every customer known by then, from the latent state.

    Its mean over seeds is `expected_value`; its quantiles over seeds are the narrowest honest intervals, for
    customers and for totals.

    Parameters
    ----------
    truth : the truth of a simulation with purchases, and without a campaign near the window.
    as_of : midnight at which the window begins. horizon_days : its length; it may reach beyond the history.
    seed : another seed, another future.

    Returns
    -------
    A row per customer who joined before `as_of`: `customer_id, orders, revenue` (net of refunds), `margin`.

    Examples
    --------
    >>> from goodwill.data.simulate import simulate_frames
    >>> truth = simulate_frames(customers=4, seed=5).truth
    >>> [draw_future(truth, date(2025, 1, 1), 90, seed=seed)["orders"].sum().item() for seed in range(4)]
    [1, 1, 3, 2]
    """
    customers = known_customers(truth, as_of, horizon_days)
    begin = (as_of - world_of(truth).start).days
    world = world_of(truth).model_copy(update={"days": begin + horizon_days})
    first = max(begin - world.shop.refund_lag_days, 0)
    near = [c.name for c in world.campaigns if c.day < world.days and c.day + c.window_days > first]
    if near:
        message = f"The campaigns {near} are at work in or near the window; choose a window without one."
        raise HistoryError(message)
    calendar = calendar_of(world, world.days)
    catalogue = draw_catalogue(world, stream(int(truth["world"]["seed"].iloc[0]), "catalogue"))
    rng = stream(seed, "orders")
    people = _people(customers, catalogue, begin, rng)
    scene = Scene(world, calendar, catalogue, people, seed, 0)
    rows = draw_transactions(scene, _orders(world, people, calendar, first, rng))
    return _summed(rows.filter(pc.greater_equal(rows["time"], pa.scalar(pd.Timestamp(as_of)))), people)


def _people(customers: pd.DataFrame, catalogue: Catalogue, begin: int, rng: np.random.Generator) -> People:
    """Return the customers with their lives after `begin` drawn anew; what orders do not need is zero."""
    alive_until, dropout = (customers[name].to_numpy() for name in ("alive_until_day", "dropout_per_day"))
    more = rng.standard_exponential(len(customers)) / np.maximum(dropout, 1e-12)
    zeros = np.zeros(len(customers), dtype=np.int64)
    return People(
        ids=pa.array(customers["customer_id"], pa.string()), signup=customers["signup_day"].to_numpy(),
        channel=zeros, branch=zeros, owner=zeros, sales_channel=zeros, segment=zeros, age=zeros,
        favourite=pd.Index(catalogue.categories).get_indexer(pd.Index(customers["favourite_category"])).astype(np.int64),
        is_city=zeros.astype(bool), is_prospect=customers["is_prospect"].to_numpy(),
        satisfaction=customers["satisfaction"].to_numpy(),
        complaints=customers["complaints_per_day"].to_numpy(),
        rate=customers["rate_per_day"].to_numpy(), dropout=dropout,
        alive_until=np.where(alive_until > begin, begin + more, alive_until),
        order_mean=customers["order_value_mean"].to_numpy(),
    )  # fmt: skip


def _orders(world: World, people: People, calendar: Calendar, first: int, rng: np.random.Generator) -> Orders:
    """Draw orders from the first day whose refunds matter; the phase reached by then is part of the draw."""
    begin = np.maximum(people.signup, float(first))
    passed = calendar.business_time(begin) - calendar.business_time(people.signup)
    k = world.purchases.regularity if world.purchases else 1
    phase: Integers = rng.poisson(k * people.rate * passed) % k
    until = np.minimum(people.alive_until, float(world.days))
    joined = np.flatnonzero((people.rate > 0) & (people.signup >= first))
    later = draw_renewals(world, people, calendar, (begin, until, phase), rng)
    return merged(Orders(joined, people.signup[joined]), later)


def _summed(rows: pa.Table, people: People) -> pd.DataFrame:
    code = rows["customer_id"].combine_chunks().indices.to_numpy()
    amount, cost = rows["amount"].to_numpy(), rows["cost"].to_numpy()
    order = rows["order_id"].combine_chunks().indices.to_numpy()
    sold = np.unique(order[amount > 0], return_index=True)[1]
    n = len(people)
    return pd.DataFrame({
        "customer_id": people.ids.to_pandas(),
        "orders": np.bincount(code[amount > 0][sold], minlength=n),
        "revenue": np.bincount(code, amount, minlength=n),
        "margin": np.bincount(code, amount - cost, minlength=n),
    })  # fmt: skip
