"""Scoring simulated orders end to end: read, features, churn, value, interval, segment, classes, write.

    python tests/benchmarks/scale_study.py [--orders 1000000] [--orders 10000000] [--folder DIR]

A small shop of the same kind trains the model. Each size is written once (into the folder) and scored by
`goodwill score` in a process of its own, with a memory limit of 4 GB for the engine. Prints seconds by the
clock and of the processors, peak memory, and the growth from size to size over linear (at most 1.2).
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

import goodwill as gw
from goodwill.data.simulate import write_simulation

ROWS_PER_CUSTOMER, AS_OF, HORIZON_DAYS = 12.3, "2025-01-01", 180
SIZES = [1_000_000, 10_000_000]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, action="append", help="a size; again for several")
    parser.add_argument(
        "--folder", type=Path, help="where the shops are kept; a temporary folder when absent"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (options.folder or Path(temporary)).resolve()
        predictor = folder / "predictor"
        if not predictor.exists():
            train(predictor)
        found = [measure(folder, size, predictor) for size in options.orders or SIZES]
    for one, former in zip(found, [None, *found], strict=False):
        growth = None if former is None else seconds_per_order(one) / seconds_per_order(former)
        told = one | ({} if growth is None else {"growth_over_linear": round(growth, 2)})
        sys.stdout.write(json.dumps(told) + "\n")


def train(place: Path) -> None:
    tables = gw.simulate(customers=6_000, seed=1)
    gw.CustomerValuePredictor().fit(gw.snapshots(tables, until=AS_OF, horizon_days=HORIZON_DAYS)).save(place)


def measure(folder: Path, size: int, predictor: Path) -> dict[str, float]:
    """Score one shop in a process of its own, and return what it took."""
    data = folder / f"shop_{size}"
    if not data.exists():
        write_simulation(data, customers=round(size / ROWS_PER_CUSTOMER))
    config = write_config(folder, data)
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    words = ["score", str(config), "--model", str(predictor), "--json"]
    command = [sys.executable, "-c", "from goodwill.cli import main; main()", *words]
    answer = subprocess.run(command, check=True, capture_output=True, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = json.loads(answer.stdout)
    return {
        "orders": size,
        "customers": told["customers"],
        "scored": told["status"]["scored"],
        "seconds": round(time.perf_counter() - start, 1),
        "processor_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
        "peak_gib": round(after.ru_maxrss / 2**20, 2),
    }


def write_config(folder: Path, data: Path) -> Path:
    sections = {
        "name": data.name,
        "tables": {
            "transactions": {"source": str(data / "transactions.parquet")},
            "customers": {
                "source": str(data / "customers.parquet"),
                "known_at_signup": ["acquisition_channel", "branch_id"],
            },
        },
        "snapshot": {"as_of": AS_OF, "horizon_days": HORIZON_DAYS},
        "engine_options": {"memory_limit": "4GB", "spill_dir": str(folder / "spill")},
        "score": {"reasons": "off"},
        "output": str(folder / "out" / data.name),
        "tracking": {"uri": f"sqlite:///{folder}/mlflow.db"},
    }
    place = folder / f"{data.name}.yaml"
    place.write_text(yaml.safe_dump(sections))
    return place


def seconds_per_order(found: dict[str, float]) -> float:
    return found["seconds"] / found["orders"]


if __name__ == "__main__":
    main()
