"""Campaigns whose effect on every customer is known, treated by lot or by what people did before."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from goodwill.data.simulate.columns import coded, moments
from goodwill.data.simulate.people import Floats, Integers
from goodwill.data.simulate.programme import Campaign
from goodwill.data.simulate.purchases import Orders, poisson_moments
from goodwill.data.simulate.scene import Scene

_RECENT_DAYS = 180
_CONTROL = -1


@dataclass(frozen=True)
class _Lot:
    """Who takes part in a campaign, and what each got: an arm, or the control."""

    chosen: Integers
    arm: Integers
    propensity: Floats


def apply_campaigns(scene: Scene, orders: Orders) -> tuple[Orders, pa.Table, pa.Table]:
    """Return the orders after all campaigns, the treatments, and the effect per customer and arm (truth)."""
    rng = scene.stream("campaigns")
    tables, truths = [], []
    for campaign in scene.world.campaigns:
        lot = _draw_lot(scene, campaign, orders, rng)
        effects = _effects(scene, campaign)
        tables.append(_treatments(scene, campaign, lot))
        truths.append(_truth(scene, campaign, lot, effects))
        orders = _changed(scene, campaign, lot, orders, (effects, rng))
    return orders, pa.concat_tables(tables), pa.concat_tables(truths)


def _draw_lot(scene: Scene, campaign: Campaign, orders: Orders, rng: np.random.Generator) -> _Lot:
    people = scene.people
    chosen = np.flatnonzero((people.signup < campaign.day) & (people.rate > 0))
    odds = np.log(campaign.treated_share / (1 - campaign.treated_share))
    tilt = campaign.confounding * _confounder(scene, campaign, orders)[chosen]
    propensity = 1 / (1 + np.exp(-np.clip(odds + tilt, -30, 30)))
    shares = np.array([arm.share for arm in campaign.arms])
    arm = rng.choice(len(shares), len(chosen), p=shares / shares.sum())
    is_treated = rng.random(len(chosen)) < propensity
    return _Lot(chosen, np.where(is_treated, arm, _CONTROL), propensity)


def _confounder(scene: Scene, campaign: Campaign, orders: Orders) -> Floats:
    """Return the confounder on a log scale, centred where the average customer stands."""
    people = scene.people
    mean_rate = people.rate.mean() or 1.0
    if campaign.confounder == "latent_rate":
        return np.clip(np.log(np.maximum(people.rate, 1e-12) / mean_rate), -4, 4)
    is_recent = (orders.day < campaign.day) & (orders.day >= campaign.day - _RECENT_DAYS)
    recent = np.bincount(orders.customer[is_recent], minlength=len(people))
    return np.log1p(recent) - np.log1p(mean_rate * _RECENT_DAYS / 2)


def _effects(scene: Scene, campaign: Campaign) -> Floats:
    """Return the relative effect of each arm on each customer's order rate, (n_arms, n_customers)."""
    people = scene.people
    moved = 0.8 * people.age_score + 0.6 * np.where(people.is_city, 1.0, -1.0)
    return np.stack([np.maximum(arm.effect_mean + arm.effect_spread * moved, -1.0) for arm in campaign.arms])


def _changed(
    scene: Scene, campaign: Campaign, lot: _Lot, orders: Orders, drawn: tuple[Floats, np.random.Generator]
) -> Orders:
    """Add the orders that treatment caused, and take away those it prevented."""
    effects, rng = drawn
    people, calendar = scene.people, scene.calendar
    effect = np.zeros(len(people))
    effect[lot.chosen] = np.where(lot.arm == _CONTROL, 0.0, effects[lot.arm, lot.chosen])
    ends = np.minimum(people.alive_until, float(campaign.day + campaign.window_days))
    begin = np.full(len(people), calendar.business_time(np.array([float(campaign.day)]))[0])
    ends = calendar.business_time(ends)
    extra, when = poisson_moments(people.rate * np.maximum(effect, 0), begin, ends, rng)
    is_inside = (orders.day >= campaign.day) & (orders.day < campaign.day + campaign.window_days)
    kept = ~is_inside | (rng.random(len(orders.day)) < 1 + effect[orders.customer])
    customer = np.concatenate([orders.customer[kept], extra])
    day = np.concatenate([orders.day[kept], calendar.moment(when)])
    order = np.lexsort((day, customer))
    return Orders(customer[order], day[order])


def _treatments(scene: Scene, campaign: Campaign, lot: _Lot) -> pa.Table:
    n = len(lot.chosen)
    costs = np.array([*(arm.cost for arm in campaign.arms), 0.0])
    is_by_lot = np.full(n, campaign.confounding == 0)
    return pa.table({
        "customer_id": coded(lot.chosen, scene.people.ids),
        "time": moments(scene.world.start, np.full(n, float(campaign.day))),
        "treatment": coded(_arm_codes(campaign, lot.arm), _arm_names(campaign)),
        "campaign": coded(np.zeros(n, np.int64), (campaign.name,)),
        "cost": costs[lot.arm],
        "propensity": pa.array(lot.propensity, mask=~is_by_lot),
    })  # fmt: skip


def _arm_names(campaign: Campaign) -> list[str]:
    return [*(arm.name for arm in campaign.arms), "control"]


def _arm_codes(campaign: Campaign, arm: Integers) -> Integers:
    return np.where(arm == _CONTROL, len(campaign.arms), arm)


def _truth(scene: Scene, campaign: Campaign, lot: _Lot, effects: Floats) -> pa.Table:
    orders, value = _caused(scene, campaign)
    n_arms, n = len(campaign.arms), len(lot.chosen)
    arm, who = np.repeat(np.arange(n_arms), n), np.tile(lot.chosen, n_arms)
    rate = effects[:, lot.chosen].ravel()
    return pa.table({
        "customer_id": coded(who, scene.people.ids),
        "campaign": coded(np.zeros(len(who), np.int64), (campaign.name,)),
        "treatment": coded(arm, _arm_names(campaign)),
        "is_treated": _is_treated(lot, n_arms),
        "propensity": np.tile(lot.propensity, n_arms),
        "effect_rate": rate,
        "effect_orders": rate * orders[who],
        "effect_value": rate * value[who],
    })  # fmt: skip


def _is_treated(lot: _Lot, n_arms: int) -> NDArray[np.bool_]:
    return np.concatenate([lot.arm == arm for arm in range(n_arms)])


def _caused(scene: Scene, campaign: Campaign) -> tuple[Floats, Floats]:
    """Return the orders and the money, net of refunds, to expect of the window without treatment."""
    people, calendar = scene.people, scene.calendar
    days = np.arange(campaign.day, campaign.day + campaign.window_days)
    hazard = np.maximum(people.dropout, 1e-12)[:, None]
    survival = np.exp(-hazard * (days - campaign.day)) * (-np.expm1(-hazard) / hazard)
    exposure = np.where(people.alive_until[:, None] > campaign.day, survival, 0.0)
    busy = calendar.intensity[days]
    kept = people.order_mean * (1 - scene.world.shop.refund_share)
    return people.rate * (exposure @ busy), people.rate * kept * (
        exposure @ (busy * calendar.price_level[days])
    )
