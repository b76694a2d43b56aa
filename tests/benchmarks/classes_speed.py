"""How long classing takes, and how much memory: every dimension of many scored customers.

usage: python tests/benchmarks/classes_speed.py [customers, 10,000,000 by default]
"""

import resource
import sys
import time

import numpy as np
import pandas as pd

from goodwill.value.classify import classify
from goodwill.value.defaults import rules_of
from goodwill.value.fitting import fit_classes
from goodwill.value.rules import DIMENSIONS, NOT_COMPUTABLE


def features(n: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return features of every dimension."""
    n_orders = rng.geometric(0.3, n).astype(np.float64)
    counts = {
        name: rng.poisson(rate, n).astype(np.float32)
        for name, rate in {
            "n_interactions_365d": 4.0,
            "n_referrals": 0.1,
            "n_survey_answers": 0.3,
            "n_contracts_running": 0.4,
        }.items()
    }
    return pd.DataFrame(
        {
            "n_orders": n_orders,
            "n_order_days": n_orders,
            "n_orders_365d": np.floor(n_orders / 2),
            "spend_mean": rng.lognormal(3, 1, n),
            "spend_total": rng.lognormal(4, 1, n),
            "days_since_last_order": rng.integers(1, 700, n).astype(np.float64),
            "days_since_first_order": rng.integers(1, 900, n).astype(np.float64),
            "value_past_window": rng.lognormal(2, 1, n),
            "survey_gap_mean": rng.normal(0, 1, n).astype(np.float32),
            "survey_perception_mean": rng.normal(4, 1, n).astype(np.float32),
            **counts,
        }
    )


def main() -> None:
    """Print seconds, memory and how many classes could be computed."""
    n = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 10_000_000
    rng = np.random.default_rng(0)
    X = features(n, rng)
    scores = pd.DataFrame({"p_churn": rng.random(n), "clv": rng.lognormal(3, 1, n)})
    scores["status"] = pd.Categorical.from_codes(np.zeros(n, dtype=np.int8), ["scored"])
    began = time.perf_counter()
    limits = fit_classes(X[:1_000_000], scores[:1_000_000], rules_of("retail"))
    fitted = time.perf_counter()
    classes = classify(X, scores, limits)
    seconds = time.perf_counter() - fitted
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    unknown = sum(int((classes[name] == NOT_COMPUTABLE).sum()) for name in DIMENSIONS)
    sys.stdout.write(
        f"limits fitted to 1,000,000 in {fitted - began:.1f} s\n"
        f"{n:,} customers, {len(DIMENSIONS)} dimensions, classed in {seconds:.1f} s, "
        f"peak memory {peak:.1f} GiB, features included; {unknown:,} cells not computable\n"
    )


if __name__ == "__main__":
    main()
