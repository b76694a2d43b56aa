"""Contacts other than orders: visits, browsing, support, complaints, e-mails, and who opted out of them."""

import numpy as np
import pyarrow as pa

from goodwill.data.simulate.columns import coded, moments
from goodwill.data.simulate.people import Floats, Integers
from goodwill.data.simulate.purchases import poisson_moments
from goodwill.data.simulate.scene import Scene
from goodwill.data.simulate.seasons import DAYS_PER_YEAR
from goodwill.data.simulate.world import Interactions

KINDS = ("visit", "browse", "support", "complaint", "e-mail")
_MINUTES = (25.0, 6.0, 12.0, 18.0, np.nan)
_VISIT, _BROWSE, _EMAIL = 0, 1, 4


def draw_interactions(scene: Scene, contact: Interactions) -> pa.Table:
    """Return a row per contact; `value` is minutes spent, `product_id` what was looked at."""
    people, rng = scene.people, scene.stream("interactions")
    end = float(scene.world.days)
    leaves = np.minimum(people.alive_until, end)
    drawn = [
        poisson_moments(rate, people.signup, np.full(len(people), end) if kind == _EMAIL else leaves, rng)
        for kind, rate in enumerate(_rates(scene, contact))
    ]
    kind = np.repeat(np.arange(len(KINDS)), [len(customer) for customer, _ in drawn])
    customer = np.concatenate([customer for customer, _ in drawn])
    day = np.concatenate([day for _, day in drawn])
    minutes = np.asarray(_MINUTES)[kind] * rng.standard_exponential(len(kind))
    costs = np.array([0.0, 0.0, contact.support_cost, contact.complaint_cost, contact.email_cost])
    return pa.table({
        "customer_id": coded(customer, people.ids),
        "time": moments(scene.world.start, day),
        "kind": coded(kind, KINDS),
        "product_id": _looked_at(scene, customer, kind, rng),
        "value": pa.array(np.round(minutes, 1), mask=np.isnan(minutes)),
        "cost": costs[kind],
    })  # fmt: skip


def _rates(scene: Scene, contact: Interactions) -> list[Floats]:
    people = scene.people
    joined = np.ones(len(people))
    return [
        contact.visits_per_order * people.rate,
        contact.browses_per_order * people.rate,
        joined * contact.supports_per_year / DAYS_PER_YEAR,
        people.complaints,
        joined * contact.emails_per_year / DAYS_PER_YEAR,
    ]


def _looked_at(scene: Scene, customer: Integers, kind: Integers, rng: np.random.Generator) -> pa.Array:
    tickets = scene.catalogue.tickets
    favourite = 1 + scene.people.favourite[customer]
    product = tickets[favourite, rng.integers(tickets.shape[1], size=len(customer))]
    codes = pa.array(product.astype(np.int32), mask=(kind != _VISIT) & (kind != _BROWSE))
    return pa.DictionaryArray.from_arrays(codes, scene.catalogue.ids)


def service_cost_per_day(contact: Interactions, complaints: Floats) -> tuple[Floats, float]:
    """Return the expected cost of contacts per day while a customer is alive, and after."""
    email = contact.emails_per_year / DAYS_PER_YEAR * contact.email_cost
    support = contact.supports_per_year / DAYS_PER_YEAR * contact.support_cost
    return complaints * contact.complaint_cost + support + email, email


def draw_contact_rules(scene: Scene, contact: Interactions) -> pa.Table:
    """Return who opted out of e-mails, and when."""
    people, rng = scene.people, scene.stream("interactions").spawn(1)[0]
    chosen = np.flatnonzero(rng.random(len(people)) < contact.opt_out_share)
    day = people.signup[chosen] + rng.random(len(chosen)) * (scene.world.days - people.signup[chosen])
    return pa.table({
        "customer_id": coded(chosen, people.ids),
        "opted_out_at": moments(scene.world.start, day),
        "channel": coded(np.zeros(len(chosen), np.int64), ("e-mail",)),
    })  # fmt: skip
