"""The embedded engine (DuckDB): its limits, what it may touch, and its failures in our words."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import ibis
from ibis.backends import BaseBackend
from ibis.expr import types as ir

from goodwill.errors import ConfigError, OutsideError, TableError

_BAD_DATA = (duckdb.DataError, duckdb.InvalidInputException, duckdb.SerializationException)


def connect(
    *, memory_limit: str | None = None, spill_dir: str | Path | None = None, threads: int | None = None
) -> BaseBackend:
    """Return an embedded DuckDB engine.

    Parameters
    ----------
    memory_limit : such as "4GB"; the engine spills to disk beyond it.
    spill_dir : folder it spills to.
    threads : number of threads; all cores when None.

    Examples
    --------
    >>> connect(threads=1).name
    'duckdb'
    """
    spill = None if spill_dir is None else str(spill_dir)
    settings = {"memory_limit": memory_limit, "temp_directory": spill, "threads": threads}
    given = {name: value for name, value in settings.items() if value is not None}
    try:
        engine = ibis.duckdb.connect(**given)
    except duckdb.Error as error:
        message = f"engine_options: {given} cannot be set. Write sizes as '4GB', threads as 1 or more."
        raise ConfigError(message) from error
    engine.con.execute("SET TimeZone = 'UTC'")
    # The bar goes to standard output, where an answer in JSON may be expected. In a notebook without
    # ipywidgets DuckDB has none, and refuses to be told so.
    if engine.con.execute("SELECT current_setting('enable_progress_bar')").fetchone() == (True,):
        engine.con.execute("SET enable_progress_bar = false")
    return engine


def confine(engine: BaseBackend, *, paths: Iterable[Path] = (), directories: Iterable[Path] = ()) -> None:
    """Let an embedded engine touch these files and folders alone from now on; nothing can undo it.

    Read CSV, Excel and database sources first: they are copied through a folder that is not on the list.

    Parameters
    ----------
    paths : files it may read, such as `source_files` returns.
    directories : folders it may read and write, such as the output folder and `spill_dir`.

    Examples
    --------
    >>> engine = connect()
    >>> confine(engine)
    >>> engine.raw_sql("SELECT content FROM read_text('notes.txt')")
    Traceback (most recent call last):
    _duckdb.PermissionException: ...
    """
    for setting, allowed in {"allowed_paths": paths, "allowed_directories": directories}.items():
        names = [str(path.resolve()) for path in allowed]
        engine.con.execute(f"SET {setting} = ?", [names])
    engine.con.execute("SET enable_external_access = false")
    engine.con.execute("SET lock_configuration = true")


@contextmanager
def embedded_failures() -> Iterator[None]:
    """Translate the engine's failures into ours, without the cells its messages quote."""
    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.IOException, duckdb.PermissionException) as error:
        # The lines below the first advise on settings of the engine that a config does not have.
        reason = str(error).partition("\n")[0].rstrip(". ")
        message = (
            f"The engine ran out of room or could not reach a file: {reason}. Look at the disk and the file, "
            "or set engine_options (memory_limit, spill_dir, threads), and run again."
        )
        raise OutsideError(message) from error
    except duckdb.Error as error:
        # A page of a damaged Parquet file raises the bare Error.
        if not isinstance(error, _BAD_DATA) and type(error) is not duckdb.Error:
            raise
        if "DECIMAL(18,4)" in str(error):
            message = (
                "Money or a quantity grows to 1e14 or more as it is summed or multiplied, which exact sums "
                "cannot hold: amounts with costs and margins, or prices over many periods. Divide the "
                "column, say by 1000, in the mapping."
            )
            raise TableError(message) from None
        message = (
            f"A value could not be converted, or divided ({type(error).__name__}). If `columns` or `where` "
            "hold a CAST, STRPTIME, // or %, use TRY_CAST and NULLIF(divisor, 0), or leave those rows out; "
            "if not, the file is damaged."
        )
        raise TableError(message) from None


def split_by(table: ir.Table, engine: BaseBackend, folder: Path, n_parts: int) -> None:
    """Write the rows of a table to `folder/part=<n>/` in one pass, by the hash of `customer_id`.

    Parameters
    ----------
    folder : an empty place within the folders that `confine` allows.
    n_parts : number of parts; one that nobody falls into has no folder.
    """
    # Hashes are signed here, and so are their remainders.
    part = (table.customer_id.hash() % n_parts + n_parts) % n_parts
    parts = table.mutate(part=part.cast("int32"))
    query, place = ibis.to_sql(parts, dialect="duckdb"), str(folder).replace("'", "''")
    with embedded_failures():
        engine.con.execute(f"COPY ({query}) TO '{place}' (FORMAT parquet, PARTITION_BY (part))")


def part_of(engine: BaseBackend, folder: Path, name: str, part: int | None = None) -> ir.Table | None:
    """Return a part of what `split_by` wrote, or all of it, as the table `name`; None if it wrote nothing.

    An expression on the name reads whichever part was named last, so that one query serves every part.
    """
    files = sorted(folder.rglob("*.parquet"))
    if not files:
        return None
    wanted = [file for file in files if part is None or file.parent.name == f"part={part}"]
    places = ", ".join("'" + str(file).replace("'", "''") + "'" for file in wanted or files[:1])
    rows = f"SELECT * FROM read_parquet([{places}], hive_partitioning = false)"  # noqa: S608 - our own files
    engine.con.execute(
        f'CREATE OR REPLACE TEMPORARY VIEW "{name}" AS {rows if wanted else rows + " LIMIT 0"}'
    )
    return engine.table(name)
