"""A SQLite store that was moved or copied: the addresses in it follow, so that it keeps its own files."""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

FILES = "mlartifacts"
# Wherever MLflow keeps the whole address of a file or folder.
_ADDRESSES = (
    ("experiments", "artifact_location"),
    ("runs", "artifact_uri"),
    ("logged_models", "artifact_location"),
    ("model_versions", "source"),
    ("model_versions", "storage_location"),
)
_COLUMNS = (
    "SELECT tables.name, columns.name FROM sqlite_master tables, pragma_table_info(tables.name) columns"
)
_PLACES = "SELECT DISTINCT artifact_location FROM experiments WHERE artifact_location LIKE 'file:%/' || ?"


def follow(path: Path, *, wait_seconds: float) -> None:
    """Let addresses of files beside a store mean the folder beside it now, where the store was moved there.

    Otherwise a moved store finds no model, and a copied one reads and writes the files of the first. Nothing
    changes where no such folder came along.

    Parameters
    ----------
    path : of MLflow's SQLite file; its files are in `mlartifacts` beside it.
    wait_seconds : how long another job may hold the file.
    """
    files = path.absolute().parent / FILES
    if not files.is_dir():
        return
    with closing(sqlite3.connect(path, timeout=wait_seconds)) as store, store:
        known = set(store.execute(_COLUMNS))
        if _ADDRESSES[0] not in known:
            return
        for (former,) in store.execute(_PLACES, [FILES]).fetchall():
            if _path_of(former).resolve() != files.resolve():
                _replace(store, [one for one in _ADDRESSES if one in known], former, files.as_uri())


def local_path(address: str) -> Path | None:
    """Return the path of a ``file:`` address, None for others.

    Examples
    --------
    >>> local_path("file:///srv/my%20models"), local_path("s3://bucket/models")
    (PosixPath('/srv/my models'), None)
    """
    return _path_of(address) if address.startswith("file:") else None


def _path_of(address: str) -> Path:
    return Path(unquote(urlsplit(address).path))


def _replace(store: sqlite3.Connection, columns: list[tuple[str, str]], former: str, address: str) -> None:
    for table, column in columns:
        store.execute(
            f"UPDATE {table} SET {column} = ? || substr({column}, ?) "  # noqa: S608 - names from the list above
            f"WHERE {column} = ? OR substr({column}, 1, ?) = ?",
            [address, len(former) + 1, former, len(former) + 1, f"{former}/"],
        )
