"""Where MLflow keeps what it is told, how it is kept quiet, and what its failures mean here."""

import logging
import os
import re
import sqlite3
import warnings
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path

from filelock import FileLock, Timeout
from mlflow.exceptions import MlflowException
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from mlflow.telemetry import set_telemetry_client
from mlflow.tracking import MlflowClient
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from goodwill.errors import OutsideError, UsageError
from goodwill.files import replacing
from goodwill.tracking.moved import FILES, follow

_SQLITE = "sqlite:///"
_WAIT_SECONDS = 120
_SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    # Else the user's own pyproject.toml and uv.lock in the working directory would go into the model.
    "MLFLOW_UV_AUTO_DETECT": "false",
    # MLflow's own seven tries keep a job waiting for minutes when the server is gone.
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "30",
}
# A server that takes connections and never answers is told in half a minute. Later it may take its time, over
# the files of a model for one: the same settings rule uploads.
_GREETING = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2", "MLFLOW_HTTP_REQUEST_TIMEOUT": "7"}
_HASTY = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0", "MLFLOW_HTTP_REQUEST_TIMEOUT": "5"}
_NO_ANSWER = re.compile(
    "Connection refused|Connection reset|Remote end closed|timed out|too many [0-9]+ error responses|"
    "Name or service not known|Temporary failure in name resolution|certificate verify failed"
)
_DATABASE = re.compile(r"\([\w.]+Error\) (.+)")
_SECRETS = (
    (re.compile(r"(://[^\s:/@]*:)[^\s@]+(?=@)"), r"\1***"),
    (re.compile(r"(?i)((?:password|token|secret|key)=)[^\s&]+"), r"\1***"),
)


def address(uri: str) -> str:
    """Return an MLflow address with a relative SQLite file counted from the working directory.

    Raises
    ------
    UsageError : the address is a folder, which MLflow no longer serves.

    Examples
    --------
    >>> address("https://mlflow.example.org")
    'https://mlflow.example.org'
    >>> address("mlruns")
    Traceback (most recent call last):
    goodwill.errors.UsageError: tracking.uri: mlruns is a folder...
    """
    path = _sqlite_path(uri)
    if path:
        return f"{_SQLITE}{path.absolute().as_posix()}"
    if uri.startswith("file:") or ":" not in uri:
        message = (
            f"tracking.uri: {uri} is a folder, which MLflow no longer writes runs to. "
            "Name a SQLite file such as sqlite:///models/mlflow.db, or the address of a server."
        )
        raise UsageError(message)
    return uri


def artefact_location(uri: str) -> str | None:
    """Return where runs keep their files: `mlartifacts` beside a SQLite file, else the server's own place.

    Examples
    --------
    >>> artefact_location("sqlite:////srv/models/mlflow.db")
    'file:///srv/models/mlartifacts'
    >>> artefact_location("https://mlflow.example.org") is None
    True
    """
    path = _sqlite_path(uri)
    return (path.absolute().parent / FILES).as_uri() if path else None


def masked(text: str) -> str:
    """Return the text with passwords in addresses replaced by ``***``.

    Examples
    --------
    >>> masked("engine: postgres://etl:s3cret@db/shop?sslpassword=x")
    'engine: postgres://etl:***@db/shop?sslpassword=***'
    """
    for pattern, shown in _SECRETS:
        text = pattern.sub(shown, text)
    return text


@contextmanager
def calling(uri: str, *, hasty: bool = False) -> Iterator[MlflowClient]:
    """Yield a client of the store at `uri`; MLflow keeps quiet, and its failures become `OutsideError`.

    Parameters
    ----------
    hasty : do not try again where a server does not answer, as after a failure that may be the server's.
    """
    try:
        if uri.startswith(("http:", "https:")) and not hasty:
            _greet(uri)
        with _quiet(_SETTINGS | _HASTY if hasty else _SETTINGS):
            path = _sqlite_path(uri)
            if path and not path.exists():
                create_database(path)
            if path:
                follow(path, wait_seconds=_WAIT_SECONDS)
            yield MlflowClient(uri, uri)
    except (MlflowException, SQLAlchemyError, sqlite3.Error, OSError) as error:
        message = (
            f"MLflow at {masked(uri)} failed: {_reason(str(error))}. Check that it can be reached and "
            "written to, and run again."
        )
        raise OutsideError(message) from error


@cache
def _greet(uri: str) -> None:
    """Ask a server something small, once for each server: a failure is not remembered."""
    with _quiet(_SETTINGS | _GREETING):
        MlflowClient(uri, uri).search_experiments(max_results=1)


def _reason(text: str) -> str:
    unanswered, database = _NO_ANSWER.search(text), _DATABASE.search(text)
    if unanswered:
        longer = "; if it is only slow, set MLFLOW_HTTP_REQUEST_TIMEOUT to more seconds"
        return f"no answer ({unanswered[0]}{longer if unanswered[0] == 'timed out' else ''})"
    # SQLAlchemy tells first where it noticed, then what the database said.
    told = database[1] if database else text.partition("\n")[0]
    return masked(told)[:300].rstrip(". ")


def is_missing(error: MlflowException) -> bool:
    """Return whether MLflow says that the thing asked for does not exist."""
    if error.error_code == "INVALID_PARAMETER_VALUE":
        # That is what MLflow calls an alias nobody set.
        return re.search("alias .* not found", str(error)) is not None
    return str(error.error_code) in {"RESOURCE_DOES_NOT_EXIST", "NOT_FOUND"}


def is_unwritten(uri: str) -> bool:
    """Return whether nothing was ever written to a store: its SQLite file is not there.

    Examples
    --------
    >>> is_unwritten("sqlite:///no/such.db"), is_unwritten("https://mlflow.example.org")
    (True, False)
    """
    path = _sqlite_path(uri)
    return path is not None and not path.exists()


def _sqlite_path(uri: str) -> Path | None:
    return Path(uri.removeprefix(_SQLITE).partition("?")[0]) if uri.startswith(_SQLITE) else None


@contextmanager
def _quiet(settings: Mapping[str, str]) -> Iterator[None]:
    missing = {name: text for name, text in settings.items() if name not in os.environ}
    with ExitStack() as stack:
        for name in ("mlflow", "alembic"):
            logger = logging.getLogger(name)
            stack.callback(logger.setLevel, logger.level)
            # Its errors are raised as well, and told in our words; as it logs them they quote statements.
            logger.setLevel(logging.CRITICAL)
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        os.environ.update(missing)
        for name in missing:
            stack.callback(os.environ.pop, name, None)
        # MLflow reports its use to its makers unless told otherwise; customers' data are worked on here.
        set_telemetry_client()
        yield


@contextmanager
def exclusive(uri: str) -> Iterator[None]:
    """Keep other runs on this machine out of a SQLite store for a moment; a server keeps order itself."""
    path = _sqlite_path(uri)
    if path is None:
        yield
        return
    lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=_WAIT_SECONDS)
    try:
        lock.acquire()
    except Timeout as error:
        message = f"{path} is held by another run (lock {lock.lock_file}). Wait for it and run again."
        raise OutsideError(message) from error
    try:
        yield
    finally:
        lock.release()


def create_database(path: Path) -> None:
    """Create MLflow's tables in a new SQLite file, once: killed or doubled, it never leaves half of them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(f"{_SQLITE}{path}"):
        if not path.exists():
            _fill(path)


def _fill(path: Path) -> None:
    event.listen(Engine, "connect", unsynchronised)
    try:
        with replacing(path) as draft:
            store = SqlAlchemyStore(f"{_SQLITE}{draft.absolute()}", artefact_location(f"{_SQLITE}{path}"))
            store.engine.dispose()
    finally:
        event.remove(Engine, "connect", unsynchronised)


def unsynchronised(connection: object, _record: object) -> None:
    """Spare a draft the flush after each table, half of the seconds it takes; it is flushed when whole."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous = OFF")
