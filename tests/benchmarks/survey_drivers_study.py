"""What drives the satisfaction of airline passengers: learned from one file, judged on the other.

usage: GOODWILL_DATA=... python tests/benchmarks/survey_drivers_study.py

Fourteen ratings from 1 to 5 (0: does not apply, read as missing) may not lower satisfaction; age, class, kind
of travel and the like are held constant. Prints the discrimination of the boosted model beside plain ones,
the order of the drivers over ten resamples, and up to which rating more of a dimension pays.
"""

import os
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import StandardScaler

from goodwill.perceived.asymmetry import penalty_reward
from goodwill.perceived.curves import response_curves
from goodwill.perceived.importance import relative_importance
from goodwill.perceived.interactions import interactions
from goodwill.perceived.response import ResponsePlan, fitted_response

FACTS = ["Age", "Flight Distance", "Departure Delay in Minutes"]
KINDS = ["Gender", "Customer Type", "Type of Travel", "Class"]


def passengers(name: str) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Ratings, other facts as numbers, and whether the passenger was satisfied."""
    rows = pd.read_parquet(Path(os.environ["GOODWILL_DATA"]) / "airline_satisfaction" / f"{name}.parquet")
    ratings = rows.loc[:, "Inflight wifi service":"Cleanliness"].astype(float).replace(0, np.nan)
    facts = pd.concat(
        [rows[FACTS].astype(float), pd.get_dummies(rows[KINDS], drop_first=True, dtype=float)], axis=1
    )
    return ratings, facts, (rows["satisfaction"] == "satisfied").astype(float)


def discrimination(plan: ResponsePlan) -> pd.Series:
    """Area under the curve on the test file."""
    (ratings, facts, said), (new, new_facts, truth) = passengers("train"), passengers("test")
    X, new_X = pd.concat([ratings, facts], axis=1), pd.concat([new, new_facts], axis=1)
    free = ResponsePlan(dict.fromkeys(X, 0))
    found = {
        "boosted, monotone": fitted_response(X, said, plan=plan).predict_proba(new_X.to_numpy())[:, 1],
        "boosted, free": fitted_response(X, said, plan=free).predict_proba(new_X.to_numpy())[:, 1],
        "boosted, ratings alone, free": fitted_response(
            ratings, said, plan=ResponsePlan(dict.fromkeys(ratings, 0))
        ).predict_proba(new.to_numpy())[:, 1],
    }
    filled, scale = ratings.fillna(ratings.mean()), StandardScaler()
    logistic = LogisticRegression().fit(scale.fit_transform(filled), said)
    found["logistic, ratings alone"] = logistic.predict_proba(scale.transform(new.fillna(ratings.mean())))[
        :, 1
    ]
    found["mean of the ratings"] = new.mean(axis=1).to_numpy()
    return pd.Series({name: roc_auc_score(truth, p) for name, p in found.items()}).round(4)


def strongest(resamples: int = 10, n: int = 3) -> pd.DataFrame:
    """The first drivers in resamples of the passengers, by importance and by rise."""
    ratings, facts, said = passengers("train")
    rng, rows = np.random.default_rng(0), []
    for _ in range(resamples):
        drawn = rng.integers(0, len(said), len(said))
        part, outcome = ratings.iloc[drawn].reset_index(drop=True), said.iloc[drawn].to_numpy()
        linear = relative_importance(part, outcome).table["importance"].nlargest(n)
        X = pd.concat([part, facts.iloc[drawn].reset_index(drop=True)], axis=1)
        plan = ResponsePlan(dict.fromkeys(facts, 0), resamples=1)
        rises = response_curves(X, outcome, plan=plan).limits["rise"].nlargest(n)
        rows.append({"by importance": ", ".join(linear.index), "by rise": ", ".join(rises.index)})
    return pd.DataFrame(rows)


def main() -> None:
    """Print every number."""
    start = time.perf_counter()
    ratings, facts, said = passengers("train")
    X, plan = pd.concat([ratings, facts], axis=1), ResponsePlan(dict.fromkeys(facts, 0))
    parts = {
        "area under the curve, test file": discrimination(plan),
        "importance, train file": relative_importance(ratings, said).table.round(4),
        "strongest three in ten resamples": strongest().value_counts(),
        "where more of it stops paying": response_curves(X, said, plan=plan).limits.round(4),
        "penalties and rewards": penalty_reward(ratings, said)[["penalty", "reward", "kind"]].round(4),
        "pairs that work together": interactions(X, said, plan=plan).head(8).round(5),
    }
    for name, table in parts.items():
        sys.stdout.write(f"\n{name}\n{table.to_string()}\n")
    sys.stdout.write(f"\n{time.perf_counter() - start:.0f} s\n")


if __name__ == "__main__":
    main()
