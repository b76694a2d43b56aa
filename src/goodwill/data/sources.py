"""Reading a source: Parquet, CSV and Excel files, globs and folders, and tables of a database."""

from collections.abc import Sequence
from pathlib import Path

import duckdb
import ibis
from ibis.backends import BaseBackend
from ibis.common.exceptions import TableNotFound
from ibis.expr import types as ir

from goodwill.data.delimited import read_delimited
from goodwill.data.expressions import nearest
from goodwill.data.workbooks import read_workbook
from goodwill.engine import EMBEDDED, SPARK
from goodwill.engine.spark import spark_table
from goodwill.engine.warehouse import warehouse_failures
from goodwill.errors import SourceError

PARQUET = (".parquet", ".pq")
DELIMITED = (".csv", ".tsv", ".txt", ".gz")
WORKBOOKS = (".xlsx", ".xlsm")
DATABASES = (".duckdb", ".db", ".ddb")
# Between a file and the sheet or table inside it.
INSIDE = "::"


def read_source(
    engine: BaseBackend,
    source: str,
    *,
    encoding: str | None = None,
    text_columns: Sequence[str] = (),
) -> ir.Table:
    r"""Return the table behind `source`, with the columns it has there.

    Parquet files and databases stay where they are and are read when needed; CSV and Excel are read once,
    into a temporary table of the engine.

    Parameters
    ----------
    source : a Parquet, CSV or Excel file; a glob over such files or a folder of them; a sheet,
        "book.xlsx::Sheet 1"; a table of a DuckDB database, "shop.duckdb::orders" or
        "shop.duckdb::sales.orders"; or a table of the engine itself, "table:orders".
    encoding : of CSV files; detected for each when None.
    text_columns : columns of CSV and Excel files that are text whatever they look like, so that 00123 stays.

    Examples
    --------
    >>> import tempfile
    >>> from goodwill.engine import connect
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "orders.csv"
    ...     _ = file.write_text("client;amount\n00123;12.5\n")
    ...     read_source(connect(), str(file)).to_pyarrow().to_pylist()
    [{'client': '00123', 'amount': 12.5}]
    """
    if source.startswith("table:"):
        return _engine_table(engine, source.removeprefix("table:"))
    if engine.name == SPARK:
        return spark_table(engine, source, ibis.util.gen_name("source"))
    if engine.name != EMBEDDED:
        raise SourceError(
            f"{source}: the engine reads tables of its own database alone. Write table:NAME or "
            "table:SCHEMA.NAME, or use `engine: duckdb` for files."
        )
    place, _, inside = source.partition(INSIDE)
    files = source_files(place)
    kind = _kind(files)
    if kind in DATABASES:
        return _database_table(engine, files[0], inside)
    if kind in WORKBOOKS:
        return read_workbook(engine, _only(files), inside or None, text_columns)
    if kind in PARQUET:
        return _parquet(engine, files)
    return read_delimited(engine, files, encoding, text_columns)


def source_files(source: str) -> list[Path]:
    """Return the files a source stands for, absolute and in a stable order; none for a table of the engine.

    Examples
    --------
    >>> source_files("table:orders")
    []
    """
    if source.startswith("table:"):
        return []
    path = Path(source.partition(INSIDE)[0]).expanduser()
    found = _in_folder(path) if path.is_dir() else [path] if path.exists() else _matching(path)
    if not found:
        what = (
            "the folder holds no Parquet, CSV or Excel file"
            if path.is_dir()
            else "no such file, and no match"
        )
        raise SourceError(f"{source}: {what}. Paths count from {Path.cwd()}.")
    for file in found:
        _check_readable(file)
    return [file.resolve() for file in sorted(found)]


def _in_folder(path: Path) -> list[Path]:
    """Return the folder's files of the first kind it holds."""
    for kinds in (PARQUET, DELIMITED, WORKBOOKS):
        found = [file for file in path.rglob("*") if file.suffix.lower() in kinds and file.is_file()]
        if found:
            return found
    return []


def _matching(path: Path) -> list[Path]:
    pattern = str(path.relative_to(path.anchor))
    return [file for file in Path(path.anchor).glob(pattern) if file.is_file()]


def _check_readable(file: Path) -> None:
    try:
        with file.open("rb") as stream:
            is_empty = not stream.read(1)
    except OSError as error:
        message = f"{file}: cannot be read ({error.strerror}). Give this user the right to read it."
        raise SourceError(message) from error
    if is_empty:
        raise SourceError(f"{file}: the file is empty. Write or copy it again.")


def _kind(files: Sequence[Path]) -> str:
    kinds = sorted({file.suffix.lower() for file in files})
    known = (*PARQUET, *DELIMITED, *WORKBOOKS, *DATABASES)
    unknown = [kind for kind in kinds if kind not in known]
    if unknown:
        message = f"{files[0]}: cannot be read by its ending. Known endings are {', '.join(known)}."
        raise SourceError(message)
    group = next(group for group in (PARQUET, DELIMITED, WORKBOOKS, DATABASES) if kinds[0] in group)
    if any(kind not in group for kind in kinds):
        raise SourceError(
            f"{files[0].parent}: files of several kinds ({', '.join(kinds)}). Name one, as in *.parquet."
        )
    return kinds[0]


def _only(files: Sequence[Path]) -> Path:
    if len(files) > 1:
        raise SourceError(f"{files[0].parent}: {len(files)} workbooks match. Name one, or save them as CSV.")
    return files[0]


def _parquet(engine: BaseBackend, files: Sequence[Path]) -> ir.Table:
    options = {"union_by_name": True} if len(files) > 1 else {}
    try:
        return engine.read_parquet(files, **options)
    except duckdb.Error as error:
        name = next((str(file) for file in files if str(file) in str(error)), str(files[0]))
        message = f"{name}: not a whole Parquet file, or its columns fit no other's. Write or copy it again."
        raise SourceError(message) from error


def _engine_table(engine: BaseBackend, name: str) -> ir.Table:
    schema, _, table = name.rpartition(".")
    try:
        with warehouse_failures():
            return _without_padding(engine.table(table, database=schema or None))
    except TableNotFound as error:
        raise SourceError(f"table:{name}: the engine has no such table.") from error


def _without_padding(table: ir.Table) -> ir.Table:
    """Return texts of a bounded length as text: those of char(n) leave a database filled up with spaces."""
    bounded = [name for name, kind in table.schema().items() if kind.is_string() and kind.length is not None]
    return table.mutate(**{name: table[name].cast("string") for name in bounded}) if bounded else table


def _database_table(engine: BaseBackend, file: Path, inside: str) -> ir.Table:
    schema, _, name = inside.rpartition(".")
    catalog = ibis.util.gen_name("database")
    try:
        engine.attach(file, name=catalog, read_only=True)
        return engine.table(name, database=(catalog, schema or "main"))
    except duckdb.Error as error:
        raise SourceError(
            f"{file}: not a DuckDB database that can be opened ({type(error).__name__})."
        ) from error
    except TableNotFound as error:
        names = _tables_in(engine, catalog)
        message = (
            f"{file}: there is no table {inside!r}. {nearest(name, names)} Write file.duckdb::schema.table."
        )
        raise SourceError(message) from error


def _tables_in(engine: BaseBackend, catalog: str) -> list[str]:
    found = engine.con.execute("SELECT table_name FROM duckdb_tables() WHERE database_name = ?", [catalog])
    return sorted(name for (name,) in found.fetchall())
