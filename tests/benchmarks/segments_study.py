"""How good, how stable and how fast segments are.

usage: python tests/benchmarks/segments_study.py         (without GOODWILL_DATA online_retail is left out)
The planted world of tests/worlds.yaml: agreement with the truth beside k-means on raw columns, and names kept
by a re-fit on a half, in ten draws of it; then by re-fits on ten halves of its first draw. Then ten million
customers assigned. Then online_retail: stability over 50 resamples, beside the same table with every column
shuffled (no structure left).
"""

import os
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from goodwill.data.simulate import read_worlds, simulate_frames
from goodwill.modeling.segments import Segmenter, segment_model

WORLDS = Path(__file__).parents[1] / "worlds.yaml"


def planted() -> pd.DataFrame:
    """Agreement with the truth, and names kept, on ten draws of the planted world."""
    named = read_worlds(WORLDS)["segments"]
    rows = []
    for seed in range(named.seed, named.seed + 10):
        simulated = simulate_frames(customers=named.customers, seed=seed, world=named.world)
        X = simulated.tables["profiles"].set_index("customer_id")
        truth = simulated.truth["segments"].set_index("customer_id")["segment"].loc[X.index]
        found = segment_model().fit(X)
        half = segment_model(k=found.k_).fit(X.sample(frac=0.5, random_state=seed))
        plain = KMeans(5, n_init=5, random_state=0).fit_predict(X)
        rows.append(
            {
                "k": found.k_,
                "rand": adjusted_rand_score(truth, found.assign(X)),
                "rand_plain": adjusted_rand_score(truth, plain),
                "stability": found.stability_,
                "names_kept": np.mean(half.assign(X) == found.assign(X)),
            }
        )
    return pd.DataFrame(rows)


def refitted(samples: int = 10) -> pd.Series:
    """Share of customers who keep their segment's name when half of them decide, by sample."""
    named = read_worlds(WORLDS)["segments"]
    simulated = simulate_frames(customers=named.customers, seed=named.seed, world=named.world)
    X = simulated.tables["profiles"].set_index("customer_id")
    names = segment_model().fit(X).assign(X)
    halves = (X.sample(frac=0.5, random_state=seed) for seed in range(samples))
    return pd.Series([float(np.mean(segment_model().fit(half).assign(X) == names)) for half in halves])


def assign_many(n: int) -> str:
    """Seconds and memory to assign n customers of a shop."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {
            "days_since_last_order": rng.exponential(90, n),
            "n_order_days": rng.geometric(0.3, n),
            "spend_mean": rng.lognormal(3, 1, n),
            "days_since_first_order": rng.uniform(1, 700, n),
            "gap_mean_days": np.where(rng.random(n) < 0.4, np.nan, rng.exponential(40, n)),
        }
    )
    found = segment_model(k=5).fit(X[:100_000])
    start = time.perf_counter()
    found.assign(X)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return f"{n:,} customers assigned in {seconds:.1f} s, peak memory {peak:.1f} GiB"


def resampled(X: pd.DataFrame, k: int, resamples: int = 50) -> float:
    """Mean adjusted Rand index between the segments of all and those of bootstrap resamples."""
    whole = segment_model(k=k).fit(X).assign(X)
    again = (
        segment_model(k=k, seed=i).fit(X.sample(frac=1, replace=True, random_state=i))
        for i in range(resamples)
    )
    return float(np.mean([adjusted_rand_score(whole, found.assign(X)) for found in again]))


def shop_features(file: Path, as_of: str) -> pd.DataFrame:
    """Purchase features of online_retail, by pandas."""
    lines = pd.read_parquet(file)
    amount = lines["Quantity"] * lines["UnitPrice"]
    lines = lines.assign(amount=amount, day=pd.to_datetime(lines["InvoiceDate"]).dt.normalize())
    lines = lines[(lines["amount"] > 0) & lines["CustomerID"].notna() & (lines["day"] < as_of)]
    days = lines.groupby(["CustomerID", "day"])["amount"].sum().reset_index()
    found = days.groupby("CustomerID").agg(
        n_order_days=("day", "size"),
        spend_total=("amount", "sum"),
        spend_mean=("amount", "mean"),
        first=("day", "min"),
        last=("day", "max"),
    )
    ages = pd.Timestamp(as_of) - found[["first", "last"]]
    found["days_since_first_order"], found["days_since_last_order"] = (
        ages["first"].dt.days,
        ages["last"].dt.days,
    )
    span = found["days_since_first_order"] - found["days_since_last_order"]
    found["gap_mean_days"] = span / (found["n_order_days"] - 1).where(found["n_order_days"] > 1)
    return found.drop(columns=["first", "last"])


def described(name: str, found: Segmenter, stability: float) -> str:
    """One line."""
    numbers = f"k {found.k_}  silhouette {found.silhouette_:.3f}  stability over 50 resamples {stability:.3f}"
    return f"{name:24} {numbers}\n"


def main() -> None:
    """Print every number."""
    sys.stdout.write(planted().round(3).to_string() + "\n")
    sys.stdout.write(f"names kept by ten re-fits of one world: {refitted().round(3).tolist()}\n")
    sys.stdout.write(assign_many(10_000_000) + "\n")
    if "GOODWILL_DATA" not in os.environ:
        return
    X = shop_features(
        Path(os.environ["GOODWILL_DATA"]) / "online_retail" / "online_retail.parquet", "2011-09-10"
    )
    rng = np.random.default_rng(0)
    shuffled = X.apply(lambda column: pd.Series(rng.permutation(column.to_numpy()), index=X.index))
    for name, table in (("online_retail", X), ("its columns shuffled", shuffled)):
        found = segment_model().fit(table)
        sys.stdout.write(described(name, found, resampled(table, found.k_)))
    same_k = segment_model().fit(X).k_
    sys.stdout.write(f"shuffled at k {same_k}: stability {resampled(shuffled, same_k):.3f}\n")


if __name__ == "__main__":
    main()
