"""A warehouse behind an Ibis address: connected without telling secrets, its failures in our words."""

import re
import sys
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any  # cursors of drivers share no type

import ibis
import pandas as pd
from ibis.backends import BaseBackend
from ibis.common.exceptions import (
    IbisError,
    OperationNotDefinedError,
    TableNotFound,
    UnsupportedOperationError,
)
from ibis.expr import datatypes as dt
from ibis.expr import types as ir

from goodwill.engine.embedded import embedded_failures
from goodwill.errors import OutsideError, SourceError, TableError, UsageError

_NAME = re.compile(r"^[A-Za-z_]\w*$")
_NUMBER = r"^\s*[+-]?(\d+[.]?\d*|[.]\d+)([eE][+-]?\d{1,2})?\s*$"
_A_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000}
_GONE = (
    "The database cannot be reached, or went away while it was read. Look at the server, and at the address, "
    "user and password in `engine`, then run again; nothing was kept."
)


def connect_warehouse(address: str) -> BaseBackend:
    """Return the database behind an Ibis address, such as postgres://user@host/shop.

    Raises
    ------
    UsageError
        If the address is of no kind that Ibis knows, or the driver for it is not installed.
    OutsideError
        If the server cannot be reached or refuses. No message holds the address, which may hold a password.
    """
    kind = address.partition("://")[0]
    try:
        with embedded_failures(), warehouse_failures():
            return ibis.connect(address)
    except (ImportError, AttributeError, ValueError, IbisError) as error:
        message = (
            f"engine: no database of the kind {kind!r} can be opened ({type(error).__name__}). Install its "
            "driver, for PostgreSQL with pip install 'goodwill[postgres]', or correct the address."
        )
        raise UsageError(message) from None


@contextmanager
def warehouse_failures() -> Iterator[None]:
    """Translate a driver's failures into ours, without the cells and addresses its messages quote."""
    try:
        yield
    except (OperationNotDefinedError, UnsupportedOperationError) as error:
        message = (
            f"engine: this database cannot compute what is asked of it ({error}). Use PostgreSQL or Spark, "
            "leave `engine` out and name Parquet, CSV or DuckDB files, or rewrite `columns` and `where`."
        )
        raise UsageError(message) from None
    except _errors("DataError", "IntegrityError") as error:
        message = (
            f"The database could not convert a value, or divided by zero ({type(error).__name__}). "
            "Correct the mapping in `columns` and `where`, or leave those rows out."
        )
        raise TableError(message) from None
    except _errors("ProgrammingError", "NotSupportedError") as error:
        message = (
            f"The database refuses a statement ({type(error).__name__}): a right is missing, a table is "
            "gone, or an expression in the mapping does not exist there. Grant the right, or rewrite it."
        )
        raise SourceError(message) from None
    except _errors("Error"):
        raise OutsideError(_GONE) from None


def _errors(*names: str) -> tuple[type[Exception], ...]:
    """Return errors of the drivers that are loaded; each module has them by the names of PEP 249."""
    drivers = [sys.modules[name] for name in ("psycopg", "sqlite3") if name in sys.modules]
    return tuple(getattr(driver, name) for driver in drivers for name in names)


def typed(table: ir.Table) -> ir.Table:
    """Return a table whose numbers leave the database as what Ibis takes them for.

    Sums of bigint and means of whole numbers are numeric in PostgreSQL. Ibis takes them for int64 and float64
    and then cannot fetch them.
    """
    if table.get_backend().name != "postgres":
        return table
    ways = {dt.float64: _float8, dt.int64: _int8}
    numbers = [(name, ways.get(kind.copy(nullable=True))) for name, kind in table.schema().items()]
    return table.mutate(**{name: way(table[name]) for name, way in numbers if way is not None})


def try_cast(value: ir.Value, kind: str) -> ir.Value:
    """Return a value as another kind, missing where it is none of that kind.

    PostgreSQL has no such cast, and a single text that is no number would fail the whole query.

    Examples
    --------
    >>> try_cast(ibis.memtable({"amount": ["1.5", "?"]}).amount, "float64").fill_null(0).to_list()
    [1.5, 0.0]
    """
    if value.get_backend().name != "postgres":
        return value.try_cast(kind)
    if not (value.type().is_string() and dt.dtype(kind).is_numeric()):
        return value.cast(kind)
    return value.re_search(_NUMBER).ifelse(value, ibis.null("string")).cast("float64").cast(kind)


def since_1970(number: ir.NumericValue, unit: str) -> ir.TimestampValue:
    """Return the moment so many units ("s", "ms" or "us") after the beginning of 1970 in UTC."""
    if number.get_backend().name != "postgres":
        return number.cast("int64").as_timestamp(unit).cast("timestamp('UTC')")
    return _to_timestamp(number.cast("float64") / _A_SECOND[unit])


@ibis.udf.scalar.builtin(name="to_timestamp", signature=((dt.float64,), dt.Timestamp("UTC")))
def _to_timestamp(seconds: ir.FloatingValue) -> ir.TimestampValue:
    """PostgreSQL's own conversion; Ibis has none for it."""


def last_text(text: ir.StringColumn) -> ir.StringScalar:
    """Return the last of some texts by their bytes, as other engines do, whatever the database's collation.

    Examples
    --------
    >>> last_text(ibis.memtable({"channel": ["Web", "app", "APP"]}).channel).execute()
    'app'
    """
    if text.get_backend().name != "postgres":
        return text.max()
    return _text(_bytes(_hex(_utf8(text, "UTF8"), "hex").max(), "hex"), "UTF8")


@ibis.udf.scalar.builtin(name="convert_to", signature=((dt.string, dt.string), dt.binary))
def _utf8(text: ir.StringValue, encoding: str) -> ir.BinaryValue:
    """Return the bytes of a text."""


@ibis.udf.scalar.builtin(name="encode", signature=((dt.binary, dt.string), dt.string))
def _hex(data: ir.BinaryValue, kind: str) -> ir.StringValue:
    """Return bytes as hexadecimal digits, which every collation orders alike."""


@ibis.udf.scalar.builtin(name="decode", signature=((dt.string, dt.string), dt.binary))
def _bytes(digits: ir.StringValue, kind: str) -> ir.BinaryValue:
    """Return the bytes of hexadecimal digits."""


@ibis.udf.scalar.builtin(name="convert_from", signature=((dt.binary, dt.string), dt.string))
def _text(data: ir.BinaryValue, encoding: str) -> ir.StringValue:
    """Return the text of bytes."""


@ibis.udf.scalar.builtin(name="float8", signature=((dt.float64,), dt.float64))
def _float8(number: ir.FloatingValue) -> ir.FloatingValue:
    """Return a number as double precision; Ibis leaves a cast out where it takes it for one."""


@ibis.udf.scalar.builtin(name="int8", signature=((dt.int64,), dt.int64))
def _int8(number: ir.IntegerValue) -> ir.IntegerValue:
    """Return a whole number as bigint."""


def replace_table(engine: BaseBackend, name: str, chunks: Iterable[pd.DataFrame]) -> None:
    """Write frames to a table of the database: all rows, or the table of before.

    The rows go to a table beside it, and from there in one transaction at the end: into the table of before,
    whose rights, views and indexes stay, or, where that has other columns, in its place.

    Parameters
    ----------
    name : of the table, with letters, digits and underscores alone.
    """
    staging = f"{name}_{uuid.uuid4().hex[:8]}"
    with embedded_failures(), warehouse_failures():
        try:
            for number, chunk in enumerate(chunks):
                if number:
                    engine.insert(staging, chunk)
                else:
                    engine.create_table(staging, chunk)
            statements = _replacing(engine, name, staging)
            with _transaction(engine) as cursor:
                for statement in statements:
                    cursor.execute(statement)
        finally:
            engine.drop_table(staging, force=True)


def _replacing(engine: BaseBackend, name: str, staging: str) -> list[str]:
    """Return the statements that let the rows of one table be those of another."""
    schema = engine.table(staging).schema()
    if _schema_of(engine, name) != schema:
        return [f'DROP TABLE IF EXISTS "{name}"', f'ALTER TABLE "{staging}" RENAME TO "{name}"']
    columns = ", ".join('"' + column.replace('"', '""') + '"' for column in schema)
    added = f'INSERT INTO "{name}" ({columns}) SELECT {columns} FROM "{staging}"'  # noqa: S608 - checked, quoted
    return [f'DELETE FROM "{name}"', added]  # noqa: S608 - the name is checked


def _schema_of(engine: BaseBackend, name: str) -> ibis.Schema | None:
    try:
        return engine.table(name).schema()
    except TableNotFound:
        return None


@contextmanager
def _transaction(engine: BaseBackend) -> Iterator[Any]:
    """Yield a cursor whose statements all hold, or none; for DuckDB, Ibis has none of its own."""
    if engine.name != "duckdb":
        with engine.begin() as cursor:
            yield cursor
        return
    with engine.con.cursor() as cursor:
        cursor.begin()
        yield cursor
        cursor.commit()


def ensure_table_name(name: str) -> None:
    """Raise where a name is no plain name of a table."""
    if not _NAME.match(name):
        raise UsageError(f"table:{name}: write a plain name of letters, digits and underscores.")
