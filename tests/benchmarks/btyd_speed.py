"""Speed of the buy-till-you-die fits, beside lifetimes and pymc-marketing where their interpreters are given.

Fits the 23,570 customers of the CDNOW master table (GOODWILL_DATA names its folder), then fits and predicts
simulated customers in a process of its own, whose peak memory it reports. Aims: BG/NBD 3 times faster than
lifetimes and 100 times than pymc-marketing, Pareto/NBD 5 times than lifetimes; BG/NBD on 10 million customers
fitted in 30 s and predicted in 20 s within 4 GiB.

    python tests/benchmarks/btyd_speed.py [--customers 10000000] [--lifetimes PYTHON] [--pymc PYTHON]

lifetimes 0.11.3 needs numpy < 2 and pandas < 2.2.
"""

import argparse
import json
import multiprocessing
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from goodwill.modeling.btyd import BGNBD, MBGNBD, GammaGamma, ParetoNBD

LAST_DAY = pd.Timestamp("1997-09-30")
LIFETIMES = """
import json, sys, time
import pandas as pd
from lifetimes import BetaGeoFitter, ParetoNBDFitter
X = pd.read_csv(sys.argv[1])
for name, make, repeats in (("BGNBD", BetaGeoFitter, 3), ("ParetoNBD", ParetoNBDFitter, 1)):
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        model = make().fit(X["frequency"], X["recency"], X["T"])
        seconds.append(time.perf_counter() - start)
    print(json.dumps([name, min(seconds), {k: float(v) for k, v in model.params_.items()}]))
"""
PYMC = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import numpy as np
import pandas as pd
from pymc_marketing.clv import BetaGeoModel
X = pd.read_csv(sys.argv[1])
X["customer_id"] = np.arange(len(X))
start = time.perf_counter()
model = BetaGeoModel(data=X)
model.fit(method="map", progressbar=False)
seconds = time.perf_counter() - start
fit = model.fit_result if hasattr(model, "fit_result") else model.idata.posterior
print(json.dumps(["BGNBD", seconds, {k: float(np.ravel(fit[k])[0]) for k in ("r", "alpha", "a", "b")}]))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=10_000_000)
    parser.add_argument("--grid", choices=["days", "moments"], default="days")
    parser.add_argument("--lifetimes", help="an interpreter that has lifetimes 0.11.3")
    parser.add_argument("--pymc", help="an interpreter that has pymc-marketing")
    options = parser.parse_args()
    X = cdnow_master()
    ours = fit_times(X)
    for name, (seconds, params) in ours.items():
        report(f"goodwill {name}: {seconds:.3f} s  {params}")
    for peer, interpreter, script in (
        ("lifetimes", options.lifetimes, LIFETIMES),
        ("pymc-marketing", options.pymc, PYMC),
    ):
        if interpreter:
            compare(peer, run_peer(interpreter, script, X), ours)
    for line in in_own_process(options.customers, options.grid):
        report(line)


def cdnow_master() -> pd.DataFrame:
    """Return 23,570 histories in weeks from the first purchase day to 1997-09-30."""
    orders = pd.read_parquet(Path(os.environ["GOODWILL_DATA"]) / "cdnow" / "cdnow_master.parquet")
    days = orders[orders.date <= LAST_DAY].groupby(["customer_id", "date"]).amount.sum().reset_index()
    by_customer = days.groupby("customer_id")
    first, last, n_days = by_customer.date.min(), by_customer.date.max(), by_customer.size()
    repeat_spend = by_customer.amount.sum() - days.sort_values("date").groupby("customer_id").amount.first()
    return pd.DataFrame(
        {
            "frequency": n_days - 1.0,
            "recency": (last - first).dt.days / 7,
            "T": (LAST_DAY - first).dt.days / 7,
            "monetary_value": (repeat_spend / (n_days - 1)).fillna(0.0),
        }
    ).reset_index(drop=True)


def fit_times(X: pd.DataFrame) -> dict[str, tuple[float, dict[str, float]]]:
    """Return the best of five fits of each model, and its parameters."""
    found = {}
    paying = X[(X.frequency == 0) | (X.monetary_value > 0)]
    for model, histories in ((BGNBD(), X), (MBGNBD(), X), (ParetoNBD(), X), (GammaGamma(), paying)):
        seconds = []
        for _ in range(5):
            start = time.perf_counter()
            model.fit(histories)
            seconds.append(time.perf_counter() - start)
        found[type(model).__name__] = (min(seconds), rounded(model.params_))
    return found


def run_peer(interpreter: str, script: str, X: pd.DataFrame) -> list[tuple[str, float, dict[str, float]]]:
    """Return what another interpreter measured on the same histories."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "histories.csv"
        X.to_csv(path, index=False)
        answer = subprocess.run(
            [interpreter, "-c", script, str(path)], check=True, capture_output=True, text=True
        )
    return [json.loads(line) for line in answer.stdout.splitlines() if line.startswith("[")]


def compare(
    peer: str,
    theirs: list[tuple[str, float, dict[str, float]]],
    ours: dict[str, tuple[float, dict[str, float]]],
) -> None:
    """Print the peer's times beside ours."""
    for name, seconds, params in theirs:
        ratio = seconds / ours[name][0]
        report(f"{peer} {name}: {seconds:.2f} s, goodwill is {ratio:.0f} times faster  {rounded(params)}")


def in_own_process(n_customers: int, grid: str) -> list[str]:
    """Return the lines of `many` from a fresh process, so that its peak memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(many, (n_customers, grid))


def many(n_customers: int, grid: str) -> list[str]:
    """Fit and predict BG/NBD for simulated customers whose times fall on whole days, or on any moment."""
    world = BGNBD.from_params(r=0.25, alpha=30.0, a=0.8, b=2.4)
    ages = np.random.default_rng(0).uniform(30, 730, n_customers)
    X = world.simulate(n=n_customers, T=np.ceil(ages) if grid == "days" else ages, seed=1)
    X = X[["frequency", "recency", "T"]].assign(recency=np.ceil(X.recency) if grid == "days" else X.recency)
    model = BGNBD()
    fit = clocked(lambda: model.fit(X))
    expected = clocked(lambda: model.expected_purchases(X, t=90.0))
    silent = clocked(lambda: model.p_no_purchase(X, t=90.0))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return [
        f"{n_customers:,} customers on {grid}: {model.message_}  {rounded(model.params_)}",
        f"fit {fit} (at most 30 s)",
        f"expected_purchases {expected}, p_no_purchase {silent} (at most 20 s together)",
        f"peak memory {peak:.2f} GiB, simulation included (at most 4)",
    ]


def clocked(work: Callable[[], object]) -> str:
    """Return the seconds that `work` took, and those of the processor, which a busy machine leaves alone."""
    start, processor = time.perf_counter(), time.process_time()
    work()
    return f"{time.perf_counter() - start:.1f} s (processor {time.process_time() - processor:.1f} s)"


def rounded(params: dict[str, float]) -> dict[str, float]:
    """Return parameters to three digits after the point."""
    return {name: round(value, 3) for name, value in params.items()}


def report(line: str) -> None:
    """Print a line at once."""
    print(line, flush=True)  # noqa: T201 - a script's answer


if __name__ == "__main__":
    main()
