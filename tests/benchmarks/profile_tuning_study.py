"""What tuning gains on ready-made tables, on customers without a part in it, and what it costs.

usage: python tests/benchmarks/profile_tuning_study.py [CUSTOMERS]          (needs GOODWILL_DATA)
Telco (churn), then two simulated tables of 6,000 customers with churn and value: in "plain" each column adds
its part, in "deep" only products of two and three columns tell anything. Tuned anew in each fold all the same
where the defaults win, so that the gain is told there too.
Set OMP_NUM_THREADS=1 and OPENBLAS_NUM_THREADS=1 where other programs keep the cores busy.
"""

import sys
import tempfile
import time

import numpy as np
import pandas as pd
from profiles_study import telco

from goodwill.config import Config
from goodwill.modeling.profiles import ProfileModel
from goodwill.modeling.profiles.comparison import compared
from goodwill.pipeline.outcome import silent
from goodwill.pipeline.profile_tuning import tune_profiles
from goodwill.pipeline.profiles import Profiles

Table = tuple[pd.DataFrame, pd.DataFrame]


def simulated(logit: np.ndarray, log_value: np.ndarray, columns: np.ndarray) -> Table:
    """Draw who churned and what each brought."""
    rng, n = np.random.default_rng(2), len(logit)
    X = pd.DataFrame(columns, columns=[f"x{i}" for i in range(columns.shape[1])])
    y = {
        "churned": rng.random(n) < 1 / (1 + np.exp(-logit)),
        "value": np.exp(log_value) * rng.gamma(3, 1 / 3, n),
    }
    return X.assign(customer_id=[f"c{i}" for i in range(n)]), pd.DataFrame(y)


def plain(n: int) -> Table:
    """Return customers whose columns add up."""
    x = np.random.default_rng(1).normal(size=(n, 8))
    return simulated(x[:, 0] + 0.6 * x[:, 1] - 0.4 * abs(x[:, 2]) - 0.7, 3 + x[:, 0] / 2 + x[:, 3] / 3, x)


def deep(n: int) -> Table:
    """Return customers of whom no column tells anything by itself."""
    x = np.random.default_rng(1).normal(size=(n, 8))
    three, two = np.sign(x[:, 0] * x[:, 1] * x[:, 2]), np.sign(x[:, 3] * x[:, 4])
    return simulated(2.5 * three + 1.5 * two * (x[:, 5] > 0) - 0.5, 3 + 1.2 * three + 0.8 * two, x)


def show(name: str, table: Table) -> None:
    """Print what trials found on all rows, and what a search on each fold's rows saves on the others."""
    with tempfile.TemporaryDirectory() as folder:
        profiles = {"source": "none.parquet", "churn": {"column": "churned"}}
        config = Config.model_validate({"name": name, "output": folder, "tables": {"profiles": profiles}})
        began, model = time.monotonic(), ProfileModel()
        tuning = tune_profiles(config, Profiles(*table), model, silent)
        searched = time.monotonic()
        retuned = {target: tuner.recipe_of for target, tuner in tuning.tuners.items()}
        judgement = compared(*table, model, retuned=retuned)
        seconds = searched - began, time.monotonic() - searched
    for note in tuning.notes(judgement):
        sys.stdout.write(f"{name}: {note}\n")
    sys.stdout.write(f"{name}: {seconds[0]:.0f} s to search, {seconds[1]:.0f} s to judge\n")


if __name__ == "__main__":
    n_customers = int(sys.argv[1]) if len(sys.argv) > 1 else 6_000
    show("plain", plain(n_customers))
    show("deep", deep(n_customers))
    show("telco", telco())
