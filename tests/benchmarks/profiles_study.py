"""Churn and value from ready-made tables, beside plain models on the same folds.

usage: python tests/benchmarks/profiles_study.py [REPEATS]          (needs GOODWILL_DATA)
Telco (7,043 subscribers, churn), then what 64,000 customers of the Hillstrom mailing spent.
Set OMP_NUM_THREADS=1 and OPENBLAS_NUM_THREADS=1 where other programs keep the cores busy.
"""

import os
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.special import logit
from sklearn.linear_model import LogisticRegression

from goodwill.modeling.profiles import ProfileModel
from goodwill.modeling.profiles.comparison import Judgement, compared

DATA = Path(os.environ["GOODWILL_DATA"])
SHOWN = (
    "roc_auc", "log_loss", "brier", "ece", "ngini", "mae", "rmse", "bias", "coverage", "interval_score",
)  # fmt: skip


def telco() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return subscribers and who left."""
    table = pd.read_parquet(DATA / "telco_churn" / "telco_churn.parquet")
    X = table.rename(columns={"customerID": "customer_id"}).drop(columns="Churn")
    return X, pd.DataFrame({"churned": table["Churn"] == "Yes"})


def hillstrom() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return customers as they were before the mailing and what they spent in two weeks."""
    table = pd.read_parquet(next((DATA / "hillstrom").glob("*.parquet")))
    return table.drop(columns=["visit", "conversion", "spend"]), table[["spend"]].set_axis(["value"], axis=1)


def slopes(judgement: Judgement, y: pd.DataFrame) -> list[float]:
    """Return the calibration slope of each repetition: 1 is neither too sure nor too timid."""
    fits = [
        LogisticRegression(C=np.inf).fit(logit(said.p_churn)[:, None], y["churned"])
        for said in judgement.served.repeats
        if said.p_churn is not None
    ]
    return [round(float(fit.coef_[0, 0]), 3) for fit in fits]


def show(name: str, table: tuple[pd.DataFrame, pd.DataFrame], repeats: int | None) -> None:
    """Print the model and the plain ones, metric by metric."""
    began = time.monotonic()
    judgement = compared(*table, ProfileModel(), repeats=repeats)
    for target in judgement.served_by:
        report = judgement.metrics[target]
        rows = {"served": report, **report["baselines"]}
        numbers = pd.DataFrame(rows).reindex([metric for metric in SHOWN if metric in report]).T
        sys.stdout.write(f"\n{name} {target}\n{numbers.astype(float).round(4).to_string()}\n")
    served, seconds = dict(judgement.served_by), time.monotonic() - began
    found = slopes(judgement, table[1])
    sys.stdout.write(f"served by {served}, calibration slopes {found}, {seconds:.0f} s\n")


if __name__ == "__main__":
    show("telco", telco(), int(sys.argv[1]) if len(sys.argv) > 1 else 3)
    show("hillstrom", hillstrom(), 1)
