"""The level of a predictor learned from a sample of customers, beside one learned from all of them.

    python tests/benchmarks/sample_study.py [--customers 6000] [--worlds 4]

Draws a fifth of the customers of each simulated world by value and recency, and prints the predicted totals
as multiples of those of the predictor that saw everybody: with the weights, and as they would be without.
"""

import argparse
import json
import sys
from datetime import date

import numpy as np

import goodwill as gw
from goodwill.features.sample import sample_customers
from goodwill.features.snapshot import Snapshot, snapshots

AS_OF = date(2025, 1, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=6_000)
    parser.add_argument("--worlds", type=int, default=4)
    options = parser.parse_args()
    found = [compare(options.customers, seed) for seed in range(options.worlds)]
    for world in found:
        sys.stdout.write(json.dumps(world) + "\n")
    for name in ("weighted", "unweighted"):
        gaps = np.array([abs(world[name]["clv"] - 1) for world in found])
        sys.stdout.write(f"{name}: mean distance of the total from 1: {gaps.mean():.3f}\n")


def compare(customers: int, seed: int) -> dict[str, dict[str, float]]:
    """Return the predicted total of value, and the mean p_churn, over those learned from all customers."""
    tables = gw.simulate(customers=customers, seed=seed)
    sample = sample_customers(tables, AS_OF, customers // 5)
    whole = snapshots(tables, until=AS_OF, horizon_days=180)
    drawn = snapshots(tables, until=AS_OF, horizon_days=180, sample=sample)
    blind = Snapshot(drawn.X, drawn.y.drop(columns="weight"), drawn.now)
    trains = {"all": whole, "weighted": drawn, "unweighted": blind}
    said = {}
    for name, train in trains.items():
        scores = gw.CustomerValuePredictor(segments=2, seed=seed).fit(train).predict(whole.now)
        said[name] = {"clv": scores["clv"].sum(), "p_churn": scores["p_churn"].mean()}
    return {
        name: {what: round(float(total / said["all"][what]), 4) for what, total in totals.items()}
        for name, totals in said.items()
        if name != "all"
    }


if __name__ == "__main__":
    main()
