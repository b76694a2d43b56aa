"""Whether the level that a shop has come to is carried on, and nothing else taken for one.

Run ``python tests/benchmarks/level_study.py [NAME …]``. Simulated shops of 3,000 customers and three years,
the last 90 days of which are judged: shops that stay as they are, shops whose orders fall or rise at a break
or year by year, one that half closes for two months and opens again, shops whose later customers are worse,
and shops whose first 400 days are not on record, so that old customers look like new ones. The same model
with the clock of season and level, and with the season alone. `gap` is the logarithm of what came over what
was said.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

import numpy as np
import pandas as pd

from goodwill.data.simulate import World, simulate_frames
from goodwill.data.tables import Tables
from goodwill.engine import connect, in_memory
from goodwill.evaluation.metrics import churn_metrics, clv_metrics
from goodwill.features.snapshot import snapshot, snapshots
from goodwill.modeling.customer_value import CustomerValueModel
from goodwill.modeling.season_clock import SeasonClock

CUSTOMERS, HORIZON_DAYS = 3_000, 90
DAYS = World().days - HORIZON_DAYS


@dataclass(frozen=True)
class Shop:
    """A world, the days before the end between which half of all is lost, and the first day on record."""

    seed: int
    world: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    closed: tuple[int, int] = (0, 0)
    on_record: int = 0


def broken(seed: int, days_before: int, factor: float) -> Shop:
    """Return a shop whose orders change by a factor some days before the last window."""
    return Shop(seed, {"seasons": {"break_day": DAYS - days_before, "break_factor": factor}})


BREAKS = ((60, 0.7), (150, 0.7), (300, 0.7), (150, 0.5), (60, 1.4), (150, 1.4))
WORSE = {"acquisition": {"break_day": 500, "break_rate_factor": 0.7}}
SHOPS = {
    **{f"as it was {seed}": Shop(seed) for seed in (80, 81, 82, 83)},
    **{f"x {factor}, {days} days before": broken(50 + days, days, factor) for days, factor in BREAKS},
    **{f"{by:+.0%} a year": Shop(60, {"seasons": {"trend_per_year": by}}) for by in (-0.4, -0.25, 0.3)},
    "half closed for two months": Shop(70, closed=(100, 40)),
    **{f"later customers x 0.7, {seed}": Shop(seed, WORSE) for seed in (90, 91)},
    **{f"first 400 days unknown {seed}": Shop(seed, on_record=400) for seed in (100, 101)},
}


def measured(shop: Shop) -> pd.DataFrame:
    """Return gap, log-loss, RMSE and deviance with the level carried on, and without."""
    world = World.model_validate(shop.world)
    as_of = world.start + timedelta(days=DAYS)
    tables = Tables(transactions=in_memory(orders_of(shop, world), connect(), "transactions"))
    train = snapshots(tables, until=as_of, horizon_days=HORIZON_DAYS)
    test, past = snapshot(tables, as_of=as_of, horizon_days=HORIZON_DAYS).scored, train.scored
    clock = SeasonClock.fit(train.calendar)
    season = None if clock is None else replace(clock, level=np.zeros((2, 1)))
    value, churned = test.y["value"].to_numpy(float), test.y["churned"].to_numpy(bool)
    rows = {}
    for name, asked in (("level", clock), ("season alone", season)):
        said = CustomerValueModel(clock=asked).fit(past.X, past.y, past.now).predict(test.X)
        rows[name] = {
            "gap": float(np.log(value.sum() / said.clv.sum())),
            "log_loss": churn_metrics(churned, said.p_churn)["log_loss"],
            "rmse": clv_metrics(value, said.clv)["rmse"],
        }
    return pd.DataFrame(rows).T


def orders_of(shop: Shop, world: World) -> pd.DataFrame:
    """Return the orders of a shop that are on record."""
    orders = simulate_frames(customers=CUSTOMERS, seed=shop.seed, world=world).tables["transactions"]
    day = (orders["time"] - pd.Timestamp(world.start)) / pd.Timedelta(days=1)
    first, last = (DAYS - days for days in shop.closed)
    is_lost = day.between(first, last) & (np.random.default_rng(shop.seed).random(len(day)) < 0.5)
    return orders[(day >= shop.on_record) & ~is_lost]


def main(*names: str) -> None:
    """Print the shops as they are measured, then the mean of absolute gaps."""
    found = {}
    for name, shop in SHOPS.items():
        if names and not any(name.startswith(asked) for asked in names):
            continue
        found[name] = measured(shop)
        print(f"{name}\n{found[name].round(4).to_string()}", flush=True)  # noqa: T201 - a script's answer
    gaps = pd.DataFrame({name: rows["gap"].abs() for name, rows in found.items()})
    print(f"mean of absolute gaps\n{gaps.mean(axis=1).round(4).to_string()}")  # noqa: T201 - a script's answer


if __name__ == "__main__":
    main(*sys.argv[1:])
