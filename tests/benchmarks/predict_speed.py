"""Scoring from ready features beside the bare XGBoost predictions it contains: rows per second of each.

The bare predictions are those of the same trees on the same columns, ready in memory as XGBoost reads them
fastest (float32, row by row, no copy), in the same blocks and threads. Prints the share of their speed that
the whole result keeps (at least .60): probabilities, values, intervals, lifetime and segment.

    python tests/benchmarks/predict_speed.py [--customers 20000] [--rows 300000] [--repeats 5]
"""

import argparse
import json
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

import goodwill as gw
from goodwill.features.columns import Columns
from goodwill.modeling.ratio_quantiles import design_of
from goodwill.predictor import CustomerValuePredictor
from goodwill.predictor.blocks import in_blocks

AS_OF, HORIZON_DAYS = "2025-01-01", 180
Work = Callable[[], object]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=20_000)
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    predictor, X = fitted(options.customers, options.rows)
    whole, bare = (lambda: predictor.predict(X)), bare_of(predictor, X)
    seconds = [(timed(whole), timed(bare)) for _ in range(options.repeats)]
    best = [tuple(min(pair[i][kind] for pair in seconds) for kind in (0, 1)) for i in (0, 1)]
    found = {
        "rows": len(X),
        "rows_per_second": round(len(X) / best[0][0]),
        "bare_rows_per_second": round(len(X) / best[1][0]),
        "share_of_bare": round(best[1][0] / best[0][0], 3),
        "share_of_bare_by_processor_time": round(best[1][1] / best[0][1], 3),
    }
    sys.stdout.write(json.dumps(found) + "\n")


def fitted(customers: int, rows: int) -> tuple[CustomerValuePredictor, pd.DataFrame]:
    """Return a stored and loaded predictor, and features of as many rows, customers repeated."""
    tables = gw.simulate(customers=customers, seed=0)
    train = gw.snapshots(tables, until=AS_OF, horizon_days=HORIZON_DAYS)
    trained = CustomerValuePredictor().fit(train)
    described, files = trained.documents()
    X = train.scored.now
    X = pd.concat([X] * (rows // len(X) + 1), ignore_index=True).head(rows)
    return CustomerValuePredictor.restored(json.loads(json.dumps(described)), files), X


def bare_of(predictor: CustomerValuePredictor, X: pd.DataFrame) -> Work:
    """Return the predictions of all trees, and nothing else, on designs made beforehand."""
    model, quantiles = predictor.model_.learned, predictor.intervals_.quantiles_
    X = predictor.inputs_.completed(X)

    def designs(part: Columns) -> list[tuple[object, np.ndarray]]:
        said = model.predict(part)
        told = design_of(part, said)
        ready: list[tuple[object, np.ndarray]] = [(quantiles, np.ascontiguousarray(told))]
        rows = model._columns.rows_over(part, [1.0, 0.5])  # noqa: SLF001 - as above
        for name, booster in model.boosters_.by_name.items():
            cells = (rows.full if "full" in name else rows.plain).matrix
            ready.append((booster.trees, np.ascontiguousarray(cells)))
        return ready

    blocks = in_blocks(designs, X)
    index = pd.DataFrame({"row": np.arange(len(X))})

    def predicted(part: pd.DataFrame) -> None:
        for trees, cells in blocks[int(part["row"].iloc[0]) // len(blocks[0][0][1])]:
            trees.inplace_predict(cells, predict_type="margin")

    return lambda: in_blocks(predicted, index)


def timed(work: Work) -> tuple[float, float]:
    """Return seconds by the clock and of the processors."""
    start, start_cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - start_cpu


if __name__ == "__main__":
    main()
