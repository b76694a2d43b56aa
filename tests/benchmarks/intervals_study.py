"""How honest the intervals are: on real tables, on their own other windows, and in simulated worlds.

Run ``python tests/benchmarks/intervals_study.py [NAME …]``; the real tables need GOODWILL_DATA. Rows marked
"shown" were looked at last, to report; everything was chosen on the others.

`crude` is the interval score of [0, 3 × clv], `by_decile` that of the training quantiles per tenth of the
predicted value. The target of coverage is max(0.8, share of zeros), per tenth of the predicted value. `pit`
is the share whose randomised probability integral transform lies in the central 80 %.
"""

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill import engine as engines
from goodwill.config import read_config
from goodwill.data.contracts import CONTRACTS
from goodwill.data.mapping import map_table
from goodwill.data.simulate import read_worlds, simulate_frames
from goodwill.data.tables import Tables
from goodwill.evaluation.metrics import clv_metrics
from goodwill.features.snapshot import Snapshot, snapshot, snapshots
from goodwill.modeling.customer_value import CustomerValueModel
from goodwill.modeling.intervals import OutOfSample, ValueIntervals, out_of_sample
from goodwill.modeling.season_clock import SeasonClock
from goodwill.pipeline.tables import open_tables

F = NDArray[np.float64]
ROOT = Path(__file__).parents[2]
LEVEL = 0.8
WINDOWS = {
    "cdnow": ["1997-12-01 120", "1998-02-01 120", "1997-10-01 273 shown", "1998-01-01 181 shown"],
    "online_retail": ["2011-07-01 90", "2011-09-10 90 shown"],
}
AMOUNT = {"cdnow": "amount", "online_retail": "Quantity * UnitPrice"}
WORLDS = {
    "quickstart": 180,
    "grocery": 180,
    "heavy_tail": 180,
    "gift": 180,
    "drift": 180,
    "short_history": 60,
}


@dataclass(frozen=True)
class Study:
    """One window: what to learn from, what came after, and the tables that hold both."""

    name: str
    train: Snapshot
    test: Snapshot
    tables: Tables


def main(*names: str) -> None:
    """Print a line per window, as soon as it is measured."""
    for study in chain(real_windows(names), worlds(names)):
        found = "  ".join(f"{key} {value:.3f}" for key, value in measured(study).items())
        sys.stdout.write(f"{study.name:32} {found}\n")
        sys.stdout.flush()


def real_windows(names: tuple[str, ...]) -> Iterator[Study]:
    """Return the windows of the real tables, purchases only, as the published numbers count them."""
    for name, windows in WINDOWS.items() if "GOODWILL_DATA" in os.environ else ():
        if names and name not in names:
            continue
        only_purchases = [f"tables.transactions.where='{AMOUNT[name]} > 0'"]
        tables = open_tables(read_config(ROOT / "configs" / f"{name}.yaml", only_purchases)).tables
        for window in windows:
            as_of, horizon_days, *shown = window.split()
            yield studied(tables, " ".join([name, as_of, *shown]), as_of, int(horizon_days))


def worlds(names: tuple[str, ...]) -> Iterator[Study]:
    """Return the last window of each simulated world."""
    for name, horizon_days in WORLDS.items():
        if names and name not in names:
            continue
        named = read_worlds(ROOT / "tests" / "worlds.yaml")[name]
        frames = simulate_frames(customers=named.customers, seed=named.seed, world=named.world).tables
        engine = engines.connect()
        mapped = {
            table: map_table(engines.in_memory(frames[table], engine, table), CONTRACTS[table])[0]
            for table in ("transactions", "products")
        }
        as_of = named.world.start + timedelta(days=named.world.days - horizon_days)
        yield studied(Tables(**mapped), name, as_of.isoformat(), horizon_days)


def studied(tables: Tables, name: str, as_of: str, horizon_days: int) -> Study:
    """Return what was known before a day, and what came after."""
    train = snapshots(tables, until=as_of, horizon_days=horizon_days)
    return Study(name, train, snapshot(tables, as_of=as_of, horizon_days=horizon_days), tables)


def measured(study: Study) -> dict[str, float]:
    """Fit the model and its intervals on the past, and judge them on what came after."""
    train, test, now = study.train.scored, study.test.scored, study.test.scored.X
    clock = SeasonClock.fit(study.train.calendar)
    model = CustomerValueModel(clock=clock).fit(train.X, train.y, now)
    said = out_of_sample(lambda: CustomerValueModel(clock=clock), train.X, train.y, now)
    began = time.perf_counter()
    intervals = ValueIntervals().fit(train.X, train.y, said)
    seconds = time.perf_counter() - began
    predicted, value = model.predict(test.X), test.y["value"].to_numpy(float)
    low, high = intervals.bounds(test.X, predicted, LEVEL)
    pit = intervals.distribution(test.X, predicted).pit(value)
    own = clv_metrics(value, predicted.clv, low, high, LEVEL)
    return {
        **{name: own[name] or 0.0 for name in ("bias", "rmse", "interval_score", "coverage")},
        **({} if clock is None else _by_calendar(train, test)),
        "crude": score(value, np.zeros(len(value)), np.maximum(3 * predicted.clv, 0.0)),
        "by_decile": _by_decile(study, said, predicted.clv),
        **_coverage_errors(value, predicted.clv, (value >= low) & (value <= high)),
        "pit": float(np.mean(np.abs(pit - 0.5) < LEVEL / 2)),
        **_coverage_by_stage(test.X, (value >= low) & (value <= high)),
        "drift_share": intervals.drift_share_,
        "fit_seconds": seconds,
    }


def _by_calendar(train: Snapshot, test: Snapshot) -> dict[str, float]:
    """Judge the same model without the clock of the season."""
    said = CustomerValueModel().fit(train.X, train.y, test.X).predict(test.X)
    found = clv_metrics(test.y["value"], said.clv)
    return {f"{name}_without_clock": found[name] or 0.0 for name in ("bias", "rmse")}


def tenths_of(clv: F) -> NDArray[np.intp]:
    """Return the tenth of the predicted value that each customer is in."""
    return np.asarray(pd.qcut(pd.Series(clv).rank(method="first"), 10, labels=False))


def _coverage_errors(value: F, clv: F, inside: NDArray[np.bool_]) -> dict[str, float]:
    rows = pd.DataFrame({"inside": inside, "zero": value == 0}).groupby(tenths_of(clv)).mean()
    gaps = rows["inside"] - rows["zero"].clip(lower=LEVEL)
    return {"error": abs(gaps.mean()), "error_tenth": gaps.abs().max()}


def _coverage_by_stage(X: pd.DataFrame, inside: NDArray[np.bool_]) -> dict[str, float]:
    stage = pd.cut(X["n_order_days"], [0, 1, 3, np.inf], labels=["one", "few", "many"])
    return {f"orders_{name}": inside[stage == name].mean() for name in stage.cat.categories}


def score(value: F, low: F, high: F) -> float:
    """Return the mean interval score."""
    return clv_metrics(value, high, low, high, LEVEL)["interval_score"] or 0.0


def _by_decile(study: Study, said: OutOfSample, clv: F) -> float:
    """Judge the plain alternative: quantiles of what customers of like predicted value brought."""
    value = study.train.scored.y["value"].to_numpy(float)[said.rows]
    tenths = pd.Series(value).groupby(tenths_of(said.clv))
    low, high = (tenths.quantile(p).to_numpy()[tenths_of(clv)] for p in (0.1, 0.9))
    return score(study.test.scored.y["value"].to_numpy(float), low, high)


if __name__ == "__main__":
    main(*sys.argv[1:])
