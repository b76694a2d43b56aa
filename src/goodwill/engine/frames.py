"""The seam where expressions of an engine become data frames, and what is the same on every engine."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import cast

import ibis
import pandas as pd
import pyarrow as pa
from ibis.backends import BaseBackend
from ibis.expr import datatypes as dt
from ibis.expr import types as ir

from goodwill.engine.embedded import embedded_failures
from goodwill.engine.spark import SPARK, spark_failures
from goodwill.engine.warehouse import typed, warehouse_failures

MONEY = "decimal(18, 4)"
# Other engines hash some types alone.
_HASHES = ("duckdb", SPARK)
# The product of two remainders must fit into 64 bits.
_PRIME = 67_108_859


def in_memory(frame: pd.DataFrame, engine: BaseBackend, name: str) -> ir.Table:
    """Return `frame` as a table of the engine, under a name of its own."""
    rows = pa.Table.from_pandas(frame, preserve_index=False)
    return engine.create_table(name, rows, temp=True, overwrite=True)


def money(column: ir.NumericColumn) -> ir.DecimalColumn:
    """Return amounts as exact decimals, so that their sum does not depend on the order of rows.

    Sums of doubles differ between two runs of the same query; sums of decimals do not.
    """
    return column.cast(MONEY)


def zero_or_one(flag: ir.BooleanValue) -> ir.FloatingValue:
    """Return what is true as 1 and what is false as 0; by way of int32, the one cast that PostgreSQL has.

    Examples
    --------
    >>> zero_or_one(ibis.memtable({"is_kept": [True, False]}).is_kept).to_list()
    [1.0, 0.0]
    """
    return flag.cast("int32").cast("float64")


def fetch(table: ir.Table) -> pa.Table:
    """Run an expression and return its rows, in whatever order the engine has them.

    A value that cannot be converted is a TableError, a full disk or memory an OutsideError;
    neither message holds a cell of the data, as the engine's own would.
    """
    with embedded_failures(), warehouse_failures(), spark_failures():
        return typed(table).to_pyarrow()


def local_time(column: ir.TimestampColumn, time_zone: str) -> ir.TimestampColumn:
    """Return moments as the naive wall-clock time of a place.

    Examples
    --------
    >>> from goodwill.engine import connect
    >>> noon = pa.table({"t": pa.array([1719835200], pa.timestamp("s", tz="UTC"))})
    >>> table = connect().create_table("noon", noon)
    >>> str(local_time(table.t, "Europe/Paris").to_list()[0])
    '2024-07-01 14:00:00'
    """
    on_spark = column.get_backend().name == SPARK
    return _from_utc(column, time_zone) if on_spark else _timezone(time_zone, column)


def to_frame(table: ir.Table, *, order_by: str = "customer_id") -> pd.DataFrame:
    """Run an expression and return a typed data frame in a stable order.

    Decimals become float64, Booleans bool, times datetime64[us] (those of a time zone in UTC), whole numbers
    int64 where no value is missing and float64 elsewhere.

    Parameters
    ----------
    table : a row per customer (or per what `order_by` names).
    order_by : the column that fixes the order of rows; engines return them in any.

    Examples
    --------
    >>> from goodwill.engine import connect
    >>> engine = connect()
    >>> orders = in_memory(pd.DataFrame({"customer_id": ["b", "a"], "amount": [2.0, 1.5]}), engine, "orders")
    >>> to_frame(orders.mutate(amount=money(orders.amount)))
      customer_id  amount
    0           a     1.5
    1           b     2.0
    """
    typed = plain(table)
    frame = framed(fetch(typed), {name: str(kind) for name, kind in typed.schema().items()})
    return frame.sort_values(order_by, ignore_index=True, kind="stable")


def plain(table: ir.Table) -> ir.Table:
    """Return a table whose decimals and dates are of types that a data frame holds as they are."""
    # Only the columns that change: Ibis takes long to compile a projection of many.
    foreign = [name for name, kind in table.schema().items() if kind.is_decimal() or kind.is_date()]
    return table.mutate(**{name: _plain(table[name]) for name in foreign}) if foreign else table


def framed(rows: pa.Table, kinds: Mapping[str, str]) -> pd.DataFrame:
    """Return rows of a `plain` table as a typed data frame, whichever engine they come from.

    Parameters
    ----------
    kinds : the type of each column, as Ibis names it.
    """
    frame = rows.to_pandas()
    for name, moments in frame.select_dtypes("datetimetz").items():
        frame = frame.assign(**{str(name): moments.dt.tz_convert(None)})
    types = {name: kind for name in kinds if (kind := _dtype(dt.dtype(kinds[name]), frame[name]))}
    return frame.astype(types)


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


def is_drawn(ids: ir.StringColumn, below: ir.StringValue | str) -> ir.BooleanColumn:
    """Say which ids are among a share of all; the same on every engine, and whatever other ids there are.

    Parameters
    ----------
    below : `drawn_below` of the share, one for all or one each.

    Examples
    --------
    >>> rows = ibis.memtable({"id": ["a", "b", "c", "d"]})
    >>> is_drawn(rows.id, drawn_below(0.5)).to_list()
    [True, False, True, False]
    """
    return _md5(ids).substr(0, 8) < below


def drawn_below(share: float) -> str:
    """Return below which digits of its hash an id is among a share (0 to 1) of all.

    Examples
    --------
    >>> drawn_below(0.5), drawn_below(1.0)
    ('80000000', 'g')
    """
    first = round(share * 16**8)
    return f"{first:08x}" if first < 16**8 else "g"  # the letter after the last digit


def kept(table: ir.Table) -> ir.Table:
    """Run an expression once and return its rows as a table of the engine, while anything refers to it."""
    with embedded_failures(), warehouse_failures(), spark_failures():
        return table.cache()


@ibis.udf.scalar.builtin(name="md5", signature=((dt.string,), dt.string))
def _md5(text: ir.StringValue) -> ir.StringValue:
    """Return the engine's own MD5, as hexadecimal digits."""


@ibis.udf.scalar.builtin(name="timezone", signature=((dt.string, dt.Timestamp("UTC")), dt.timestamp))
def _timezone(zone: str, moment: ir.TimestampValue) -> ir.TimestampValue:
    """DuckDB's own conversion; a cast between zones in Ibis keeps the session's."""


@ibis.udf.scalar.builtin(
    name="from_utc_timestamp", signature=((dt.Timestamp("UTC"), dt.string), dt.timestamp)
)
def _from_utc(moment: ir.TimestampValue, zone: str) -> ir.TimestampValue:
    """Spark's own conversion, in a session that is kept in UTC."""


def digest(table: ir.Table) -> str:
    """Return a fingerprint of a table's rows, whatever their order; equal on equal rows of one engine.

    Examples
    --------
    >>> from goodwill.engine import connect
    >>> rows = pd.DataFrame({"customer_id": ["a", "b"], "amount": [1.0, 2.0]})
    >>> engine = connect()
    >>> digest(in_memory(rows, engine, "rows")) == digest(in_memory(rows[::-1], engine, "swor"))
    True
    """
    hashed = _hashed if table.get_backend().name in _HASHES else _hashed_text
    # By way of floats: hashes are of 32 bits on Spark, where ibis takes them for 64 and leaves a cast out.
    codes = [
        (hashed(table[name]) % _PRIME).cast("float64").cast("int64").fill_null(7)
        for name in sorted(table.columns)
    ]
    code = _joined(codes).sum().fill_null(0)
    counted = fetch(table.aggregate(rows=table.count(), code=code)).to_pylist()[0]
    return hashlib.sha256(
        f"{sorted(table.columns)} {counted['rows']} {counted['code']}".encode()
    ).hexdigest()[:32]


def _joined(codes: Sequence[ir.IntegerValue]) -> ir.IntegerColumn:
    """Return one number of several, in which each place weighs otherwise.

    Halves are joined, as a chain of as many steps as a wide table has columns is too deep to be compiled.
    """
    if len(codes) == 1:
        return cast("ir.IntegerColumn", codes[0])  # ibis does not know the shape of an operation
    half = len(codes) // 2
    shift = pow(31, len(codes) - half, _PRIME)
    return cast("ir.IntegerColumn", (_joined(codes[:half]) * shift + _joined(codes[half:])) % _PRIME)


def _hashed(column: ir.Column) -> ir.IntegerValue:
    return column.hash()


def _hashed_text(column: ir.Column) -> ir.IntegerValue:
    """Return a number of the MD5 of a column's text, for engines that hash some types alone."""
    digits = _md5(column.cast("string"))
    return sum(digits.substr(place, 1).ascii_str().cast("int64") * 103**place for place in range(4))
