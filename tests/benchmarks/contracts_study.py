"""Contracts in worlds with a known hazard: survival curves and value, learned and plain, beside the truth.

Run ``python tests/benchmarks/contracts_study.py [--small]``. Everything is fitted on what was known before
`as_of`; the truth is the expectation given each customer's latent hazard, which no table shows.
"""

import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import log_loss, roc_auc_score

from goodwill import engine as engines
from goodwill.data.contracts import CONTRACTS
from goodwill.data.mapping import map_table
from goodwill.data.simulate import (
    NamedWorld,
    Simulated,
    expected_contract_value,
    read_worlds,
    simulate_frames,
)
from goodwill.data.tables import Tables
from goodwill.features.labels import ValueRule
from goodwill.features.snapshot import snapshot, snapshots
from goodwill.modeling.customer_value import CustomerValueModel
from goodwill.modeling.retention import ContractModel

HORIZON_DAYS = 180
STEPS = (30, 60, 90, 120, 150, 180)
QUESTIONS = [
    ("subscription", date(2024, 7, 1)),
    ("subscription", date(2024, 12, 1)),
    ("subscription_flexible", date(2024, 12, 1)),
    ("subscription_worsening", date(2024, 12, 1)),
]


def tables_of(simulated: Simulated) -> Tables:
    """Map simulated frames as a config would."""
    engine = engines.connect()
    mapped = {
        name: map_table(engines.in_memory(frame, engine, name), CONTRACTS[name])[0]
        for name, frame in simulated.tables.items()
    }
    return Tables(**mapped, known_at_signup=("acquisition_channel", "branch_id"))


def study(named: NamedWorld, as_of: date, seed: int) -> pd.DataFrame:
    """Return a row per model: errors of curve, churn and value against truth and against what came true."""
    simulated = simulate_frames(customers=named.customers, seed=seed, world=named.world)
    rule = ValueRule(margin_rate=named.world.contracts.margin_rate)
    # What servicing costs is no part of the contracts' known truth.
    simulated.tables["interactions"] = simulated.tables["interactions"].drop(columns="cost")
    tables = tables_of(simulated)
    train = snapshots(tables, until=as_of, horizon_days=HORIZON_DAYS, value=rule).scored
    test = snapshot(tables, as_of=as_of, horizon_days=HORIZON_DAYS, value=rule).scored
    truths = {
        day: expected_contract_value(simulated.truth, as_of, day).set_index("customer_id") for day in STEPS
    }
    held = test.X["customer_id"].isin(truths[HORIZON_DAYS].index).to_numpy()
    X, y = test.X[held].reset_index(drop=True), test.y[held].reset_index(drop=True)
    truth = truths[HORIZON_DAYS].loc[X["customer_id"]]
    curve = np.column_stack([1 - truths[day].loc[X["customer_id"], "p_churn"] for day in STEPS])
    rows = {}
    for name, model in models(train).items():
        began = time.monotonic()
        said, alive = model(X)
        rows[name] = {
            "curve_error": np.abs(alive.mean(axis=0) - curve.mean(axis=0)).mean(),
            "curve_worst": np.abs(alive.mean(axis=0) - curve.mean(axis=0)).max(),
            "customer_error": np.abs(alive - curve).mean(),
            "clv_bias": said[1].sum() / truth["expected_margin"].sum() - 1,
            "clv_realised_bias": said[1].sum() / y["value"].sum() - 1,
            "log_loss": log_loss(y["churned"], said[0]),
            "log_loss_truth": log_loss(y["churned"], np.clip(truth["p_churn"], 1e-5, 1 - 1e-5)),
            "auc": roc_auc_score(y["churned"], said[0]),
            "auc_truth": roc_auc_score(y["churned"], truth["p_churn"]),
            "clv_mae": np.abs(said[1] - truth["expected_margin"].to_numpy()).mean(),
            "seconds": time.monotonic() - began,
        }
    return pd.DataFrame(rows).T


def models(train: object) -> dict:
    """Return each fitted model as a function of X: (p_churn, clv) of the horizon, and the curve."""
    hazard = ContractModel().fit(train.X, train.y)
    curves = ContractModel(parameters={"trees": 0}).fit(train.X, train.y)
    plain = ContractModel(kind="shifted_beta_geometric", parameters={"trees": 0}).fit(train.X, train.y)
    generic = CustomerValueModel().fit(train.X, train.y, train.now)
    rate = train.y["churned"].sum() / train.X["horizon_days"].sum()

    def by_hazard(model: ContractModel) -> object:
        def said(X: pd.DataFrame) -> tuple:
            found = model.predict(X)
            return (found.p_churn, found.clv), model.survival(X, list(STEPS))

        return said

    def by_generic(X: pd.DataFrame) -> tuple:
        found = generic.predict(X)
        days = [max(day, int(train.X["horizon_days"].min())) for day in STEPS]
        alive = [1 - generic.predict(X.assign(horizon_days=day)).p_churn for day in days]
        return (found.p_churn, found.clv), np.column_stack(alive)

    def by_rate(X: pd.DataFrame) -> tuple:
        alive = np.exp(-rate * np.array(STEPS))
        value = X["value_past_window"].to_numpy()
        return (np.full(len(X), 1 - alive[-1]), value), np.tile(alive, (len(X), 1))

    return {
        "hazard": by_hazard(hazard),
        "beta_discrete_weibull": by_hazard(curves),
        "shifted_beta_geometric": by_hazard(plain),
        "generic": by_generic,
        "constant_rate": by_rate,
    }


def main() -> None:
    """Print a table per world and date; with --small a quarter of the customers and one seed."""
    is_small = "--small" in sys.argv
    worlds = read_worlds(Path(__file__).parents[1] / "worlds.yaml")
    for name, as_of in QUESTIONS:
        named = worlds[name]
        seeds = [named.seed] if is_small else [named.seed, 101, 102]
        n = named.customers // 4 if is_small else named.customers
        found = [study(named.model_copy(update={"customers": n}), as_of, seed) for seed in seeds]
        mean = sum(found[1:], found[0]) / len(found)
        for column in ("curve_error", "clv_bias"):
            of_seeds = np.abs([table[column].to_numpy() for table in found])
            mean.insert(0, f"worst_{column}", of_seeds.max(axis=0))
        sys.stdout.write(f"\n{name} {as_of} + {HORIZON_DAYS} days, {n} customers, {len(seeds)} seeds\n")
        sys.stdout.write(mean.round(4).to_string() + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
