"""Before there is a model: a config for your files, or the tables of a simulated shop."""

from pathlib import Path

from goodwill import engine as engines
from goodwill.data.contracts import CONTRACTS
from goodwill.data.mapping import map_table
from goodwill.data.simulate import simulate_frames, write_simulation
from goodwill.data.tables import Tables
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


def write_tables(out: Path, *, customers: int, seed: int = 0, progress: Progress = silent) -> Outcome:
    """Write the tables of a simulated shop, with the truth in `out/truth/`."""
    step = "Simulating customers"
    progress(step, 0, customers)
    rows = write_simulation(
        out, customers=customers, seed=seed, progress=lambda done: progress(step, done, customers)
    )
    sheet = Sheet(f"Tables in {out}", ("table", "rows"), [(name, f"{n:,}") for name, n in rows.items()])
    return Outcome({"out": str(out), "rows": rows}, [sheet])
