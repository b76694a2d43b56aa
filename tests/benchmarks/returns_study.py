"""Whether values come true where much comes back: simulated shops whose orders are sent back whole.

Run ``python tests/benchmarks/returns_study.py [WORLDS [NAME …]]`` (default 4 of each kind). An order comes
back whole, as a row below zero after a lag (exponential), with the same chance for all, or with each
customer's own (beta). The model learns before 2025-01-01, just after the busiest weeks of the year, when much
is still to come back. Printed for each kind: how far the total is off (the mean logarithm over worlds, and
its standard error), then by days since the last order the mean value said and brought, the mean absolute
error, the part that 80 % intervals cover, and their score.
"""

import sys
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import numpy as np
import pandas as pd

from goodwill.data.simulate import World, simulate_frames
from goodwill.data.tables import Tables
from goodwill.engine import connect, in_memory
from goodwill.evaluation.metrics import clv_metrics
from goodwill.features.snapshot import snapshot, snapshots
from goodwill.modeling.customer_value import CustomerValueModel
from goodwill.modeling.intervals import ValueIntervals, out_of_sample
from goodwill.modeling.season_clock import SeasonClock

AS_OF, LEVEL = date(2025, 1, 1), 0.8
EDGES, LABELS = (-1, 7, 14, 30, 90, 10_000), ("to 7", "to 14", "to 30", "to 90", "longer")


@dataclass(frozen=True)
class Shop:
    """How many customers there are, how far ahead is asked, and what comes back, how soon, of whom."""

    customers: int = 2_500
    horizon_days: int = 90
    share: float = 0.5
    lag_days: float = 14.0
    is_own: bool = False


SHOPS = {
    "half": Shop(),
    "half, 30 days": Shop(horizon_days=30),
    "half, 700 customers": Shop(customers=700),
    "a third": Shop(share=0.3),
    "a third, slowly, 180 days": Shop(share=0.3, lag_days=40.0, horizon_days=180),
    "each their own": Shop(share=0.4, is_own=True),
    "nothing": Shop(share=0.0),
}


def orders_of(shop: Shop, seed: int) -> pd.DataFrame:
    """Return the orders of a shop, and what comes back of them."""
    world = World.model_validate({"shop": {"refund_share": 0.0}})
    sold = simulate_frames(customers=shop.customers, seed=seed, world=world).tables["transactions"]
    sold = sold.drop(columns="known_at", errors="ignore")
    rng = np.random.default_rng(seed + 1000)
    customers, orders = (pd.factorize(sold[name])[0] for name in ("customer_id", "order_id"))
    own = rng.beta(2 * shop.share, 2 * (1 - shop.share), customers.max() + 1) if shop.is_own else None
    chance = shop.share if own is None else own[customers]
    comes_back = rng.random(orders.max() + 1)[orders] < chance
    lag_days = 1 + np.ceil(rng.exponential(shop.lag_days, orders.max() + 1))[orders]
    back = sold.assign(time=pd.to_datetime(sold["time"]) + pd.to_timedelta(lag_days, unit="D"))[comes_back]
    money = [name for name in ("amount", "quantity", "cost") if name in back]
    return pd.concat([sold, back.assign(**-back[money])], ignore_index=True)


def measured(shop: Shop, seed: int) -> pd.DataFrame:
    """Return what was said of each customer of one world, and what came."""
    tables = Tables(transactions=in_memory(orders_of(shop, seed), connect(), "transactions"))
    train = snapshots(tables, until=AS_OF, horizon_days=shop.horizon_days).scored
    end = AS_OF + timedelta(days=shop.horizon_days)
    test = snapshot(tables, as_of=AS_OF, horizon_days=shop.horizon_days, complete_until=end).scored
    unfitted = partial(CustomerValueModel, seed=seed, clock=SeasonClock.fit(train.calendar))
    model = unfitted().fit(train.X, train.y, train.now)
    held = out_of_sample(unfitted, train.X, train.y, train.now, seed=seed)
    intervals = ValueIntervals().fit(train.X, train.y, held, seed=seed)
    said, value = model.predict(test.X), test.y["value"].to_numpy(float)
    low, high = intervals.bounds(test.X, said, LEVEL)
    idle = pd.cut(test.X["days_since_last_order"], EDGES, labels=LABELS)
    missed = np.maximum(low - value, 0) + np.maximum(value - high, 0)
    told = {"idle": idle.to_numpy(), "said": said.clv, "brought": value, "error": np.abs(value - said.clv)}
    return pd.DataFrame(
        {**told, "covered": missed <= 0, "score": high - low + 2 / (1 - LEVEL) * missed, "seed": seed}
    )


def told(name: str, worlds: Iterable[int]) -> str:
    """Return the lines of one kind of shop."""
    found = pd.concat([measured(SHOPS[name], seed) for seed in worlds])
    totals = found.groupby("seed")[["said", "brought"]].sum()
    off = np.log(totals["said"] / totals["brought"])
    ngini = [clv_metrics(one["brought"], one["said"])["ngini"] for _, one in found.groupby("seed")]
    by = found.drop(columns="seed").groupby(pd.Categorical(found["idle"], LABELS), observed=True)
    head = f"{name}: total off by {off.mean():.3f} (± {off.std() / np.sqrt(len(off)):.3f}), "
    whole = f"nGini {np.mean(ngini):.3f}, mean absolute error {found['error'].mean():.2f}"
    return f"{head}{whole}\n{by.mean(numeric_only=True).round(2).to_string()}"


def main() -> None:
    """Print each kind of shop."""
    n, names = int(sys.argv[1]) if len(sys.argv) > 1 else 4, sys.argv[2:] or list(SHOPS)
    warnings.simplefilter("ignore")
    for name in names:
        print(told(name, range(n)), end="\n\n", flush=True)  # noqa: T201 - a script's answer


if __name__ == "__main__":
    main()
