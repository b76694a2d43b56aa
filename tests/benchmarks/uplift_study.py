"""Who reacts: hillstrom on the half not learned from, and simulated effects a twentieth of the outcome's.

Run ``GOODWILL_DATA=... python tests/benchmarks/uplift_study.py [seed ...]``; seeds are more draws of the
world of `tests/worlds.yaml`, whose own comes first.
"""

import os
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from simulated_campaigns import WORLDS, Drawn, drawn

from goodwill.decisions.campaign import Campaign
from goodwill.decisions.qini import qini_area
from goodwill.decisions.uplift import UpliftModel
from goodwill.decisions.uplift_learners import LEARNERS
from goodwill.decisions.uplift_report import uplift_report
from goodwill.features.snapshot import score_frame, snapshots
from goodwill.predictor import CustomerValuePredictor

KNOWN = ("recency", "history", "mens", "womens", "zip_code", "newbie", "channel")
WORLD, HORIZON_DAYS = "campaign_subtle", 90
# What an offer may depend on besides what a customer buys anyway: who they are.
MODERATORS = {
    "two": ["age", "residence"],
    "sign-up": ["age", "residence", "acquisition_channel"],
    "all": None,
}
FEW = ("two", "sign-up")


def say(text: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def hillstrom() -> None:
    """Print Qini with interval for each learner, and what policies bring."""
    rows = pd.read_parquet(Path(os.environ["GOODWILL_DATA"]) / "hillstrom/hillstrom.parquet")
    outcomes = {"visit": "binary", "spend": "money"}
    campaign = Campaign(
        rows.assign(customer_id=range(len(rows))), outcomes, "segment", "No E-Mail", covariates=KNOWN
    )
    for outcome in outcomes:
        report = uplift_report(campaign, outcome, (), 1.0)
        for arm, learners in report.qinis.items():
            for learner, found in learners.items():
                area, half = found.qini, found.random_auuc
                say(
                    f"{outcome:6} {arm:14} {learner:3} Qini {area.estimate:.4f} "
                    f"({area.low:.4f} to {area.high:.4f}), random AUUC {half:.4f}"
                )
        for policy in report.policies:
            say(f"{outcome:6} {policy.name:21} {policy.value:.4f} ({policy.low:.4f} to {policy.high:.4f})")


def by_value(found: Drawn) -> dict[str, np.ndarray]:
    """Rank by the predictor's p_churn and clv as of the day of treatment."""
    until = found.day.date()
    past = found.tables.before(until).tables
    predictor = CustomerValuePredictor().fit(snapshots(past, until=until, horizon_days=HORIZON_DAYS))
    scores = predictor.predict(score_frame(past, as_of=until, horizons=[HORIZON_DAYS])).set_index(
        "customer_id"
    )
    rows = scores.reindex(found.campaign.rows["customer_id"])
    return {name: rows[name].fillna(rows[name].mean()).to_numpy() for name in ("p_churn", "clv")}


def by_history(found: Drawn) -> dict[str, np.ndarray]:
    """Rank by what buy-till-you-die models say of churn and of money: in no time."""
    rows = found.campaign.rows
    return {
        "p_churn": -rows["expected_alive"].to_numpy(float),
        "clv": rows["expected_revenue"].to_numpy(float),
    }


def subtle(seed: int) -> dict[str, float]:
    """Return the share of the oracle's area that each ranking reaches."""
    found = drawn(WORLD, seed)
    rows, truth = found.campaign.rows, found.effect
    X = rows[[*found.campaign.before.values(), *found.campaign.covariates]]
    y, got = rows["orders"].to_numpy(float), rows["treatment"]
    is_own = seed == WORLDS[WORLD].seed
    rankings = by_value(found) if is_own else by_history(found)
    for name in MODERATORS if is_own else FEW:
        model = UpliftModel(anchor="expected_orders", moderators=MODERATORS[name]).fit(X, y, got)
        rankings[f"dr, {name}"] = model.effects(model.learned_from_)["offer"].to_numpy()
    for learner in ("t", "x"):
        rankings[learner] = LEARNERS[learner](model.taught_["offer"], 0).expected(model.learned_from_)
    oracle = qini_area(truth, truth)
    shares = {name: qini_area(score, truth) / oracle for name, score in rankings.items()}
    say(f"{seed} {shares}")
    return {"n": len(truth), "spread": truth.std() / y.std(), **shares}


def main() -> None:
    """Print all."""
    hillstrom()
    results = {seed: subtle(seed) for seed in (WORLDS[WORLD].seed, *map(int, sys.argv[1:]))}
    table = pd.DataFrame(results).T
    say(table.round(3).to_string())
    say(f"mean\n{table.mean().round(3).to_string()}")


if __name__ == "__main__":
    main()
