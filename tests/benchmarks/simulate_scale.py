"""Time and peak memory of `write_simulation` by the number of transactions.

Run ``python tests/benchmarks/simulate_scale.py`` for 1 and 10 million rows, with ``--big`` for 100 million.
Each size runs in a process of its own, so that peaks do not mix. Every table of the quickstart's shop is
written: transactions, customers, interactions, contact rules, products and the truth.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from goodwill.data.simulate import write_simulation

ROWS_PER_CUSTOMER = 12.3
SIZES = (1_000_000, 10_000_000)
BIG = 100_000_000


def measure(n_transactions: int, folder: Path) -> dict[str, float]:
    """Write about so many transactions and return what it took."""
    begin, cpu_begin = time.perf_counter(), time.process_time()
    rows = write_simulation(folder / "world", customers=round(n_transactions / ROWS_PER_CUSTOMER))
    seconds = time.perf_counter() - begin
    cpu = time.process_time() - cpu_begin
    return {
        "transactions": rows["transactions"],
        "rows": sum(rows.values()),
        "seconds": round(seconds, 1),
        "cpu_seconds": round(cpu, 1),
        "transactions_per_cpu_second": round(rows["transactions"] / cpu),
        "peak_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "disk_mib": round(sum(f.stat().st_size for f in folder.rglob("*.parquet")) / 2**20),
    }


def main() -> None:
    """Measure each size in a fresh process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--big", action="store_true", help="100 million transactions too")
    parser.add_argument("--one", type=int, help="measure this many transactions here, and print JSON")
    arguments = parser.parse_args()
    if arguments.one:
        with tempfile.TemporaryDirectory() as folder:
            sys.stdout.write(json.dumps(measure(arguments.one, Path(folder))) + "\n")
        return
    for size in (*SIZES, BIG) if arguments.big else SIZES:
        subprocess.run([sys.executable, __file__, "--one", str(size)], check=True)


if __name__ == "__main__":
    main()
