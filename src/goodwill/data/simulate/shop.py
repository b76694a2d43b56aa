"""What orders hold: order lines, prices, costs and refunds."""

from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from goodwill.data.simulate.catalogue import TICKETS
from goodwill.data.simulate.columns import coded, moments
from goodwill.data.simulate.people import Floats, Integers
from goodwill.data.simulate.purchases import Orders
from goodwill.data.simulate.scene import Scene
from goodwill.data.simulate.world import World


def draw_transactions(scene: Scene, orders: Orders) -> pa.Table:
    """Return a row per order line and per refunded line; amounts are whole cents.

    An order's value is gamma-distributed around the customer's mean and then split over its lines, so the
    number of lines and the products in them say nothing about the total: the expected value stays known
    exactly.
    """
    world, people, rng = scene.world, scene.people, scene.stream("lines")
    shop, shape = world.shop, world.spend.order_shape
    value = rng.standard_gamma(shape, len(orders.day)) * (people.order_mean / shape)[orders.customer]
    value *= scene.calendar.price_level[orders.day.astype(np.int64)]
    n_lines = 1 + rng.poisson(shop.lines_per_order - 1, len(value))
    start = np.cumsum(n_lines) - n_lines
    order = np.repeat(np.arange(len(value), dtype=np.int32), n_lines)
    # Single precision draws exact zeros, and an order of zeros has no shares.
    parts = rng.standard_exponential(len(order), dtype=np.float32) + np.float32(1e-9)
    parts /= np.add.reduceat(parts, start)[order] if len(order) else 1
    amount = np.maximum(np.round(parts * value[order], 2), 0.01)
    customer = orders.customer[order]
    product = _products(scene, customer, rng)
    lines = _Lines(
        order=order, customer=customer, day=orders.day[order], product=product, amount=amount,
        quantity=1 + rng.poisson(shop.units_per_line - 1, len(order)),
        channel=_sales_channels(people.sales_channel[orders.customer], len(shop.channels), rng)[order],
    )  # fmt: skip
    return _table(scene, lines, _refunds(world, lines, rng))


@dataclass(frozen=True)
class _Lines:
    order: NDArray[np.int32]
    customer: Integers
    day: Floats
    product: NDArray[np.int32]
    amount: Floats
    quantity: Integers
    channel: Integers


def _products(scene: Scene, customer: Integers, rng: np.random.Generator) -> NDArray[np.int32]:
    ticket = rng.integers(TICKETS, size=len(customer), dtype=np.uint16)
    is_favourite = rng.random(len(customer), dtype=np.float32) < scene.world.shop.favourite_share
    row = np.where(is_favourite, 1 + scene.people.favourite[customer], 0)
    return scene.catalogue.tickets[row, ticket]


def _sales_channels(usual: Integers, n_channels: int, rng: np.random.Generator) -> Integers:
    other = rng.integers(n_channels, size=len(usual))
    return np.where(rng.random(len(usual), dtype=np.float32) < 0.75, usual, other)  # noqa: PLR2004 - habit


def _refunds(world: World, lines: _Lines, rng: np.random.Generator) -> _Lines:
    """Return the lines sent back before the history ends, with their signs turned."""
    chosen = np.flatnonzero(rng.random(len(lines.day), dtype=np.float32) < world.shop.refund_share)
    day = lines.day[chosen] + rng.integers(1, world.shop.refund_lag_days + 1, len(chosen))
    chosen, day = chosen[day < world.days], day[day < world.days]
    return _Lines(
        lines.order[chosen], lines.customer[chosen], day, lines.product[chosen], -lines.amount[chosen],
        -lines.quantity[chosen], lines.channel[chosen],
    )  # fmt: skip


def _table(scene: Scene, lines: _Lines, refunds: _Lines) -> pa.Table:
    world, catalogue = scene.world, scene.catalogue
    rows = _Lines(*(np.concatenate([getattr(x, f.name) for x in (lines, refunds)]) for f in fields(_Lines)))
    n_orders = int(rows.order.max(initial=-1)) + 1
    numbers = pc.utf8_lpad(pc.cast(pa.array(np.arange(n_orders)), pa.string()), width=7, padding="0")
    return pa.table({
        "customer_id": coded(rows.customer, scene.people.ids),
        "time": moments(world.start, rows.day),
        "amount": rows.amount,
        "order_id": coded(rows.order, pc.binary_join_element_wise(f"O{scene.number:04d}", numbers, "-")),
        "product_id": coded(rows.product, catalogue.ids),
        "category": coded(catalogue.category[rows.product], catalogue.categories),
        "quantity": rows.quantity,
        "cost": np.round(rows.amount * (1 - catalogue.margin_rate[rows.product]), 2),
        "channel": coded(rows.channel, world.shop.channels),
    })  # fmt: skip
