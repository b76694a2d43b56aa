"""For each named world: what its truth achieves, and what a plain method makes of the same data.

Run ``python tests/benchmarks/worlds_are_hard.py``. A world on which a plain method does well proves nothing.
"The truth" knows who is still alive, which no table shows: it is a bound, not a competitor.
"""

import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, roc_auc_score

from goodwill.data.simulate import (
    Simulated,
    World,
    contract_survival,
    expected_value,
    read_worlds,
    simulate_frames,
)

HORIZON_DAYS = 180


def window(rows: pd.DataFrame, begin: pd.Timestamp, days: int) -> pd.DataFrame:
    """Rows of [begin, begin + days)."""
    return rows[(rows["time"] >= begin) & (rows["time"] < begin + pd.Timedelta(days=days))]


def shop(simulated: Simulated, world: World) -> dict[str, float]:
    """Spend carried forward and recency, beside the expectation from the latent state."""
    days = min(HORIZON_DAYS, world.days // 3)
    as_of = world.start + timedelta(days=world.days - days)
    begin = pd.Timestamp(as_of)
    rows = simulated.tables["transactions"]
    best = expected_value(simulated.truth, as_of, days).set_index("customer_id")
    spent, before = (
        window(rows, moment, days).groupby("customer_id")["amount"].sum().reindex(best.index).fillna(0.0)
        for moment in (begin, begin - pd.Timedelta(days=days))
    )
    silent = spent <= 0
    last = rows[(rows["time"] < begin) & (rows["amount"] > 0)].groupby("customer_id")["time"].max()
    recency = (begin - last.reindex(best.index)).dt.days.fillna(9_999)
    return {
        "bias_truth": best["expected_revenue"].sum() / spent.sum() - 1,
        "bias_carried": before.sum() / spent.sum() - 1,
        "rank_truth": spent.corr(best["expected_revenue"], method="spearman"),
        "rank_carried": spent.corr(before, method="spearman"),
        "auc_truth": roc_auc_score(silent, best["p_no_order"]),
        "auc_recency": roc_auc_score(silent, recency),
        "top_1pct_share": spent.nlargest(len(spent) // 100).sum() / spent.sum(),
    }


def campaign(simulated: Simulated, world: World) -> dict[str, float]:
    """The difference of means, beside the planted average effect on orders."""
    plan = world.campaigns[0]
    begin = pd.Timestamp(world.start + timedelta(days=plan.day))
    table = simulated.tables["treatments"].set_index("customer_id")
    sold = window(simulated.tables["transactions"].query("amount > 0"), begin, plan.window_days)
    orders = sold.groupby("customer_id")["order_id"].nunique().reindex(table.index).fillna(0)
    truth = simulated.truth["treatments"].query("treatment == @plan.arms[0].name")
    treated, control = (
        orders[table["treatment"] == plan.arms[0].name],
        orders[table["treatment"] == "control"],
    )
    return {
        "effect_truth": truth["effect_orders"].mean(),
        "effect_naive": treated.mean() - control.mean(),
        "standard_error": np.sqrt(treated.var() / len(treated) + control.var() / len(control)),
        "spread_of_effect": truth["effect_orders"].std() / orders.std(),
    }


def contracts(simulated: Simulated, _: World) -> dict[str, float]:
    """One constant churn rate per period, beside the largest plan's planted survival after 24 periods."""
    contracts = simulated.truth["contracts"]
    is_largest = contracts["plan"] == contracts["plan"].mode()[0]
    periods = 24
    rate = (contracts.loc[is_largest, "n_periods"] <= 1).mean()
    survival = contract_survival(simulated.truth, periods)[is_largest, periods]
    return {"survival_truth": survival.mean(), "survival_constant_rate": (1 - rate) ** periods}


def segments(simulated: Simulated, _: World) -> dict[str, float]:
    """k-means on raw columns, beside k-means on the logs of the columns that matter."""
    table, planted = simulated.tables["profiles"], simulated.truth["segments"]["segment"]
    n = planted.nunique()
    raw = KMeans(n, n_init=5, random_state=0).fit_predict(table.drop(columns="customer_id"))
    logs = np.log(table[["orders_per_year", "order_value", "tenure_days", "visits_per_year"]])
    best = KMeans(n, n_init=5, random_state=0).fit_predict(logs)
    return {"rand_raw": adjusted_rand_score(planted, raw), "rand_logs": adjusted_rand_score(planted, best)}


def survey(simulated: Simulated, _: World) -> dict[str, float]:
    """Weights by plain correlation and by stated importance, beside what was planted."""
    rows = simulated.tables["surveys"]
    told = simulated.truth["surveys"]
    weights = simulated.truth["dimensions"].set_index("name")["weight"]
    felt = told.filter(like="feels_").corrwith(told["overall_value"])
    stated = rows[rows["side"] == "importance"].assign(name=lambda t: t["item"].str.rsplit("_", n=1).str[0])
    stated = stated.groupby("name")["value"].mean()
    return {
        "weight_error_correlation": np.abs(felt.to_numpy() / felt.sum() - weights.to_numpy()).max(),
        "weight_error_stated": (stated / stated.sum() - weights).abs().max(),
    }


STUDIES = {"campaign": campaign, "subscription": contracts, "segments": segments, "survey": survey}


def main() -> None:
    """Print a line per world."""
    for name, named in read_worlds(Path(__file__).parents[1] / "worlds.yaml").items():
        study = STUDIES.get(name, STUDIES.get(name.split("_")[0], shop))
        simulated = simulate_frames(customers=named.customers, seed=named.seed, world=named.world)
        found = study(simulated, named.world)
        sys.stdout.write(
            f"{name:20} " + "  ".join(f"{key} {value:.3f}" for key, value in found.items()) + "\n"
        )


if __name__ == "__main__":
    main()
