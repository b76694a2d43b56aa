"""Which engine an address in the config means."""

from pathlib import Path

from ibis.backends import BaseBackend

from goodwill.engine.embedded import connect
from goodwill.engine.spark import connect_spark
from goodwill.engine.warehouse import connect_warehouse

EMBEDDED = "duckdb"


def open_engine(
    address: str,
    *,
    memory_limit: str | None = None,
    spill_dir: str | Path | None = None,
    threads: int | None = None,
) -> BaseBackend:
    """Return the engine of an address: "duckdb", "spark…", or an Ibis one such as postgres://user@host/shop.

    The limits are those of the embedded engine, and of a Spark that is started here; others have their own.

    Examples
    --------
    >>> open_engine("duckdb", threads=1).name
    'duckdb'
    >>> open_engine("oracul://host")
    Traceback (most recent call last):
    goodwill.errors.UsageError: engine: no database of the kind 'oracul' can be opened ...
    """
    if address == EMBEDDED:
        return connect(memory_limit=memory_limit, spill_dir=spill_dir, threads=threads)
    if address == "spark" or address.startswith("spark:"):
        return connect_spark(address, memory_limit=memory_limit, spill_dir=spill_dir, threads=threads)
    return connect_warehouse(address)
