"""Whether values over five years come true, in simulated worlds whose customers' futures are known.

Run ``python tests/benchmarks/lifetime_study.py [WORLDS]`` (default 4 of each kind, of 1,500 customers each).
The model learns before 2025-01-01 and carries its value on to five years. Printed for each kind of world,
beside each customer's own decay within the horizon carried on: how far the total is off (log), the rank
correlation with what each customer is expected to bring, given the latent state, and the mean error over
the mean of that.
"""

import sys
import warnings
from datetime import date

import numpy as np
import pandas as pd

from goodwill.data.simulate import World, expected_value, simulate_frames
from goodwill.data.tables import Tables
from goodwill.engine import connect, in_memory
from goodwill.features.snapshot import snapshots
from goodwill.modeling.lifetime import YEAR_DAYS, lifetime_value
from goodwill.modeling.season_clock import SeasonClock
from goodwill.modeling.served import ServedModel

AS_OF, YEARS, CUSTOMERS = date(2025, 1, 1), 5, 1_500
CALM = {"yearly_amplitude": 0.0, "gift_factor": 1.0}
WORLDS = {
    "no season, 90 days": ({"seasons": CALM}, 90),
    "no season, a year": ({"seasons": CALM}, 365),
    "a season, 90 days": ({}, 90),
    "dropping out fast": ({"seasons": CALM, "purchases": {"dropouts_per_year": 2.0}}, 90),
    "dropping out slowly": ({"seasons": CALM, "purchases": {"dropouts_per_year": 0.15}}, 90),
    "rare orders, a year": ({"seasons": CALM, "purchases": {"orders_per_year": 1.5}}, 365),
    "regular orders, 90 days": ({"seasons": CALM, "purchases": {"regularity": 4}}, 90),
}


def measured(kind: str, seed: int) -> list[dict[str, float | str]]:
    """Return how the model's lifetime values, and those of the decay alone, compare with the truth."""
    world, horizon_days = WORLDS[kind]
    made = simulate_frames(customers=CUSTOMERS, seed=seed, world=World.model_validate(world))
    orders = in_memory(made.tables["transactions"], connect(), "transactions")
    train = snapshots(Tables(transactions=orders), until=AS_OF, horizon_days=horizon_days).scored
    model = ServedModel(clock=SeasonClock.fit(train.calendar)).fit(train.X, train.y, train.now)
    now = train.now
    truth = expected_value(made.truth, AS_OF, round(YEARS * YEAR_DAYS)).set_index("customer_id")
    truth = truth.loc[now["customer_id"], "expected_margin"].reset_index(drop=True)
    shares = (0.5, 1.0)
    parts = list(zip(shares, model.predict_over(now, shares), strict=True))
    once = [model.sent_back(now, said.p_churn, share) for share, said in parts]
    half, whole = (said.clv - back for (_, said), back in zip(parts, once, strict=True))
    told = {"lifetime_years": YEARS, "annual_discount_rate": 0.0}
    dropping_out = model.dropping_out(now, years=YEARS, annual_discount_rate=0.0)
    rows = []
    for name, carried in (("goodwill", dropping_out), ("own decay", None)):
        later = lifetime_value(half, whole, model.lasting(now), **told, dropping_out=carried)
        said = pd.Series(once[-1] + later)
        rows.append(
            {
                "kind": kind,
                "by": name,
                "total_off": float(np.log(said.sum() / truth.sum())),
                "rank": float(said.corr(truth, method="spearman")),
                "error": float((said - truth).abs().mean() / truth.mean()),
            }
        )
    return rows


def main() -> None:
    """Print a row per kind of world and way to carry on."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    warnings.simplefilter("ignore")
    rows = [row for kind in WORLDS for seed in range(n) for row in measured(kind, seed)]
    print(pd.DataFrame(rows).groupby(["kind", "by"], sort=False).mean().round(3).to_string())  # noqa: T201 - a script's answer


if __name__ == "__main__":
    main()
