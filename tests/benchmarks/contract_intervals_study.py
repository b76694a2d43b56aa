"""Whether intervals hold where contracts pay: alone, several at once, with costs, and beside orders.

Run ``python tests/benchmarks/contract_intervals_study.py [CUSTOMERS]`` (default 3000). Models learn before
the day and speak of the days after it. Printed per world, horizon and kind of customer (of all, and of those
with several contracts, the largest payment due in the horizon): how many of the 80 % intervals of customers
hold, their interval score beside that of [0, 3 clv], the error of clv, and the standard deviation of the
total, as said and as the squared errors of customers make it.
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


def tables(named: NamedWorld, customers: int, *, with_costs: bool, several: bool) -> Tables:
    """Return a world's tables, with what each contact costs or without, and with a second contract each."""
    simulated = simulate_frames(customers=customers, seed=named.seed, world=named.world)
    if several:
        others = simulate_frames(customers=customers, seed=named.seed + 1, world=named.world).tables
        both = [simulated.tables["contracts"], others["contracts"]]
        simulated.tables["contracts"] = pd.concat(both, ignore_index=True)
    if not with_costs and "interactions" in simulated.tables:
        simulated.tables["interactions"] = simulated.tables["interactions"].drop(
            columns="cost", errors="ignore"
        )
    return tables_of(simulated)


def measured(shop: Tables, named: NamedWorld, horizon_days: int) -> Iterator[dict[str, object]]:
    """Yield how well the intervals of one window hold, a row per kind of customer."""
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
    told = pd.DataFrame({"low": low, "high": high, "clv": said.clv, "variance": spread.variance})
    told["value"] = test.y["value"].to_numpy(float)
    yield {"of": "all", **judged(told)}
    is_due = (test.X["n_contracts_running"] > 1) & (test.X["days_to_largest_payment"] < horizon_days)
    if is_due.any():
        yield {"of": "several", **judged(told[is_due])}


def judged(told: pd.DataFrame) -> dict[str, float]:
    """Return how well the intervals of some customers hold."""
    value, low, high, clv = (told[name].to_numpy() for name in ("value", "low", "high", "clv"))
    return {
        "n": len(told),
        "coverage": float(np.mean((low <= value) & (value <= high))),
        "score": score(value, low, high),
        "crude": score(value, np.minimum(3 * clv, 0.0), np.maximum(3 * clv, 0.0)),
        "rmse": float(np.sqrt(np.mean((value - clv) ** 2))),
        "sd_said": float(np.sqrt(told["variance"].sum())),
        "sd_came": float(np.sqrt(np.sum((value - clv) ** 2))),
    }


def rows(customers: int) -> Iterator[dict[str, object]]:
    """Yield a row per world, costs and horizon."""
    worlds = read_worlds(WORLDS)
    cases = [(name, costs, several) for name in ALONE for costs in (False, True) for several in (False, True)]
    cases += [(name, True, False) for name in BESIDE_ORDERS]
    for name, with_costs, several in cases:
        shop = tables(worlds[name], customers, with_costs=with_costs, several=several)
        for horizon_days in HORIZONS:
            asked = {"world": name, "costs": with_costs, "several": several, "horizon_days": horizon_days}
            yield from ({**asked, **found} for found in measured(shop, worlds[name], horizon_days))


def main() -> None:
    """Print a row per world, costs and horizon."""
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    print(pd.DataFrame(rows(customers)).round(3).to_string(index=False))  # noqa: T201 - a script's answer


if __name__ == "__main__":
    main()
