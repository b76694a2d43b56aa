"""Whether the intervals of totals hold: in simulated worlds, beside the narrowest honest ones.

Run ``python tests/benchmarks/totals_study.py [WORLDS]`` (default 200). World i is drawn with seed i; half
have a yearly season, half have none. Each has 800 customers; the model learns before 2025-01-01 and says
the total of the 90 days after it. The oracle knows every customer's latent state and gives the central
90 % of 100 futures drawn from it. Printed at the end: how many intervals held, and their mean width over
the oracle's.
"""

import sys
from datetime import date
from functools import partial

import numpy as np
import pandas as pd

from goodwill.data.simulate import World, draw_future, simulate_frames
from goodwill.data.tables import Tables
from goodwill.engine import connect, in_memory
from goodwill.features.snapshot import snapshot, snapshots
from goodwill.modeling.customer_value import CustomerValueModel
from goodwill.modeling.intervals import ValueIntervals, out_of_sample
from goodwill.modeling.season_clock import SeasonClock

AS_OF, HORIZON_DAYS, CUSTOMERS, LEVEL, FUTURES = date(2025, 1, 1), 90, 800, 0.9, 100
CALM = {"seasons": {"yearly_amplitude": 0.0, "gift_factor": 1.0}}


def measured(seed: int) -> dict[str, float | bool]:
    """Return whether the interval of one world held its total, and how wide it was."""
    world = World() if seed % 2 else World.model_validate(CALM)
    simulated = simulate_frames(customers=CUSTOMERS, seed=seed, world=world)
    tables = Tables(transactions=in_memory(simulated.tables["transactions"], connect(), "transactions"))
    train = snapshots(tables, until=AS_OF, horizon_days=HORIZON_DAYS).scored
    test = snapshot(tables, as_of=AS_OF, horizon_days=HORIZON_DAYS, complete_until=date(2025, 4, 1)).scored
    clock = SeasonClock.fit(train.calendar)
    unfitted = partial(CustomerValueModel, seed=seed, clock=clock)
    model = unfitted().fit(train.X, train.y, train.now)
    held = out_of_sample(unfitted, train.X, train.y, train.now, seed=seed)
    error = model.level_error(train.now)
    strayed = 0.0 if clock is None else clock.strayed(train.calendar, HORIZON_DAYS)
    intervals = ValueIntervals().fit(train.X, train.y, held, seed=seed, level_error=error, missed=strayed)
    said, everyone = model.predict(test.X), pd.Series("all", index=test.X.index)
    _, _, spread = intervals.bounds_and_spread(test.X, said, LEVEL)
    found = intervals.totals(said.clv, spread, everyone, LEVEL).iloc[0]
    known = set(test.X["customer_id"])
    drawn = [draw_future(simulated.truth, AS_OF, HORIZON_DAYS, seed=future) for future in range(FUTURES)]
    totals = [float(future.loc[future["customer_id"].isin(known), "margin"].sum()) for future in drawn]
    low, high = np.quantile(totals, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    actual = float(test.y["value"].sum())
    return {
        "seed": seed,
        "has_season": bool(seed % 2),
        "actual": actual,
        "clv_total": float(found["clv_total"]),
        "common_share": intervals.common_share,
        "holds": bool(found["low"] <= actual <= found["high"]),
        "width": float(found["high"] - found["low"]),
        "oracle_width": float(high - low),
        "oracle_holds": bool(low <= actual <= high),
    }


def main() -> None:
    """Print a row per world, then the summary."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    rows = []
    for seed in range(n):
        rows.append(measured(seed))
        print({name: round(value, 3) for name, value in rows[-1].items()}, flush=True)  # noqa: T201 - a script's answer
    found = pd.DataFrame(rows).assign(ratio=lambda rows: rows["width"] / rows["oracle_width"])
    print(found.groupby("has_season")[["holds", "oracle_holds", "ratio", "common_share"]].mean())  # noqa: T201 - a script's answer
    print(found[["holds", "oracle_holds", "ratio"]].mean())  # noqa: T201 - a script's answer


if __name__ == "__main__":
    main()
