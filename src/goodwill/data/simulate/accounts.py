"""Month-end balances, and who brought whom."""

import numpy as np
import pandas as pd
import pyarrow as pa

from goodwill.data.simulate.columns import coded, moments
from goodwill.data.simulate.programme import Deposits, Referrals
from goodwill.data.simulate.scene import Scene

_RUN_OFF_PER_DAY = 0.02


def draw_balances(scene: Scene, deposits: Deposits) -> tuple[pa.Table, pa.Table]:
    """Return a row per month end and product held, and each holding's own level (the truth).

    The log of a balance is an autoregression around the log of its level; once a customer has left, the level
    runs off by 2 % a day. A balance below a cent is no longer reported.
    """
    people, rng = scene.people, scene.stream("deposits")
    holder, product = np.nonzero(rng.random((len(people), len(deposits.products))) < deposits.holding_share)
    level = deposits.balance_median * np.exp(deposits.balance_sigma * rng.standard_normal(len(holder)))
    ends = pd.date_range(scene.world.start, periods=scene.world.days).to_series()
    days = np.flatnonzero(ends.dt.is_month_end.to_numpy()).astype(float)
    shocks = deposits.noise_sigma * rng.standard_normal((len(days), len(holder)))
    swing = np.zeros_like(shocks)
    for step in range(1, len(days)):
        swing[step] = deposits.persistence * swing[step - 1] + shocks[step]
    gone = np.maximum(days[:, None] - people.alive_until[holder][None, :], 0.0)
    balance = np.round(level * np.exp(swing - _RUN_OFF_PER_DAY * gone), 2)
    month, row = np.nonzero((days[:, None] >= people.signup[holder][None, :]) & (balance > 0))
    table = pa.table({
        "customer_id": coded(holder[row], people.ids),
        "time": moments(scene.world.start, days[month]),
        "product": coded(product[row], deposits.products),
        "balance": balance[month, row],
    })  # fmt: skip
    truth = pa.table({
        "customer_id": coded(holder, people.ids),
        "product": coded(product, deposits.products),
        "level": level,
    })  # fmt: skip
    return table, truth


def draw_referrals(scene: Scene, referrals: Referrals) -> pa.Table:
    """Return who brought whom: a buyer still there when the other joined, the content ones more often."""
    people, rng = scene.people, scene.stream("referrals")
    weight = np.where(people.rate > 0, np.exp(referrals.satisfaction_effect * people.satisfaction), 0.0)
    before = np.concatenate([[0.0], np.cumsum(weight)])
    brought = np.flatnonzero((rng.random(len(people)) < referrals.share) & (before[:-1] > 0))
    draw = rng.random(len(brought)) * before[brought]
    referrer = np.searchsorted(before[1:], draw, side="right")
    is_there = people.alive_until[referrer] > people.signup[brought]
    return pa.table({
        "referrer_id": coded(referrer[is_there], people.ids),
        "customer_id": coded(brought[is_there], people.ids),
        "time": moments(scene.world.start, people.signup[brought[is_there]]),
    })  # fmt: skip
