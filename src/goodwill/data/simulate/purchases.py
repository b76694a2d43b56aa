"""When customers order: a renewal process in business time that ends when the customer drops out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goodwill.data.simulate.people import Floats, Integers, People
from goodwill.data.simulate.seasons import Calendar
from goodwill.data.simulate.world import World


@dataclass(frozen=True)
class Orders:
    """Orders of a chunk, sorted by customer and day.

    Parameters
    ----------
    customer : (n_orders,) position of the customer in the chunk.
    day : (n_orders,) moment, in days since the world's start.
    """

    customer: Integers
    day: Floats


def draw_orders(world: World, people: People, calendar: Calendar, rng: np.random.Generator) -> Orders:
    """Draw every order before the history ends; a buyer's first order is the moment of joining."""
    until = np.minimum(people.alive_until, float(world.days))
    none = np.zeros(len(people), dtype=np.int64)
    later = draw_renewals(world, people, calendar, (people.signup, until, none), rng)
    first = np.flatnonzero(people.rate > 0)
    return merged(Orders(first, people.signup[first]), later)


def draw_renewals(
    world: World,
    people: People,
    calendar: Calendar,
    span: tuple[Floats, Floats, Integers],
    rng: np.random.Generator,
) -> Orders:
    """Draw the orders between two moments per customer, given how many phases have passed since the last one.

    Erlang(k) times between orders are every k-th event of a Poisson process that runs k times as fast; the
    events in between are phases that nobody sees.
    """
    begin, end = calendar.business_time(span[0]), calendar.business_time(span[1])
    k = world.purchases.regularity if world.purchases else 1
    customer, share = _uniform_events(k * people.rate * np.maximum(end - begin, 0.0), rng)
    if k > 1:
        kept = _every_kth(customer, k, span[2])
        customer, share = customer[kept], share[kept]
    return Orders(customer, calendar.moment(begin[customer] + share * (end - begin)[customer]))


def poisson_moments(
    rate: Floats, begin: Floats, end: Floats, rng: np.random.Generator
) -> tuple[Integers, Floats]:
    """Draw events of constant rate per customer between two moments; return customers and days."""
    length = np.maximum(end - begin, 0.0)
    customer, share = _uniform_events(rate * length, rng)
    return customer, begin[customer] + share * length[customer]


def _uniform_events(expected: Floats, rng: np.random.Generator) -> tuple[Integers, Floats]:
    """Return the customer and the place in (0, 1) of Poisson events, sorted by both."""
    counts = rng.poisson(expected)
    # One float holds both sort keys, because sorting one array is five times as fast as sorting by two.
    keys = np.repeat(np.arange(len(expected), dtype=np.float64), counts)
    keys += rng.random(len(keys)) * (1 - 1e-9)
    keys.sort()
    customer = keys.astype(np.int64)
    return customer, keys - customer


def _every_kth(customer: Integers, k: int, passed: Integers) -> NDArray[np.bool_]:
    position = np.arange(len(customer))
    is_start = np.concatenate([[True], customer[1:] != customer[:-1]]) if len(customer) else np.zeros(0, bool)
    start = np.maximum.accumulate(np.where(is_start, position, 0))
    return (position - start + 1 + passed[customer]) % k == 0


def merged(first: Orders, later: Orders) -> Orders:
    """Put each first order before the customer's other orders."""
    position = np.searchsorted(later.customer, first.customer)
    return Orders(
        np.insert(later.customer, position, first.customer), np.insert(later.day, position, first.day)
    )
