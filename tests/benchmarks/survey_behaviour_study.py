"""How much surveys improve churn and value out of time, in a world where discontent drives drop-out.

usage: python tests/benchmarks/survey_behaviour_study.py

The world `survey_churn` of tests/worlds.yaml, without its complaints: most of the drop-out rate follows a
latent discontent that shows in what four in ten answer once. The same model is fitted with the survey block,
without it, and with the answers dealt out at random among those who answered.
"""

import sys
from pathlib import Path

import pandas as pd

import goodwill as gw
from goodwill import engine as engines
from goodwill.data.contracts import CONTRACTS
from goodwill.data.mapping import map_table
from goodwill.data.simulate import Simulated, read_worlds, simulate_frames
from goodwill.perceived.behaviour import ASSOCIATION, SurveyGain, survey_gain, value_by_class

WORLDS = Path(__file__).parents[1] / "worlds.yaml"
AS_OF, HORIZON_DAYS = "2025-01-01", 180


def drawn() -> Simulated:
    """Return the world without its complaints, which would tell the same as the surveys."""
    named = read_worlds(WORLDS)["survey_churn"]
    return simulate_frames(customers=named.customers, seed=named.seed, world=named.world)


def tables_of(frames: dict[str, pd.DataFrame]) -> gw.Tables:
    """Return frames as tables."""
    engine = engines.connect()
    kept = {name: frame for name, frame in frames.items() if name in {"transactions", "surveys", "customers"}}
    mapped = {
        name: map_table(engines.in_memory(frame, engine, name), CONTRACTS[name])[0]
        for name, frame in kept.items()
    }
    return gw.Tables(**mapped)


def gain(tables: gw.Tables) -> tuple[SurveyGain, gw.Snapshot]:
    """Learn before AS_OF, judge after it."""
    train = gw.snapshots(tables, until=AS_OF, horizon_days=HORIZON_DAYS)
    test = gw.snapshot(tables, as_of=AS_OF, horizon_days=HORIZON_DAYS)
    return survey_gain(train, test), test


def main() -> None:
    """Print every number."""
    found, test = gain(tables_of(drawn().tables))
    sys.stdout.write(f"{found.surveyed_share:.0%} of the judged had been surveyed\n")
    sys.stdout.write(found.metrics.round(4).to_string() + "\n")
    for part, gains in (("log-loss of churn", found.churn), ("Tweedie deviance of value", found.value)):
        for group, difference in gains.items():
            shown = f"{difference.mean:+.4f} [{difference.low:+.4f}, {difference.high:+.4f}]"
            sys.stdout.write(f"{part}, {group}: {shown}, {difference.relative:+.2%}\n")
    scored = test.scored.X.set_index("customer_id")
    ranks = scored["spend_past_window"].rank(method="first")
    tier = pd.qcut(ranks, 4, labels=["iron", "bronze", "silver", "gold"]).astype(str)
    sys.stdout.write(value_by_class(scored["survey_perception_mean"], tier).round(3).to_string() + "\n")
    sys.stdout.write(ASSOCIATION + "\n")


if __name__ == "__main__":
    main()
