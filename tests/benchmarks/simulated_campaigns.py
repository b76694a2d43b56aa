"""The simulated campaigns of `tests/worlds.yaml` as studies read them: what came of each, and the truth."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from goodwill.config import Config
from goodwill.data.contracts import CONTRACTS
from goodwill.data.mapping import map_table
from goodwill.data.simulate import Simulated, read_worlds, simulate_frames
from goodwill.data.tables import Tables
from goodwill.decisions.campaign import Campaign
from goodwill.engine import connect, in_memory
from goodwill.pipeline.campaigns import campaign_of_tables

WORLDS = read_worlds(Path(__file__).parents[1] / "worlds.yaml")
PEOPLE = ("age", "residence", "acquisition_channel")


@dataclass(frozen=True)
class Drawn:
    """A simulated campaign: its tables, its rows, and the true effect on each customer's orders."""

    tables: Tables
    campaign: Campaign
    effect: np.ndarray
    day: pd.Timestamp


def simulated(name: str, seed: int, customers: int) -> Simulated:
    """Draw a world of the file, at its own size or a smaller one."""
    world = WORLDS[name]
    return simulate_frames(customers=customers or world.customers, seed=seed, world=world.world)


def drawn(name: str, seed: int, customers: int = 0, occasion: Literal["day", "order"] = "day") -> Drawn:
    """Draw a campaign with all features as covariates, as `goodwill measure` would.

    The truth counts orders; two of them on one day are one occasion where a day is what counts.
    """
    frames, plan, engine = (
        simulated(name, seed, customers),
        WORLDS[name].world.campaigns[0],
        connect(threads=1),
    )
    mapped = {
        table: map_table(in_memory(frame, engine, table), CONTRACTS[table])[0]
        for table, frame in frames.tables.items()
    }
    tables = Tables(**mapped, known_at_signup=PEOPLE, occasion=occasion)
    section = {"name": plan.name, "window_days": plan.window_days, "randomised": plan.confounding == 0}
    sources = {table: {"source": f"table:{table}"} for table in mapped}
    question = {"as_of": "latest", "horizon_days": plan.window_days}
    config = Config(name=name, tables=sources, snapshot=question, campaigns=[section])
    campaign = campaign_of_tables(config, config.campaigns[0], tables)
    truth = frames.truth["treatments"].query("treatment == @plan.arms[0].name").set_index("customer_id")
    effect = truth["effect_orders"].reindex(campaign.rows["customer_id"]).to_numpy()
    day = pd.Timestamp(WORLDS[name].world.start + timedelta(days=plan.day))
    return Drawn(tables, campaign, effect, day)


def plain_rows(name: str, seed: int, customers: int) -> pd.DataFrame:
    """Draw a campaign with orders and spend after and before, and the true effect: enough under lot."""
    frames, plan = simulated(name, seed, customers), WORLDS[name].world.campaigns[0]
    begin = pd.Timestamp(WORLDS[name].world.start + timedelta(days=plan.day))
    days = pd.Timedelta(days=plan.window_days)
    rows = frames.tables["treatments"].set_index("customer_id")[["treatment"]]
    sold = frames.tables["transactions"]
    for end, suffix in ((begin + days, ""), (begin, "_before")):
        window = sold[(sold["time"] >= end - days) & (sold["time"] < end)]
        paid = window.groupby("customer_id")["amount"].sum()
        orders = window[window["amount"] > 0].groupby("customer_id")["order_id"].nunique()
        rows[f"revenue{suffix}"] = paid.reindex(rows.index).fillna(0.0)
        rows[f"orders{suffix}"] = orders.reindex(rows.index).fillna(0.0)
    truth = frames.truth["treatments"].set_index("customer_id")
    return rows.assign(
        true_orders=truth["effect_orders"].reindex(rows.index),
        true_revenue=truth["effect_value"].reindex(rows.index),
    )
