"""The engine that holds the tables (Ibis), and the one seam where expressions become data frames."""

from pathlib import Path

import ibis
import pandas as pd
import pyarrow as pa
from ibis.backends import BaseBackend
from ibis.expr import datatypes as dt
from ibis.expr import types as ir

MONEY = "decimal(18, 4)"


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
    engine = ibis.duckdb.connect(**{name: value for name, value in settings.items() if value is not None})
    engine.con.execute("SET TimeZone = 'UTC'")
    return engine


def in_memory(frame: pd.DataFrame, engine: BaseBackend, name: str) -> ir.Table:
    """Return `frame` as a table of the engine, under a name of its own."""
    rows = pa.Table.from_pandas(frame, preserve_index=False)
    return engine.create_table(name, rows, temp=True, overwrite=True)


def money(column: ir.NumericColumn) -> ir.DecimalColumn:
    """Return amounts as exact decimals, so that their sum does not depend on the order of rows.

    Sums of doubles differ between two runs of the same query; sums of decimals do not.
    """
    return column.cast(MONEY)


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
    typed = table.mutate(**{name: _plain(table[name]) for name in table.columns})
    frame = typed.to_pyarrow().to_pandas()
    kinds = {name: kind for name in typed.columns if (kind := _dtype(typed[name].type(), frame[name]))}
    return frame.astype(kinds).sort_values(order_by, ignore_index=True, kind="stable")


def _plain(column: ir.Column) -> ir.Column:
    """Leave only types that a data frame holds as they are."""
    kind = column.type()
    if kind.is_decimal():
        return column.cast("float64")
    return column.cast("timestamp") if kind.is_date() else column


def _dtype(kind: dt.DataType, values: pd.Series) -> str | None:
    if kind.is_timestamp():
        return "datetime64[us]"
    if kind.is_boolean() or kind.is_integer():
        whole = "bool" if kind.is_boolean() else "int64"
        return whole if values.notna().all() else "float64"
    return "float64" if kind.is_floating() else None
