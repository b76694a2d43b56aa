"""Before there is a model: a config for your files, or the tables of a simulated shop."""

from collections.abc import Sequence
from pathlib import Path

import yaml

from goodwill import engine as engines
from goodwill.data.contracts import CONTRACTS
from goodwill.data.guess import guess_config
from goodwill.data.mapping import map_table
from goodwill.data.simulate import simulate_frames, write_simulation
from goodwill.data.tables import Tables
from goodwill.errors import UsageError
from goodwill.files import write_bytes
from goodwill.pipeline.outcome import Outcome, Progress, Sheet, silent


def simulate(*, customers: int, seed: int = 0) -> Tables:
    """Return the tables of a simulated shop: orders, customers, products, interactions and more.

    Parameters
    ----------
    customers : number of customers.
    seed : same seed, same tables.

    Examples
    --------
    >>> simulate(customers=50, seed=1).transactions.count().execute() > 50
    True
    """
    engine = engines.connect()
    frames = simulate_frames(customers=customers, seed=seed).tables
    mapped = {
        name: map_table(engines.in_memory(frame, engine, name), CONTRACTS[name])[0]
        for name, frame in frames.items()
    }
    attributes = tuple(
        name for name in ("acquisition_channel", "branch_id") if name in frames["customers"].columns
    )
    return Tables(**mapped, known_at_signup=attributes)


def write_config(
    files: Sequence[Path], *, out: Path | None = None, replace: bool = False, columns: Sequence[str] = ()
) -> Outcome:
    """Guess a config from data files and write it, by default to `configs/NAME.yaml`.

    Parameters
    ----------
    columns : what is known of columns, each as OURS=THEIRS, such as "churn=Exited".

    Raises
    ------
    UsageError
        If the file exists and is not to be replaced, nothing in the data looks like a main table, or
        `columns` names a column that is not there.
    """
    said = list(map(_pair, columns))
    text = (
        guess_config(files, said=said) if out is None else guess_config(files, otherwise=out.stem, said=said)
    )
    guessed = yaml.safe_load(text)
    place = Path("configs", f"{guessed['name']}.yaml") if out is None else out
    if place.exists() and not replace:
        raise UsageError(f"{place} exists. Name another with --out, or replace it with --force.")
    write_bytes(place, text.encode())
    command = "survey" if "surveys" in guessed else "check"
    steps = [f"Wrote {place}:", "", text, f"Read it through, then run: goodwill {command} {place}"]
    return Outcome({"config": str(place)}, notes=steps)


def _pair(text: str) -> tuple[str, str]:
    ours, sign, theirs = text.partition("=")
    if not (sign and ours.strip() and theirs.strip()):
        raise UsageError(f"--column {text}: expected OURS=THEIRS, such as churn=Exited.")
    return ours.strip(), theirs.strip()


def write_tables(out: Path, *, customers: int, seed: int = 0, progress: Progress = silent) -> Outcome:
    """Write the tables of a simulated shop, with the truth in `out/truth/`."""
    step = "Simulating customers"
    progress(step, 0, customers)
    rows = write_simulation(
        out, customers=customers, seed=seed, progress=lambda done: progress(step, done, customers)
    )
    sheet = Sheet(f"Tables in {out}", ("table", "rows"), [(name, f"{n:,}") for name, n in rows.items()])
    return Outcome({"out": str(out), "rows": rows}, [sheet])
