"""A chunk of customers in its world: what every part of the simulation looks at."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from goodwill.data.simulate.catalogue import Catalogue
from goodwill.data.simulate.columns import coded, moments
from goodwill.data.simulate.people import BRANCHES, OWNERS, People, stream
from goodwill.data.simulate.seasons import Calendar
from goodwill.data.simulate.world import World


@dataclass(frozen=True)
class Scene:
    """A chunk of customers in its world; `number` counts the chunks, `seed` is the whole simulation's."""

    world: World
    calendar: Calendar
    catalogue: Catalogue
    people: People
    seed: int
    number: int

    def stream(self, part: str) -> np.random.Generator:
        """Return this chunk's random stream for a part of the simulation."""
        return stream(self.seed, part, self.number)


def customers_table(scene: Scene) -> pa.Table:
    """Return the customers table; all its attributes are known when a customer joins."""
    people, channels = scene.people, scene.world.acquisition.channels
    costs = np.array([channel.cost for channel in channels])
    return pa.table({
        "customer_id": people.ids,
        "signup_time": moments(scene.world.start, people.signup),
        "acquisition_channel": coded(people.channel, [channel.name for channel in channels]),
        "acquisition_cost": costs[people.channel],
        "branch_id": coded(people.branch, BRANCHES),
        "owner": coded(people.owner, OWNERS),
        "age": people.age,
        "residence": coded(people.is_city.astype(np.int64), ("country", "city")),
    })  # fmt: skip


def customers_truth(scene: Scene) -> pa.Table:
    """Return the latent state per customer, in days and in money at price level 1."""
    people, shop = scene.people, scene.world.shop
    return pa.table({
        "customer_id": people.ids,
        "signup_day": people.signup,
        "alive_until_day": people.alive_until,
        "alive_until": moments(scene.world.start, people.alive_until),
        "rate_per_day": people.rate,
        "dropout_per_day": people.dropout,
        "complaints_per_day": people.complaints,
        "order_value_mean": people.order_mean,
        "margin_rate_mean": scene.catalogue.expected_margin(people.favourite, shop.favourite_share),
        "favourite_category": coded(people.favourite, scene.catalogue.categories),
        "satisfaction": people.satisfaction,
        "is_prospect": people.is_prospect,
    })  # fmt: skip
