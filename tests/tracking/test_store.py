import logging
import os
import socket
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
import urllib3
from filelock import FileLock
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INTERNAL_ERROR, INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST
from mlflow.tracking import MlflowClient
from sqlalchemy.exc import OperationalError

from goodwill import tracking
from goodwill.errors import OutsideError, UsageError
from goodwill.tracking import store
from goodwill.tracking.store import calling


def test_a_relative_file_counts_from_the_working_directory(tmp_path: Path) -> None:
    assert tracking.address("sqlite:///models/x.db") == f"sqlite:///{tmp_path}/models/x.db"
    assert tracking.address("sqlite:////srv/x.db") == "sqlite:////srv/x.db"
    assert tracking.address("postgresql://db/x") == "postgresql://db/x"


@pytest.mark.parametrize("uri", ["mlruns", "./mlruns", "file:///srv/mlruns"])
def test_a_folder_is_refused(uri: str) -> None:
    with pytest.raises(UsageError, match="is a folder, which MLflow no longer writes runs to"):
        tracking.address(uri)


def test_passwords_are_masked() -> None:
    shown = tracking.masked(
        "a: https://u:p4ss@h/x, b: postgres://u@h/x?password=p4ss&x=1\nemail: a@b.example"
    )
    assert shown == "a: https://u:***@h/x, b: postgres://u@h/x?password=***&x=1\nemail: a@b.example"


def test_a_new_store_appears_whole_with_its_artefacts_beside_it(tmp_path: Path) -> None:
    with calling(f"sqlite:///{tmp_path}/new/mlflow.db") as client:
        assert client.get_experiment("0").artifact_location == f"file://{tmp_path}/new/mlartifacts/0"
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [".mlflow.db.lock", "mlflow.db"]


def test_a_store_that_another_run_creates_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_WAIT_SECONDS", 0)
    with (
        FileLock(tmp_path / ".x.db.lock"),
        pytest.raises(OutsideError, match="is held by another run"),
        calling(f"sqlite:///{tmp_path}/x.db"),
    ):
        pass


def test_a_server_needs_no_lock_of_ours() -> None:
    with store.exclusive("https://mlflow.example.org"), store.exclusive("https://mlflow.example.org"):
        pass


def test_a_store_that_appeared_meanwhile_is_kept(uri: str) -> None:
    with calling(uri):
        pass
    path = Path(uri.removeprefix("sqlite:///"))
    before = path.read_bytes()
    store.create_database(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (
            MlflowException("gone: http://u:p4ss@host\nmore"),
            r"failed: gone: http://u:\*\*\*@host\. Check that",
        ),
        (OperationalError("select 1", {"id": "secret"}, ValueError("locked")), "failed: .*locked"),
        (OSError("no route"), r"failed: no route\. Check"),
        (
            MlflowException(
                "(raised by autoflush)\n(sqlite3.OperationalError) database or disk is full\n[SQL: x"
            ),
            r"failed: database or disk is full\. Check",
        ),
    ],
)
def test_failures_of_mlflow_are_outside_failures(uri: str, error: Exception, words: str) -> None:
    with pytest.raises(OutsideError, match=words) as caught, calling(uri):
        raise error
    assert "secret" not in str(caught.value)
    assert "p4ss" not in str(caught.value)


def test_errors_of_our_own_pass(uri: str) -> None:
    with pytest.raises(UsageError, match="ours"), calling(uri):
        raise UsageError("ours")


@pytest.mark.parametrize(("hasty", "longest"), [(False, 10), (True, 0)])
def test_a_server_that_is_gone_is_told_within_seconds(
    monkeypatch: pytest.MonkeyPatch, *, hasty: bool, longest: float
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(urllib3.util.retry, "time", SimpleNamespace(sleep=waits.append, time=time.time))
    place, told = (
        "http://127.0.0.1:1",
        r"http://127\.0\.0\.1:1 failed: no answer \(Connection refused\)\. Check",
    )
    with pytest.raises(OutsideError, match=told), calling(place, hasty=hasty) as client:
        client.get_experiment_by_name("x")
    assert sum(waits) <= longest


@pytest.fixture
def silent() -> Iterator[str]:
    """Yield the address of a server that takes connections and never answers."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen()
        yield f"http://127.0.0.1:{one.getsockname()[1]}"


def test_a_server_that_never_answers_is_told_with_the_setting_that_waits_longer(
    silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    told, began = r"failed: no answer \(timed out; .* MLFLOW_HTTP_REQUEST_TIMEOUT to more", time.monotonic()
    with pytest.raises(OutsideError, match=told):
        tracking.champion(silent, "x")
    assert time.monotonic() - began < 5


def test_the_first_question_waits_half_a_minute_and_later_ones_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits: list[int] = []

    def wait(*_: object, **__: object) -> None:
        tries = 1 + int(os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"])
        waits.append(tries * int(os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"]))

    monkeypatch.setattr(MlflowClient, "search_experiments", wait)
    for _ in range(2):
        with calling("http://mlflow.example.org") as client:
            client.search_experiments()
    assert waits == [21, 120, 120]


def test_mlflow_keeps_quiet_and_everything_is_as_before(uri: str, capfd: pytest.CaptureFixture[str]) -> None:
    level, environment = logging.getLogger("mlflow").level, dict(os.environ)
    with calling(uri):
        logging.getLogger("mlflow.store").error("noise")
        warnings.warn("noise", stacklevel=1)
        assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("mlflow").level == level
    assert dict(os.environ) == environment


def test_settings_of_the_user_win(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "7")
    with calling(uri):
        assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "7"
    assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "7"


def test_a_damaged_store_is_an_outside_failure(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"this is no database, but it is long enough to look at" * 40)
    with pytest.raises(OutsideError, match="file is not a database"), calling(f"sqlite:///{tmp_path}/x.db"):
        pass


def test_other_databases_are_left_as_they_are() -> None:
    store.unsynchronised(object(), None)


@pytest.mark.parametrize(
    ("message", "code", "is_missing"),
    [
        ("Registered model alias champion not found.", INVALID_PARAMETER_VALUE, True),
        ("Registered Model with name=x not found", RESOURCE_DOES_NOT_EXIST, True),
        ("Invalid name", INVALID_PARAMETER_VALUE, False),
        ("request to /registered-models/alias failed: Connection refused, not found", INTERNAL_ERROR, False),
    ],
)
def test_a_server_that_is_gone_is_not_taken_for_a_missing_model(
    message: str, code: int, *, is_missing: bool
) -> None:
    assert store.is_missing(MlflowException(message, error_code=code)) is is_missing


def test_two_clients_see_one_store(uri: str) -> None:
    with calling(uri) as client:
        client.create_experiment("shared")
    assert MlflowClient(uri, uri).get_experiment_by_name("shared") is not None
