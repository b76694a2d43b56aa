"""Shops whose customers hold contracts and order beside them: what their season brings to foresight.

Run ``python tests/benchmarks/mixed_study.py [NAME …]``. The worlds `everything` and `bank` of
`tests/worlds.yaml`, of 1,500 customers, judged on later windows before and after the gift season, with the
season of the orders and, by the same model, as if nothing were known of it. `gap` is the logarithm of what
came over what was said.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

import goodwill as gw
from goodwill.data.contracts import CONTRACTS
from goodwill.data.mapping import map_table
from goodwill.data.simulate import read_worlds, simulate_frames
from goodwill.data.tables import Tables
from goodwill.engine import connect, in_memory
from goodwill.evaluation.metrics import churn_metrics, clv_metrics
from goodwill.features.calendar import no_calendar

CUSTOMERS, SEEDS = 1_500, (0, 1, 2)
TABLES = ("transactions", "contracts", "customers", "interactions", "products")
WORLDS = Path(__file__).parents[1] / "worlds.yaml"


@dataclass(frozen=True)
class Window:
    """A world, the day it is looked from, and how far ahead."""

    world: str
    as_of: str
    horizon_days: int


WINDOWS = (
    Window("everything", "2024-07-01", 180),
    Window("everything", "2025-01-01", 180),
    Window("bank", "2024-10-01", 90),
    Window("bank", "2025-01-01", 90),
)


def measured(window: Window, seed: int) -> pd.DataFrame:
    """Return how far off total, value, churn and intervals are with the season, and without."""
    tables, days = _tables(window.world, seed), window.horizon_days
    train = gw.snapshots(tables, until=window.as_of, horizon_days=days)
    test = gw.snapshot(tables, as_of=window.as_of, horizon_days=days).scored
    rows = {}
    for name, told in (("season", train), ("none", replace(train, calendar=no_calendar()))):
        scores = gw.CustomerValuePredictor(segments=2).fit(told).predict(test.X)
        said = (scores[column] for column in ("clv", "clv_low", "clv_high"))
        value = clv_metrics(test.y["value"], *said, 0.8)
        churn = churn_metrics(test.y["churned"], scores["p_churn"])
        rows[name] = {
            "gap": float(np.log(test.y["value"].sum() / scores["clv"].sum())),
            **{metric: value[metric] for metric in ("ngini", "rmse", "mae", "interval_score", "coverage")},
            **{metric: churn[metric] for metric in ("roc_auc", "log_loss")},
        }
    return pd.DataFrame(rows).T


def _tables(world: str, seed: int) -> Tables:
    asked = read_worlds(WORLDS)[world].world
    frames = simulate_frames(customers=CUSTOMERS, seed=seed, world=asked).tables
    engine = connect()
    return Tables(**{
        name: map_table(in_memory(frames[name], engine, name), CONTRACTS[name])[0]
        for name in TABLES
        if name in frames
    })  # fmt: skip


def main(*names: str) -> None:
    """Print each window as it is measured, seed by seed, and the mean distance of its gaps from 0."""
    for window in _asked(names):
        found = [measured(window, seed) for seed in SEEDS]
        mean = sum(found[1:], found[0]) / len(found)
        off = pd.concat([one["gap"].abs() for one in found], axis=1).mean(axis=1)
        told = mean.assign(gap_off=off).round(4).to_string()
        print(f"{window.world}, {window.as_of}, {window.horizon_days} d\n{told}", flush=True)  # noqa: T201 - a script's answer


def _asked(names: tuple[str, ...]) -> Iterator[Window]:
    return (window for window in WINDOWS if not names or window.world in names)


if __name__ == "__main__":
    main(*sys.argv[1:])
