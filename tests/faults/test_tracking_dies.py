"""MLflow's server killed in the middle of a training: told in seconds, nothing put in force, and again."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import urllib3

from goodwill import tracking
from goodwill.pipeline import train
from goodwill.tracking.store import create_database

# Tracing lines costs whole runs two thirds more, and other tests run those lines.
pytestmark = pytest.mark.no_cover

Command = Callable[..., Any]
Write = Callable[..., Path]
PATIENCE_SECONDS = 60


@dataclass
class Server:
    """A real `mlflow server` over SQLite on a free port of this machine."""

    folder: Path
    port: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        place = ["--host", "127.0.0.1", "--port", str(self.port), "--workers", "1"]
        store = ["--backend-store-uri", "sqlite:///server.db", "--artifacts-destination", "kept"]
        # The server's own jobs, which are of no use here, are a dozen of processes.
        environment = os.environ | {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
        with (self.folder / "server.log").open("ab") as log:
            quiet = {"stdout": log, "stderr": log, "cwd": self.folder, "env": environment}
            words = [sys.executable, "-m", "mlflow", "server", *place, *store]
            self.processes.append(subprocess.Popen(words, start_new_session=True, **quiet))
        self._wait()

    def kill(self) -> None:
        while self.processes:
            process = self.processes.pop()
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _wait(self) -> None:
        until = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < until:
            with suppress(OSError), urllib.request.urlopen(f"{self.address}/health", timeout=1):  # noqa: S310 - ours
                return
            time.sleep(0.1)
        pytest.fail(f"mlflow server did not start: {(self.folder / 'server.log').read_text()[-500:]}")


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Yield a running server."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        started = Server(tmp_path_factory.mktemp("server"), one.getsockname()[1])
    create_database(started.folder / "server.db")
    started.start()
    yield started
    started.kill()


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let the pauses between two tries pass at once, and return them."""
    found: list[float] = []
    monkeypatch.setattr(urllib3.util.retry, "time", SimpleNamespace(sleep=found.append, time=time.time))
    return found


@pytest.mark.slow
@pytest.mark.usefixtures("fitted")
def test_a_training_whose_server_dies_leaves_the_former_in_force_and_succeeds_again(
    command: Command, shop: Path, server: Server, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    former, log = Path("out/predictor").resolve(), tracking.log_digests
    asked = ["train", shop, "--set", f"tracking.uri={server.address}"]
    monkeypatch.setattr(tracking, "log_digests", lambda *facts: server.kill() or log(*facts))
    answer = command(*asked)
    assert answer.status == 3
    assert f"MLflow at {server.address} failed: no answer" in answer.error
    assert "Traceback" not in answer.said
    assert sum(waits) < 20
    assert Path("out/predictor").resolve() == former
    monkeypatch.setattr(tracking, "log_digests", log)
    server.start()
    assert command(*asked).status in {0, 1}
    assert Path("out/predictor").resolve() != former


def test_a_server_that_is_down_is_told_before_the_long_work(
    command: Command, shop: Path, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(train, "run_backtest")
    answer = command("train", shop, "--set", "tracking.uri=http://127.0.0.1:1")
    assert answer.status == 3
    assert "MLflow at http://127.0.0.1:1 failed: no answer (Connection refused). Check" in answer.error
    assert "Building snapshots" not in answer.said
    assert sum(waits) < 20
