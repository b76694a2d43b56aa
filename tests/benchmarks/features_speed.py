"""Features of 10 million orders of a million customers, against the same columns in hand-written SQL.

Both run in the same embedded engine; the SQL stands in `features_speed.sql`. Prints the ratio of the best
times of each, and of the best processor times, which a busy machine leaves as they are (at most 1.2), and the
peak memory of computing the features alone (at most 4 GiB).

    python tests/benchmarks/features_speed.py [--orders 10000000] [--repeats 3]
"""

import argparse
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from goodwill.data.tables import Tables
from goodwill.engine import connect, to_frame
from goodwill.features.population import features

AS_OF = date(2024, 1, 1)
SQL = Path(__file__).with_suffix(".sql")
DAYS = 730


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=10_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.parquet"
        write_orders(path, options.orders)
        peak = peak_gib(path)
        both = compare(path, options.repeats)
    for clock, (ours, by_hand) in zip(("wall", "processor"), both, strict=True):
        told = f"features {ours:.1f} s, hand-written SQL {by_hand:.1f} s, ratio {ours / by_hand:.2f}"
        print(f"{clock} time: {told} (at most 1.2)")  # noqa: T201 - a script's answer
    print(f"peak memory {peak:.2f} GiB (at most 4)")  # noqa: T201 - a script's answer


def write_orders(path: Path, n_orders: int) -> None:
    """Write orders of `n_orders / 10` customers over two years, in no order, 3 % of them refunds."""
    draw = np.random.default_rng(0)
    n_customers = max(n_orders // 10, 1)
    rate = draw.gamma(0.8, 1.0, n_customers)
    product = draw.integers(0, 2_000, n_orders)
    seconds = draw.integers(0, DAYS * 86_400, n_orders).astype("timedelta64[s]")
    amount = np.round(draw.lognormal(3, 1, n_orders), 2) * np.where(draw.random(n_orders) < 0.03, -1, 1)
    orders = pa.table(
        {
            "customer_id": names("{:07d}", n_customers).take(
                pa.array(draw.choice(n_customers, n_orders, p=rate / rate.sum()))
            ),
            "time": (np.datetime64(AS_OF, "us") - np.timedelta64(DAYS, "D")) + seconds,
            "amount": amount,
            "quantity": draw.integers(1, 6, n_orders).astype("float64"),
            "product_id": names("p{:04d}", 2_000).take(pa.array(product)),
            "category": names("c{:02d}", 20).take(pa.array(product % 20)),
            "channel": pa.array(["web", "shop", "app"]).take(pa.array(draw.integers(0, 3, n_orders))),
        }
    )
    pq.write_table(orders, path, row_group_size=200_000)


def names(pattern: str, n: int) -> pa.Array:
    return pa.array([pattern.format(number) for number in range(n)])


def compare(path: Path, repeats: int) -> list[tuple[float, float]]:
    """Return the best seconds of the features and of the SQL, by the clock and of the processor.

    They run by turns, after the results were compared.
    """
    engine = connect()
    engine.con.execute("SET enable_progress_bar = false")
    orders = engine.read_parquet(path, table_name="orders")
    expression = features(Tables(transactions=orders).before(AS_OF))
    query = SQL.read_text(encoding="utf-8")
    ours = expression.to_pyarrow
    by_hand = lambda: engine.con.sql(query).to_arrow_table()  # noqa: E731 - a pair of calls to time
    same_frames(ours().to_pandas(), by_hand().to_pandas())
    seconds = np.array([(timed(ours), timed(by_hand)) for _ in range(repeats)])
    return [tuple(pair) for pair in seconds.min(axis=0).T.tolist()]


def timed(run: Callable[[], pa.Table]) -> tuple[float, float]:
    start, spent = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - start, time.process_time() - spent


def same_frames(ours: pd.DataFrame, by_hand: pd.DataFrame) -> None:
    frames = (frame.sort_values("customer_id", ignore_index=True) for frame in (ours, by_hand[ours.columns]))
    pd.testing.assert_frame_equal(*frames, check_dtype=False, rtol=1e-9)


def peak_gib(path: Path) -> float:
    """Return the peak memory of a process of its own that computes the features."""
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(1) as pool:
        return pool.apply(compute, (path,))


def compute(path: Path) -> float:
    engine = connect(memory_limit="3GB", spill_dir=path.parent)
    to_frame(features(Tables(transactions=engine.read_parquet(path)).before(AS_OF)))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    main()
