"""The chunks of a simulation: the same customers whoever asks, a bounded number at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from goodwill.data.simulate.catalogue import draw_catalogue, products_table
from goodwill.data.simulate.engagement import draw_contact_rules, draw_interactions
from goodwill.data.simulate.people import customer_ids, draw_people, stream
from goodwill.data.simulate.purchases import draw_orders
from goodwill.data.simulate.scene import Scene, customers_table, customers_truth
from goodwill.data.simulate.seasons import calendar_of
from goodwill.data.simulate.shop import draw_transactions
from goodwill.data.simulate.world import World
from goodwill.errors import UsageError

# Part of what a seed means: another size gives other customers, so it is no parameter.
CHUNK_CUSTOMERS = 10_000
_ID_DIGITS = 7


@dataclass(frozen=True)
class Drawn:
    """What was drawn: Arrow tables by name, as seen by a firm and as only the simulator knows them."""

    tables: dict[str, pa.Table]
    truth: dict[str, pa.Table]


def draw(*, customers: int, seed: int, world: World) -> Iterator[Drawn]:
    """Yield what all customers share (the products), then one chunk of customers after the other."""
    if customers < 1 or seed < 0:
        message = (
            f"A simulation needs at least one customer and a seed of 0 or more; got {customers} and {seed}."
        )
        raise UsageError(message)
    calendar = calendar_of(world, world.days)
    catalogue = draw_catalogue(world, stream(seed, "catalogue"))
    shared = {"products": products_table(catalogue)} if world.purchases else {}
    yield Drawn(shared, {"world": pa.table({"parameters": [world.model_dump_json()]})})
    width = max(_ID_DIGITS, len(str(customers - 1)))
    for number, first in enumerate(range(0, customers, CHUNK_CUSTOMERS)):
        ids = customer_ids(first, min(CHUNK_CUSTOMERS, customers - first), world.id_prefix, width)
        yield draw_chunk(
            Scene(
                world,
                calendar,
                catalogue,
                draw_people(world, ids, stream(seed, "people", number)),
                seed,
                number,
            )
        )


def draw_chunk(scene: Scene) -> Drawn:
    """Draw all tables of one chunk of customers."""
    world = scene.world
    tables = {"customers": customers_table(scene)}
    truth = {"customers": customers_truth(scene)}
    if world.purchases:
        orders = draw_orders(world, scene.people, scene.calendar, scene.stream("orders"))
        tables["transactions"] = draw_transactions(scene, orders)
    if world.interactions:
        tables["interactions"] = draw_interactions(scene, world.interactions)
        tables["contact_rules"] = draw_contact_rules(scene, world.interactions)
    return Drawn(tables, truth)
