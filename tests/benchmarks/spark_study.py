"""Scores of Spark on this machine beside those of the embedded engine: equal, and how long each takes.

    python tests/benchmarks/spark_study.py [--orders 10000000] [--folder DIR]

Uses the shop, config and predictor of `scale_study.py`. Prints the seconds of each engine and the largest
relative difference of any score of any customer (at most 1e-6).
"""

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
from scale_study import ROWS_PER_CUSTOMER, train, write_config

from goodwill.config import read_config
from goodwill.data.simulate import write_simulation
from goodwill.pipeline.score import Request, score_customers
from goodwill.predictor import PREDICTED

ENGINES = ("duckdb", "spark:local[2]")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=10_000_000)
    parser.add_argument("--folder", type=Path, help="where the shop is kept; a temporary folder when absent")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.folder or Path(temporary)).resolve()
        data = folder / f"shop_{options.orders}"
        if not data.exists():
            write_simulation(data, customers=round(options.orders / ROWS_PER_CUSTOMER))
        if not (folder / "predictor").exists():
            train(folder / "predictor")
        config, seconds = write_config(folder, data), {}
        frames = []
        for engine in ENGINES:
            start, output = time.perf_counter(), folder / "out" / engine.replace(":", "_")
            wanted = read_config(config, [f"engine={engine}", f"output={output}"])
            score_customers(wanted, Request(model=str(folder / "predictor")))
            seconds[engine] = round(time.perf_counter() - start, 1)
            frames.append(pd.read_parquet(output / "scores.parquet").sort_values("customer_id"))
    ours, spark = (frame[list(PREDICTED)].to_numpy(float) for frame in frames)
    gap = pd.Series((abs(ours - spark) / (1e-9 + abs(ours))).ravel()).max()
    found = {"orders": options.orders, "customers": len(ours), "seconds": seconds, "largest_gap": gap}
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
