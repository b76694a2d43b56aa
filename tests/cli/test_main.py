import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from mlflow.tracking import MlflowClient

from goodwill import tracking
from goodwill.errors import GoodwillError, OutsideError, TableError
from goodwill.pipeline import train
from goodwill.pipeline.outcome import Outcome

Run = Callable[..., SimpleNamespace]


def training(monkeypatch: pytest.MonkeyPatch, answer: Callable[[], Outcome]) -> None:
    """Let `goodwill train` give this answer."""
    monkeypatch.setattr(train, "train_models", lambda config, progress: answer())  # noqa: ARG005 - the pipeline's signature


def failing(error: BaseException) -> Callable[[], Outcome]:
    def fail() -> Outcome:
        raise error

    return fail


@pytest.mark.parametrize(("outcome", "status"), [(Outcome({}), 0), (Outcome({}, is_no=True), 1)])
def test_status_says_whether_the_answer_is_no(
    goodwill: Run, shop: Path, monkeypatch: pytest.MonkeyPatch, outcome: Outcome, status: int
) -> None:
    training(monkeypatch, lambda: outcome)
    assert goodwill("train", str(shop)).status == status


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (TableError("transactions.amount: missing."), 2, "Error: transactions.amount: missing.\n"),
        (TableError("1 customers have 1 rows."), 2, "Error: 1 customer has 1 row.\n"),
        (OutsideError("the disk is full."), 3, "Error: the disk is full.\n"),
        (OSError(28, "No space left on device"), 3, "Error: the system refused: No space left on device. "),
        (ZeroDivisionError("secret of a customer"), 70, "Error: a bug in goodwill: ZeroDivisionError. Run "),
        (KeyboardInterrupt(), 130, "Error: interrupted; nothing half-written was kept.\n"),
    ],
)
def test_failure_is_one_message_and_a_status(
    goodwill: Run,
    shop: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: GoodwillError,
    status: int,
    message: str,
) -> None:
    training(monkeypatch, failing(error))
    said = goodwill("train", str(shop))
    assert (said.status, said.out) == (status, "")
    assert said.err.strip().startswith(message.strip())
    assert "Traceback" not in said.err
    assert "secret" not in said.err


def test_debug_shows_the_traceback(goodwill: Run, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    training(monkeypatch, failing(ZeroDivisionError("by nothing")))
    said = goodwill("train", str(shop), "--debug")
    assert said.status == 70
    assert "Traceback" in said.err
    assert "ZeroDivisionError: by nothing" in said.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_request_to_stop_interrupts_the_job(
    goodwill: Run, shop: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    training(monkeypatch, lambda: Outcome({"stopped": signal.raise_signal(number)}))
    said = goodwill("train", str(shop))
    assert (said.status, said.out) == (130, "")
    assert "interrupted" in said.err


@pytest.mark.slow
def test_a_request_to_terminate_leaves_the_tracking_run_killed(
    goodwill: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = f"sqlite:///{shop.parent}/mlflow.db"

    def log() -> Outcome:
        with tracking.run(uri, "shop"):
            signal.raise_signal(signal.SIGTERM)
        return Outcome({})

    training(monkeypatch, log)
    assert goodwill("train", str(shop)).status == 130
    client = MlflowClient(uri, uri)
    (run,) = client.search_runs([client.get_experiment_by_name("shop").experiment_id])
    assert run.info.status == "KILLED"


def test_an_interrupt_that_a_library_disguises_is_one(
    goodwill: Run, shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def query() -> Outcome:
        try:
            signal.raise_signal(signal.SIGTERM)
        except KeyboardInterrupt:
            raise RuntimeError("Query interrupted") from None
        return Outcome({})

    training(monkeypatch, query)
    assert goodwill("train", str(shop)).status == 130


@pytest.mark.parametrize("error", [BrokenPipeError(32, "Broken pipe"), SystemExit(1)])
def test_a_closed_pipe_is_no_answer(
    goodwill: Run, shop: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    training(monkeypatch, failing(error))
    monkeypatch.setattr(sys, "stdout", sys.stdout)
    monkeypatch.setattr(sys, "stderr", sys.stderr)
    assert goodwill("train", str(shop)).status == 3


def test_signals_are_handed_back(goodwill: Run) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    goodwill("--version")
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


def test_it_runs_outside_the_main_thread_too(goodwill: Run) -> None:
    found: list[SimpleNamespace] = []
    thread = threading.Thread(target=lambda: found.append(goodwill("--version")))
    thread.start()
    thread.join()
    assert found[0].status == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["trian"], "No such command 'trian'."),
        (["train"], "Missing argument 'CONFIG'."),
        (["train", "x.yaml", "--fast"], "No such option: --fast"),
        (["simulate", "--customers", "0", "--out", "x"], "Invalid value for '--customers'"),
        (["promote", "x.yaml", "two"], "Invalid value for 'VERSION'"),
        (["train", "nowhere.yaml"], "nowhere.yaml: there is no such file."),
    ],
)
def test_wrong_usage_says_what_is_wrong(goodwill: Run, words: list[str], message: str) -> None:
    said = goodwill(*words)
    assert (said.status, said.out) == (2, "")
    assert message in said.err
    assert len(said.err.splitlines()) == 1


def test_wrong_usage_is_a_sentence(goodwill: Run) -> None:
    said = goodwill("promote", "x.yaml", "0")
    assert said.err.strip().endswith("greater than or equal to 1. See goodwill --help.")
