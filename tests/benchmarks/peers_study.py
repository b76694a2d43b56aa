"""Goodwill beside its peers: value and churn of later customers, predicted from the same rows before a day.

usage: python tests/benchmarks/peers_study.py [--lifetimes PYTHON] [--pymc PYTHON] [--flaml PYTHON]
           [--seconds 60] [--only TABLE …]                          (GOODWILL_DATA names the folder of tables)

Each peer runs in an interpreter of its own: lifetimes 0.11.3 (numpy < 2, pandas < 2.2), pymc-marketing (its
maximum a posteriori), FLAML as the AutoML (`pip install "flaml[automl]"`). Nothing at or after `as_of` is
given to anyone. Goodwill runs as `fit` and `predict` with its defaults, no tuning. FLAML gets goodwill's
features, once of one snapshot as its users would take it (the longest horizon that the history holds twice,
carried on by the ratio of days), once of all snapshots that goodwill trains on, folds by customer; per
target at least `--seconds`, and never less than goodwill's whole fit took by the clock. Telco is judged out
of fold, five folds, the same for all. Seconds in the table are those that one thread of the processor worked
on fitting.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from peers_scripts import FLAML, LIFETIMES, PYMC
from sklearn.metrics import log_loss, roc_auc_score

from goodwill import CustomerValuePredictor, btyd_summary, snapshot, snapshots
from goodwill.config import read_config
from goodwill.data.tables import Tables
from goodwill.features.snapshot import Snapshot
from goodwill.modeling.profiles import ProfileModel
from goodwill.modeling.profiles.folds import folds
from goodwill.pipeline.tables import open_tables

F = NDArray[np.float64]
ROOT = Path(__file__).parents[2]
WINDOWS = (
    ("cdnow", "1997-10-01", 273, "amount > 0"),
    ("cdnow", "1998-01-01", 181, "amount > 0"),
    ("online_retail", "2011-09-10", 90, "Quantity * UnitPrice > 0"),
)
WEEK_DAYS = 7
KEYS = ["customer_id", "as_of"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lifetimes", help="an interpreter that has lifetimes 0.11.3")
    parser.add_argument("--pymc", help="an interpreter that has pymc-marketing")
    parser.add_argument("--flaml", help="an interpreter that has flaml[automl]")
    parser.add_argument("--seconds", type=float, default=60.0, help="least time of FLAML per target")
    parser.add_argument("--only", nargs="*", default=["cdnow", "online_retail", "telco"])
    options = parser.parse_args()
    for name, as_of, horizon_days, where in WINDOWS:
        if name in options.only:
            show(f"{name} {as_of}, {horizon_days} d", orders(name, as_of, horizon_days, where, options))
    if "telco" in options.only:
        show("telco, 5 folds", subscribers(options))


def show(name: str, rows: Iterator[dict[str, object]]) -> None:
    """Print a line per peer, as soon as it is measured."""
    for row in rows:
        cells = [f"{value:.4f}" if isinstance(value, float) else str(value) for value in row.values()]
        sys.stdout.write(f"| {name} | {' | '.join(cells)} |\n")
        sys.stdout.flush()


def orders(
    name: str, as_of: str, horizon_days: int, where: str, options: argparse.Namespace
) -> Iterator[dict[str, object]]:
    """Judge everyone on the window after a day."""
    source = read_config(ROOT / "configs" / f"{name}.yaml", [f"tables.transactions.where='{where}'"])
    tables = open_tables(source).tables
    past, test = (
        tables.before(date.fromisoformat(as_of)).tables,
        snapshot(tables, as_of=as_of, horizon_days=horizon_days).scored,
    )
    start, spent = time.perf_counter(), processor_seconds()
    train = snapshots(past, until=as_of, horizon_days=horizon_days)
    predictor = CustomerValuePredictor().fit(train)
    seconds, spent = time.perf_counter() - start, processor_seconds() - spent
    scores = predictor.predict(test.X)
    yield judged("goodwill", test.y, spent, scores["p_churn"], scores["clv"])
    yield from buy_till_you_die(tables, test, options)
    if options.flaml:
        limit = max(options.seconds, seconds)
        yield from automl(past, train, test, options.flaml, limit)


def buy_till_you_die(
    tables: Tables, test: Snapshot, options: argparse.Namespace
) -> Iterator[dict[str, object]]:
    """Judge what the packages of buy-till-you-die models say of the summary in weeks."""
    as_of, horizon_days = test.X["as_of"].iloc[0].date(), int(test.X["horizon_days"].iloc[0])
    summary = btyd_summary(tables.before(as_of), unit_days=WEEK_DAYS).set_index("customer_id")
    files = {"summary": summary.loc[test.X["customer_id"]].reset_index(drop=True)}
    for interpreter, script in ((options.lifetimes, LIFETIMES), (options.pymc, PYMC)):
        if interpreter:
            for peer, seconds, said in run(interpreter, script, files, horizon=horizon_days / WEEK_DAYS):
                yield judged(peer, test.y, seconds, said["p_churn"], said["clv"])


def automl(
    past: Tables, train: Snapshot, test: Snapshot, interpreter: str, seconds: float
) -> Iterator[dict[str, object]]:
    """Judge FLAML on one snapshot, and on all of goodwill's."""
    horizon_days, many = int(test.X["horizon_days"].iloc[0]), train.scored
    longest = min(horizon_days, int(many.X["horizon_days"].max()))
    back = test.X["as_of"].iloc[0].date() - timedelta(days=longest)
    one = snapshot(past, as_of=back, horizon_days=longest, complete_until=test.X["as_of"].iloc[0].date())
    longer = horizon_days / longest
    for name, known, ratio in (("one snapshot", one.scored, longer), ("goodwill's snapshots", many, 1.0)):
        asked = {"peer": f"FLAML, {name}", "seconds": seconds, "is_grouped": name != "one snapshot"}
        files = {"X": known.X.drop(columns=KEYS), "y": known.y[["churned", "value"]]}
        files |= {
            "now": test.X[files["X"].columns],
            "groups": known.X[["customer_id"]].set_axis(["group"], axis=1),
        }
        for peer, spent, said in run(interpreter, FLAML, files, asked=asked):
            yield judged(peer, test.y, spent, said["p_churn"] ** ratio, said["clv"] * ratio)


def subscribers(options: argparse.Namespace) -> Iterator[dict[str, object]]:
    """Judge churn out of fold."""
    source = pd.read_parquet(Path(os.environ["GOODWILL_DATA"]) / "telco_churn" / "telco_churn.parquet")
    source["TotalCharges"] = pd.to_numeric(source["TotalCharges"], errors="coerce")
    X, y = source.drop(columns=["customerID", "Churn"]), pd.DataFrame({"churned": source["Churn"] == "Yes"})
    parts = folds(y["churned"].to_numpy(float), 5, seed=0)
    ours, theirs, spent = np.empty(len(y)), np.empty(len(y)), 0.0
    start, ours_spent = time.perf_counter(), processor_seconds()
    for train, held in parts:
        fitted = ProfileModel().fit(
            X.iloc[train].reset_index(drop=True), y.iloc[train].reset_index(drop=True)
        )
        ours[held] = fitted.predict(X.iloc[held]).p_churn
    seconds, ours_spent = time.perf_counter() - start, processor_seconds() - ours_spent
    yield judged("goodwill", y, ours_spent / len(parts), pd.Series(ours), None)
    for train, held in parts if options.flaml else ():
        files = {"X": X.iloc[train], "y": y.iloc[train], "now": X.iloc[held]}
        asked = {"peer": "FLAML", "seconds": max(options.seconds, seconds / len(parts)), "is_grouped": False}
        for _, fold_seconds, said in run(options.flaml, FLAML, files, asked=asked):
            theirs[held], spent = said["p_churn"], spent + fold_seconds
    if options.flaml:
        yield judged("FLAML", y, spent / len(parts), pd.Series(theirs), None)


def run(
    interpreter: str, script: str, files: Mapping[str, pd.DataFrame], **asked: object
) -> Iterator[tuple[str, float, pd.DataFrame]]:
    """Run a script elsewhere and return, per peer, the seconds it fitted and what it says of each row."""
    with tempfile.TemporaryDirectory() as folder:
        for name, frame in files.items():
            rows, place = frame.reset_index(drop=True), Path(folder) / name
            rows.to_parquet(place.with_suffix(".parquet"))
            rows.to_csv(place.with_suffix(".csv"), index=False)
        for name, content in asked.items():
            (Path(folder) / f"{name}.json").write_text(json.dumps(content))
        answer = subprocess.run(
            [interpreter, "-c", script, folder], check=False, capture_output=True, text=True
        )
        if answer.returncode:
            sys.stdout.write(f"failed: {answer.stderr[-500:]}\n")
            return
        said = pd.read_csv(Path(folder) / "said.csv")
    times = dict(json.loads(line) for line in answer.stdout.splitlines() if line.startswith("["))
    for peer, seconds in times.items():
        yield peer, seconds, said[said["peer"] == peer].reset_index(drop=True)


def processor_seconds() -> float:
    """Return what this process and its children have used: a busy machine does not change it."""
    return sum(os.times()[:4])


def judged(
    peer: str, y: pd.DataFrame, seconds: float, p_churn: pd.Series, clv: pd.Series | None
) -> dict[str, object]:
    """Return a row of the table; the metrics are of this file, so that the product does not mark itself."""
    found: dict[str, object] = {"peer": peer}
    if clv is not None:
        value, said = y["value"].to_numpy(float), clv.to_numpy(float)
        found["ngini"] = gini(value, said) / gini(value, value)
        found["rmse"] = float(np.sqrt(np.mean((value - said) ** 2)))
        found["bias"] = float(said.sum() / value.sum() - 1)
    p = np.clip(p_churn.to_numpy(float), 1e-6, 1 - 1e-6)
    found["auc"] = float(roc_auc_score(y["churned"], p))
    found["log_loss"] = float(log_loss(y["churned"], p))
    return {**found, "seconds": f"{seconds:.1f} s"}


def gini(y: F, p: F) -> float:
    """Return the area between the gains curve of p and the diagonal, averaged over ties."""
    groups = pd.DataFrame({"y": y, "p": p}).groupby("p")["y"].agg(["sum", "size"]).sort_index(ascending=False)
    x = np.r_[0, groups["size"].cumsum() / len(y)]
    gained = np.r_[0, groups["sum"].cumsum() / y.sum()]
    return float(np.sum(np.diff(x) * (gained[1:] + gained[:-1]) / 2) - 0.5)


if __name__ == "__main__":
    main()
