"""What a season that is known from elsewhere brings, where orders do not reach back far enough to tell it.

Run ``python tests/benchmarks/season_study.py [NAME …]``. Simulated shops of 3,000 customers, judged over the
90 days from 1 October on, with the gift season at their end: after nine months of history, which hold no such
season, and after twenty-one, which hold one. The same shops are asked with nothing told, with what the books
of former years tell (two years of orders by month of customers who had bought before, in another draw of the
world), and, in a shop without a season, with a gift season that it has not. `gap` is the logarithm of what
came over what was said.
"""

import sys
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

import goodwill as gw
from goodwill.data.simulate import World, simulate_frames
from goodwill.data.tables import Tables
from goodwill.engine import connect, in_memory
from goodwill.evaluation.metrics import churn_metrics, clv_metrics

CUSTOMERS, HORIZON_DAYS, SEEDS = 3_000, 90, (1, 2)
GIFTS = {"seasons": {"gift_factor": 1.8}}
WAVE = {"seasons": {"gift_factor": 1.0, "yearly_amplitude": 0.4}}
STEADY = {"seasons": {"gift_factor": 1.0, "yearly_amplitude": 0.0}}
BOOKS = {"start": "2019-01-01", "days": 1826}


@dataclass(frozen=True)
class Shop:
    """A world, the one that the books are of, and the first day on record."""

    world: dict[str, dict[str, float]]
    books: dict[str, dict[str, float]]
    since: date


AS_OF = date(2024, 10, 1)
SINCE = {"nine months": date(2024, 1, 1), "21 months": date(2023, 1, 1)}
SHOPS = {
    f"{name}, {length}": Shop(world, books, since)
    for name, world, books in (("gifts", GIFTS, GIFTS), ("wave", WAVE, WAVE), ("no season", STEADY, GIFTS))
    for length, since in SINCE.items()
}


def measured(shop: Shop, seed: int) -> pd.DataFrame:
    """Return how far off total, churn, value and intervals are with the books told, and without."""
    orders = _orders(shop.world, seed)
    orders = orders[orders["time"] >= pd.Timestamp(shop.since)]
    tables = Tables(transactions=in_memory(orders, connect(), "transactions"))
    test = gw.snapshot(tables, as_of=AS_OF, horizon_days=HORIZON_DAYS).scored
    rows = {}
    for name, season in (("nothing told", None), ("books told", _former_years(shop.books, seed + 100))):
        train = gw.snapshots(tables, until=AS_OF, horizon_days=HORIZON_DAYS, season=season)
        scores = gw.CustomerValuePredictor(segments=2).fit(train).predict(test.X)
        said = (scores[name] for name in ("clv", "clv_low", "clv_high"))
        value = clv_metrics(test.y["value"], *said, 0.8)
        rows[name] = {
            "gap": float(np.log(test.y["value"].sum() / scores["clv"].sum())),
            "log_loss": churn_metrics(test.y["churned"], scores["p_churn"])["log_loss"],
            **{metric: value[metric] for metric in ("rmse", "mae", "interval_score", "coverage")},
        }
    return pd.DataFrame(rows).T


def _orders(world: dict[str, object], seed: int) -> pd.DataFrame:
    asked = World.model_validate(world)
    return simulate_frames(customers=CUSTOMERS, seed=seed, world=asked).tables["transactions"]


def _former_years(world: dict[str, dict[str, float]], seed: int) -> list[float]:
    """Return the orders by month of customers who had bought before, as the books of a shop tell."""
    time = _orders(world | BOOKS, seed).sort_values("time").set_index("customer_id")["time"]
    again = time[time.index.duplicated()].dt.to_period("M").value_counts().sort_index()
    return again["2022":"2023"].astype(float).tolist()


def main(*names: str) -> None:
    """Print each shop as it is measured."""
    for name, shop in SHOPS.items():
        if not names or any(name.startswith(asked) for asked in names):
            found = [measured(shop, seed) for seed in SEEDS]
            mean = sum(found[1:], found[0]) / len(found)
            print(f"{name}\n{mean.round(4).to_string()}", flush=True)  # noqa: T201 - a script's answer


if __name__ == "__main__":
    main(*sys.argv[1:])
