"""Whether intervals hold where contracts pay: alone, with costs of servicing, and beside orders.

Run ``python tests/benchmarks/contract_intervals_study.py [CUSTOMERS]`` (default 3000). Models learn before
the day and speak of the days after it. Printed per world and horizon: how many of the 80 % intervals of
customers hold, their interval score beside that of [0, 3 clv], and the standard deviation of the total, as
said and as the squared errors of customers make it.
"""

import sys
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from contracts_study import tables_of
from intervals_study import score

from goodwill.data.simulate import NamedWorld, read_worlds, simulate_frames
from goodwill.data.tables import Tables
from goodwill.features.labels import ValueRule
from goodwill.features.snapshot import snapshot, snapshots
from goodwill.modeling.intervals import ValueIntervals, out_of_sample
from goodwill.modeling.served import ServedModel

LEVEL, HORIZONS = 0.8, (60, 180)
WORLDS = Path(__file__).parents[1] / "worlds.yaml"
ALONE = ("subscription", "subscription_flexible", "subscription_worsening")
BESIDE_ORDERS = ("bank", "everything")


def tables(named: NamedWorld, customers: int, *, with_costs: bool) -> Tables:
    """Return a world's tables, with what each contact costs or without."""
    simulated = simulate_frames(customers=customers, seed=named.seed, world=named.world)
    if not with_costs and "interactions" in simulated.tables:
        simulated.tables["interactions"] = simulated.tables["interactions"].drop(
            columns="cost", errors="ignore"
        )
    return tables_of(simulated)


def measured(shop: Tables, named: NamedWorld, horizon_days: int) -> dict[str, float]:
    """Return how well the intervals of one window hold."""
    end = named.world.start + timedelta(days=named.world.days)
    as_of, rule = end - timedelta(days=horizon_days), ValueRule(margin_rate=named.world.contracts.margin_rate)
    train = snapshots(shop, until=as_of, horizon_days=horizon_days, value=rule).scored
    test = snapshot(shop, as_of=as_of, horizon_days=horizon_days, value=rule, complete_until=end).scored
    served_by = {"churn": "hazard"} if "n_orders" in train.X else {"churn": "hazard", "clv": "hazard"}
    unfitted = partial(ServedModel, served_by=served_by)
    said = unfitted().fit(train.X, train.y, test.X).predict(test.X)
    held = out_of_sample(unfitted, train.X, train.y, test.X)
    intervals = ValueIntervals().fit(train.X, train.y, held)
    low, high, spread = intervals.bounds_and_spread(test.X, said, LEVEL)
    value = test.y["value"].to_numpy(float)
    return {
        "n": len(value),
        "coverage": float(np.mean((low <= value) & (value <= high))),
        "score": score(value, low, high),
        "crude": score(value, np.minimum(3 * said.clv, 0.0), np.maximum(3 * said.clv, 0.0)),
        "sd_said": float(np.sqrt(spread.variance.sum())),
        "sd_came": float(np.sqrt(np.sum((value - said.clv) ** 2))),
    }


def rows(customers: int) -> Iterator[dict[str, object]]:
    """Yield a row per world, costs and horizon."""
    worlds = read_worlds(WORLDS)
    cases = [(name, costs) for name in ALONE for costs in (False, True)]
    cases += [(name, True) for name in BESIDE_ORDERS]
    for name, with_costs in cases:
        shop = tables(worlds[name], customers, with_costs=with_costs)
        for horizon_days in HORIZONS:
            found = measured(shop, worlds[name], horizon_days)
            yield {"world": name, "costs": with_costs, "horizon_days": horizon_days, **found}


def main() -> None:
    """Print a row per world, costs and horizon."""
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    print(pd.DataFrame(rows(customers)).round(3).to_string(index=False))  # noqa: T201 - a script's answer


if __name__ == "__main__":
    main()
