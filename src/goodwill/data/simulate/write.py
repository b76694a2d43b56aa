"""Simulations as data frames, and as Parquet files of any size."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from goodwill.data.simulate.chunks import Drawn, draw
from goodwill.data.simulate.columns import decoded
from goodwill.data.simulate.world import World
from goodwill.errors import OutsideError, UsageError

TRUTH = "truth"


@dataclass(frozen=True)
class Simulated:
    """A simulated world.

    Parameters
    ----------
    tables : frames by table name, with the columns of the contracts in `goodwill.data.contracts`.
    truth : what only the simulator knows: `world`, `customers` and, where switched on, `contracts`,
        `treatments`, `surveys`, `kano`, `comments`.
    """

    tables: dict[str, pd.DataFrame]
    truth: dict[str, pd.DataFrame]


def simulate_frames(*, customers: int, seed: int = 0, world: World | None = None) -> Simulated:
    """Simulate a world and return it as data frames.

    Parameters
    ----------
    customers : how many customers join, prospects included.
    seed : same seed, same data.
    world : what the world is like; None is the shop of the quickstart.

    Examples
    --------
    >>> simulated = simulate_frames(customers=3, seed=1)
    >>> simulated.tables["customers"]["customer_id"].tolist()
    ['C0000000', 'C0000001', 'C0000002']
    >>> simulate_frames(customers=0)
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: customers: 0 is no whole number from 1 up. Give one.
    """
    tables: dict[str, list[pa.Table]] = {}
    truth: dict[str, list[pa.Table]] = {}
    for drawn in draw(customers=customers, seed=seed, world=world or World()):
        for parts, found in ((tables, drawn.tables), (truth, drawn.truth)):
            for name, table in found.items():
                parts.setdefault(name, []).append(decoded(table))
    return Simulated(_frames(tables), _frames(truth))


def _frames(parts: dict[str, list[pa.Table]]) -> dict[str, pd.DataFrame]:
    return {name: pa.concat_tables(tables).to_pandas() for name, tables in parts.items()}


def write_simulation(
    out: Path,
    *,
    customers: int,
    seed: int = 0,
    world: World | None = None,
    progress: Callable[[int], None] | None = None,
) -> dict[str, int]:
    """Simulate a world into `out/NAME.parquet` per table and `out/truth/NAME.parquet`.

    Memory is bounded by one chunk of customers, whatever their number. The folder appears whole or not at
    all; a former simulation there is replaced, any other folder with files in it is refused.

    Parameters
    ----------
    out : the folder to make. customers, seed, world : as in `simulate_frames`.
    progress : called after each chunk with the number of customers written so far.

    Returns
    -------
    The number of rows of each table, `truth/NAME` for the truth's.
    """
    if out.exists() and not _is_replaceable(out):
        message = f"{out} exists and holds no simulation. Name a new folder, or empty this one."
        raise UsageError(message)
    partial = out.with_name(f".{out.name}.partial-{os.getpid()}")
    try:
        rows = _write(partial, draw(customers=customers, seed=seed, world=world or World()), progress)
        _put_in_place(partial, out)
    except OSError as error:
        message = (
            f"The simulation could not be written to {out}: {error}. Free the disk or name another folder."
        )
        raise OutsideError(message) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return rows


def _is_replaceable(out: Path) -> bool:
    return out.is_dir() and (not any(out.iterdir()) or (out / TRUTH / "world.parquet").is_file())


def _write(folder: Path, drawn: Iterator[Drawn], progress: Callable[[int], None] | None) -> dict[str, int]:
    (folder / TRUTH).mkdir(parents=True)
    rows: dict[str, int] = {}
    with ExitStack() as stack:
        writers: dict[str, pq.ParquetWriter] = {}
        for part in drawn:
            named = part.tables | {f"{TRUTH}/{name}": table for name, table in part.truth.items()}
            for name, table in named.items():
                if name not in writers:
                    writers[name] = stack.enter_context(_writer(folder / f"{name}.parquet", table.schema))
                writers[name].write_table(table)
                rows[name] = rows.get(name, 0) + len(table)
            if progress and "customers" in part.tables:
                progress(rows["customers"])
    return rows


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    coded = [field.name for field in schema if pa.types.is_dictionary(field.type)]
    # Without the Arrow schema, coded columns are read back as the text they stand for. Looking for repeated
    # numbers costs more than it saves.
    return pq.ParquetWriter(path, schema, store_schema=False, use_dictionary=coded, compression="zstd")


def _put_in_place(partial: Path, out: Path) -> None:
    former = out.with_name(f".{out.name}.former-{os.getpid()}")
    if out.exists():
        out.rename(former)
    partial.rename(out)
    shutil.rmtree(former, ignore_errors=True)
