"""Reading what is known of customers chunk by chunk, so that memory does not grow with their number."""

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import pandas as pd
from ibis.backends import BaseBackend
from ibis.expr import types as ir

from goodwill.data.tables import Past, Tables
from goodwill.drafts import is_alive
from goodwill.engine import EMBEDDED, fetch, part_of, split_by, to_frame
from goodwill.features.known import Known
from goodwill.features.population import everyone

CHUNK_CUSTOMERS = 400_000
SCRATCH, _CARRIED = ".chunks", "carried"


@dataclass(frozen=True)
class Chunk:
    """Some of the customers: what is known of them, and their rows of the columns that are carried along."""

    X: pd.DataFrame
    carried: pd.DataFrame | None = None


def known_in_chunks(
    tables: Tables, engine: BaseBackend, asked: Known, *, folder: Path, carried: ir.Table | None = None
) -> Iterator[Chunk]:
    """Yield what is known of the customers, some at a time and each customer once, to be scored.

    Up to `CHUNK_CUSTOMERS` are read at once. Beyond that the tables are split into files by the hash of the
    id, in one pass, and each part is read on its own; levels that become columns are those of all customers.
    With referrals, which join the values of many customers, and from a warehouse all are read at once.

    Parameters
    ----------
    folder : where the files are kept meanwhile; the engine must be allowed to write there.
    carried : `customer_id` and columns that are to stand beside the scores.

    Raises
    ------
    HistoryError
        If nobody was known before `asked.as_of`.
    """
    n_chunks = -(-count_customers(tables) // CHUNK_CUSTOMERS)
    if n_chunks <= 1 or tables.referrals is not None or engine.name != EMBEDDED:
        yield Chunk(asked.read(tables), None if carried is None else to_frame(carried))
        return
    n_customers = 0
    with _scratch(folder) as place:
        parts = Parts.split(tables.before(asked.as_of).tables, engine, place, n_chunks, carried)
        query = asked.query(parts.tables())
        for part in range(n_chunks):
            own = parts.turn_to(part)
            rows = to_frame(query)
            n_customers += len(rows)
            if len(rows):
                yield Chunk(asked.frame(rows), None if own is None else to_frame(own))
    asked.ensure_somebody(n_customers)


def count_customers(tables: Tables) -> int:
    """Return about how many customers the tables hold, without the time that an exact count takes."""
    names = [name for name in ("transactions", "contracts", "customers") if name in tables.present]
    ids = [tables.present[name].customer_id for name in names]
    counts = [fetch(one.approx_nunique().name("n").as_table())["n"][0].as_py() for one in ids]
    return max(map(int, counts), default=0)


def count_known(past: Past) -> int:
    """Return how many customers the tables know, exactly; features of as many must come of it."""
    return int(fetch(everyone(past).count().name("n").as_table())["n"][0].as_py())


@dataclass(frozen=True)
class Parts:
    """Tables split into files by the hash of the customer's id.

    Parameters
    ----------
    whole : the tables before the split.
    names : those that were split; the others are read whole with every part.
    """

    whole: Tables
    engine: BaseBackend
    folder: Path
    n_parts: int
    names: tuple[str, ...]

    @classmethod
    def split(
        cls, tables: Tables, engine: BaseBackend, folder: Path, n_parts: int, carried: ir.Table | None
    ) -> Self:
        """Write the files of every table whose rows belong to one customer each."""
        names = [name for name, table in tables.present.items() if "customer_id" in table.columns]
        for name in names:
            split_by(tables.present[name], engine, folder / name, n_parts)
        if carried is not None:
            split_by(carried, engine, folder / _CARRIED, n_parts)
        return cls(tables, engine, folder, n_parts, tuple(names))

    def tables(self) -> Tables:
        """Return the tables; they hold all rows until `turn_to` is called, then those of one part."""
        return replace(self.whole, **self._named(None))

    def turn_to(self, part: int) -> ir.Table | None:
        """Let the tables hold the rows of one part, and return its carried columns."""
        self._named(part)
        return part_of(self.engine, self.folder / _CARRIED, _CARRIED, part)

    def _named(self, part: int | None) -> dict[str, ir.Table]:
        found = {
            name: part_of(self.engine, self.folder / name, f"part_of_{name}", part) for name in self.names
        }
        return {name: table for name, table in found.items() if table is not None}


@contextmanager
def _scratch(folder: Path) -> Iterator[Path]:
    """Yield a folder that is gone afterwards; what killed runs left is removed first."""
    for leftover in folder.glob(f"{SCRATCH}.*"):
        if not is_alive(int(leftover.name.split(".")[2])):
            shutil.rmtree(leftover, ignore_errors=True)
    place = folder / f"{SCRATCH}.{os.getpid()}.{uuid.uuid4().hex[:8]}"
    place.mkdir(parents=True)
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
