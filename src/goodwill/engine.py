"""The engine that holds the tables (Ibis), and the one seam where expressions become data frames."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import ibis
import pandas as pd
import pyarrow as pa
from ibis.backends import BaseBackend
from ibis.expr import datatypes as dt
from ibis.expr import types as ir

from goodwill.errors import ConfigError, OutsideError, TableError

MONEY = "decimal(18, 4)"
_PRIME = 2_147_483_647
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
    # The bar goes to standard output, where an answer in JSON may be expected.
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


def in_memory(frame: pd.DataFrame, engine: BaseBackend, name: str) -> ir.Table:
    """Return `frame` as a table of the engine, under a name of its own."""
    rows = pa.Table.from_pandas(frame, preserve_index=False)
    return engine.create_table(name, rows, temp=True, overwrite=True)


def money(column: ir.NumericColumn) -> ir.DecimalColumn:
    """Return amounts as exact decimals, so that their sum does not depend on the order of rows.

    Sums of doubles differ between two runs of the same query; sums of decimals do not.
    """
    return column.cast(MONEY)


def fetch(table: ir.Table) -> pa.Table:
    """Run an expression and return its rows, in whatever order the engine has them.

    A value that cannot be converted is a TableError, a full disk or memory an OutsideError;
    neither message holds a cell of the data, as the engine's own would.
    """
    with _failures():
        return table.to_pyarrow()


def local_time(column: ir.TimestampColumn, time_zone: str) -> ir.TimestampColumn:
    """Return moments as the naive wall-clock time of a place.

    Examples
    --------
    >>> noon = pa.table({"t": pa.array([1719835200], pa.timestamp("s", tz="UTC"))})
    >>> table = connect().create_table("noon", noon)
    >>> str(local_time(table.t, "Europe/Paris").to_list()[0])
    '2024-07-01 14:00:00'
    """
    return _timezone(time_zone, column)


def to_frame(table: ir.Table, *, order_by: str = "customer_id") -> pd.DataFrame:
    """Run an expression and return a typed data frame in a stable order.

    Decimals become float64, Booleans bool, times datetime64[us], whole numbers int64 where no
    value is missing and float64 elsewhere.

    Parameters
    ----------
    table : a row per customer (or per what `order_by` names).
    order_by : the column that fixes the order of rows; engines return them in any.

    Examples
    --------
    >>> engine = connect()
    >>> orders = in_memory(pd.DataFrame({"customer_id": ["b", "a"], "amount": [2.0, 1.5]}), engine, "orders")
    >>> to_frame(orders.mutate(amount=money(orders.amount)))
      customer_id  amount
    0           a     1.5
    1           b     2.0
    """
    # Only the columns that change: Ibis takes long to compile a projection of many.
    foreign = [name for name, kind in table.schema().items() if kind.is_decimal() or kind.is_date()]
    typed = table.mutate(**{name: _plain(table[name]) for name in foreign}) if foreign else table
    frame = fetch(typed).to_pandas()
    kinds = {name: kind for name in typed.columns if (kind := _dtype(typed[name].type(), frame[name]))}
    return frame.astype(kinds).sort_values(order_by, ignore_index=True, kind="stable")


def _plain(column: ir.Column) -> ir.Column:
    """Return a decimal or a date as a type that a data frame holds as it is."""
    return column.cast("float64" if column.type().is_decimal() else "timestamp")


def _dtype(kind: dt.DataType, values: pd.Series) -> str | None:
    if kind.is_timestamp():
        return "datetime64[us]"
    if kind.is_boolean() or kind.is_integer():
        whole = "bool" if kind.is_boolean() else "int64"
        return whole if values.notna().all() else "float64"
    return "float64" if kind.is_floating() else None


@ibis.udf.scalar.builtin(name="timezone", signature=((dt.string, dt.Timestamp("UTC")), dt.timestamp))
def _timezone(zone: str, moment: ir.TimestampValue) -> ir.TimestampValue:
    """DuckDB's own conversion; a cast between zones in Ibis keeps the session's."""


@contextmanager
def _failures() -> Iterator[None]:
    """Translate the engine's failures into ours, without the cells its messages quote."""
    try:
        yield
    except (duckdb.OutOfMemoryException, duckdb.IOException, duckdb.PermissionException) as error:
        message = f"The engine ran out of room or could not reach a file: {error}"
        raise OutsideError(message) from error
    except duckdb.Error as error:
        # A page of a damaged Parquet file raises the bare Error.
        if not isinstance(error, _BAD_DATA) and type(error) is not duckdb.Error:
            raise
        if "DECIMAL(18,4)" in str(error):
            message = (
                "transactions.amount: the amounts of one customer add up to 1e14 or more, which exact sums "
                "cannot hold. Divide the column, say by 1000, in the mapping."
            )
            raise TableError(message) from None
        message = (
            f"A value could not be converted, or divided ({type(error).__name__}). If `columns` or `where` "
            "hold a CAST, STRPTIME, // or %, use TRY_CAST and NULLIF(divisor, 0), or leave those rows out; "
            "if not, the file is damaged."
        )
        raise TableError(message) from None


def digest(table: ir.Table) -> str:
    """Return a fingerprint of a table's rows, whatever their order; equal on equal rows of one engine.

    Examples
    --------
    >>> rows = pd.DataFrame({"customer_id": ["a", "b"], "amount": [1.0, 2.0]})
    >>> engine = connect()
    >>> digest(in_memory(rows, engine, "rows")) == digest(in_memory(rows[::-1], engine, "swor"))
    True
    """
    code: ir.IntegerValue = ibis.literal(0, "int64")
    for name in sorted(table.columns):
        code = (code * 31 + (table[name].hash() % _PRIME).cast("int64").fill_null(7)) % _PRIME
    counted = fetch(
        table.aggregate(rows=table.count(), code=code.cast("int64").sum().fill_null(0))
    ).to_pylist()[0]
    return hashlib.sha256(
        f"{sorted(table.columns)} {counted['rows']} {counted['code']}".encode()
    ).hexdigest()[:32]
