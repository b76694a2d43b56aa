"""Kill training and scoring at random moments, and look for anything half-written that passes for whole.

Run: python tests/benchmarks/kill_study.py [KILLS] [FOLDER] [SEED]

A job is started on a simulated shop and killed (SIGKILL) after a random part of the time it takes. After each
kill every manifest that `output/predictor`, `output/runs/*/predictor` and the registry offer must match its
hashes, every scores file must be readable with one row for each of the customers whom the first scoring had,
and no lock may be held. At the end a whole training and a whole scoring must succeed. Exit status 1 where
anything fails. Few dates and trees are learned from, so that many of the moments fall into the writing.
"""

import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import yaml

from goodwill import tracking
from goodwill.artefacts import read_directory
from goodwill.errors import GoodwillError
from goodwill.files import locked
from goodwill.pipeline.start import write_tables

CUSTOMERS = 120
JOB = """
from goodwill.cli import main
from goodwill.features import windows
from goodwill.modeling import boosting

windows.MAX_DATES, boosting.TREES = 2, 10
main()
"""


def main(kills: int, folder: Path, seed: int) -> int:
    """Kill, look, and say what was found."""
    config = prepared(folder)
    seconds = {job: timed(job, config) for job in ("train", "score")}
    customers = ids(folder / "out/scores.parquet")
    chance = random.Random(seed)  # noqa: S311 - moments, not secrets
    faults: list[str] = []
    n_killed = {"train": 0, "score": 0}
    for n in range(kills):
        job = ("train", "score")[n % 2]
        n_killed[job] += killed(job, config, chance.uniform(0.02, 1.0) * seconds[job])
        faults += [f"kill {n} of {job}: {fault}" for fault in looked(folder, customers)]
        sys.stderr.write(f"{n + 1} of {kills}: killed {n_killed}, {len(faults)} faults\n")
    ends = {job: run(job, config).wait() for job in ("train", "score")}
    faults += looked(folder, customers)
    found = {"seconds": seconds, "killed": n_killed, "customers": len(customers), "faults": faults}
    found["status_after"] = ends
    sys.stdout.write(json.dumps(found, indent=2) + "\n")
    return int(bool(faults) or ends["train"] > 1 or ends["score"] != 0)


def prepared(folder: Path) -> Path:
    """Write a shop and its config."""
    write_tables(folder / "data", customers=CUSTOMERS, seed=0)
    sections = {
        "name": "killed",
        "tables": {"transactions": {"source": str(folder / "data/transactions.parquet")}},
        "snapshot": {"as_of": "2025-01-01", "horizon_days": 90},
        "tuning": {"trials": 1},
        "output": str(folder / "out"),
        "tracking": {"uri": f"sqlite:///{folder}/store/mlflow.db"},
    }
    (folder / "killed.yaml").write_text(yaml.safe_dump(sections))
    return folder / "killed.yaml"


def run(job: str, config: Path) -> subprocess.Popen[bytes]:
    """Start a job."""
    words = [sys.executable, "-c", JOB, job, str(config), "--quiet"]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def timed(job: str, config: Path) -> float:
    """Return the seconds a whole job takes."""
    began = time.monotonic()
    run(job, config).wait()
    return time.monotonic() - began


def killed(job: str, config: Path, after_seconds: float) -> bool:
    """Start a job and kill it; False where it had ended before."""
    process = run(job, config)
    try:
        process.wait(after_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
    return process.wait() == -signal.SIGKILL


def ids(scores: Path) -> list[str]:
    """Return whom a scores file holds, as often as it does."""
    return sorted(pd.read_parquet(scores, columns=["customer_id"])["customer_id"])


def looked(folder: Path, customers: list[str]) -> list[str]:
    """Return what a reader would take for whole and is not."""
    faults = []
    output = folder / "out"
    for predictor in [output / "predictor", *output.glob("runs/*/predictor"), *registered(folder)]:
        try:
            read_directory(predictor)
        except GoodwillError as error:
            faults.append(str(error))
    kept = [output / "scores.parquet", *output.glob("scores/*/*/scores.parquet")]
    faults += [f"{place}: rows lost or doubled" for place in kept if ids(place) != customers]
    json.loads((output / "metrics.json").read_text(encoding="utf-8"))
    with locked(output):
        return faults


def registered(folder: Path) -> list[Path]:
    """Return the predictor behind each alias."""
    uri = f"sqlite:///{folder}/store/mlflow.db"
    return [tracking.find(uri, "models:/killed@challenger").directory]


if __name__ == "__main__":
    n_kills = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    place = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.mkdtemp())
    sys.exit(main(n_kills, place.absolute(), int(sys.argv[3]) if len(sys.argv) > 3 else 0))
