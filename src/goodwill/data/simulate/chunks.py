"""The chunks of a simulation: the same customers whoever asks, a bounded number at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa

from goodwill.arguments import ensure_whole
from goodwill.data.simulate.accounts import draw_balances, draw_referrals
from goodwill.data.simulate.campaigns import apply_campaigns
from goodwill.data.simulate.catalogue import draw_catalogue, products_table
from goodwill.data.simulate.comments import draw_comments
from goodwill.data.simulate.engagement import draw_contact_rules, draw_interactions
from goodwill.data.simulate.people import customer_ids, draw_people, stream
from goodwill.data.simulate.purchases import draw_orders
from goodwill.data.simulate.scene import Scene, customers_table, customers_truth
from goodwill.data.simulate.seasons import calendar_of
from goodwill.data.simulate.segments import draw_profiles
from goodwill.data.simulate.shop import draw_transactions
from goodwill.data.simulate.subscriptions import draw_contracts, until_contracts_end
from goodwill.data.simulate.surveys import draw_surveys, planted
from goodwill.data.simulate.world import World

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
    ensure_whole(1, customers=customers)
    ensure_whole(0, seed=seed)
    calendar = calendar_of(world, world.days)
    catalogue = draw_catalogue(world, stream(seed, "catalogue"))
    yield Drawn(
        {"products": products_table(catalogue)} if world.purchases else {},
        {"world": pa.table({"parameters": [world.model_dump_json()], "seed": [seed]})}
        | (planted(world.surveys) if world.surveys else {}),
    )
    width = max(_ID_DIGITS, len(str(customers - 1)))
    for number, first in enumerate(range(0, customers, CHUNK_CUSTOMERS)):
        ids = customer_ids(first, min(CHUNK_CUSTOMERS, customers - first), world.id_prefix, width)
        people = draw_people(world, ids, stream(seed, "people", number))
        yield draw_chunk(Scene(world, calendar, catalogue, people, seed, number))


def draw_chunk(scene: Scene) -> Drawn:
    """Draw all tables of one chunk of customers."""
    if scene.world.contracts and scene.world.purchases is None:
        scene = until_contracts_end(scene, scene.world.contracts)
    tables = {"customers": customers_table(scene)}
    truth = {"customers": customers_truth(scene)}
    for part in (_shop(scene), _contact(scene), _holdings(scene), _voices(scene)):
        tables |= part.tables
        truth |= part.truth
    return Drawn(tables, truth)


def _shop(scene: Scene) -> Drawn:
    world = scene.world
    if world.purchases is None:
        return Drawn({}, {})
    orders = draw_orders(world, scene.people, scene.calendar, scene.stream("orders"))
    if not world.campaigns:
        return Drawn({"transactions": draw_transactions(scene, orders)}, {})
    orders, treatments, effects = apply_campaigns(scene, orders)
    return Drawn(
        {"transactions": draw_transactions(scene, orders), "treatments": treatments}, {"treatments": effects}
    )


def _contact(scene: Scene) -> Drawn:
    world, tables = scene.world, {}
    if world.interactions:
        tables["interactions"] = draw_interactions(scene, world.interactions)
        tables["contact_rules"] = draw_contact_rules(scene, world.interactions)
    if world.referrals:
        tables["referrals"] = draw_referrals(scene, world.referrals)
    return Drawn(tables, {})


def _holdings(scene: Scene) -> Drawn:
    world, tables, truth = scene.world, {}, {}
    if world.contracts:
        tables["contracts"], truth["contracts"] = draw_contracts(scene, world.contracts)
    if world.deposits:
        tables["balances"], truth["balances"] = draw_balances(scene, world.deposits)
    if world.segments:
        tables["profiles"], truth["segments"] = draw_profiles(scene, world.segments)
    return Drawn(tables, truth)


def _voices(scene: Scene) -> Drawn:
    world, tables, truth = scene.world, {}, {}
    if world.surveys:
        tables["surveys"], truth["surveys"] = draw_surveys(scene, world.surveys)
    if world.comments:
        tables["comments"], truth["comments"] = draw_comments(scene, world.comments)
    return Drawn(tables, truth)
