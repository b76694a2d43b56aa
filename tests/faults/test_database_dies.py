"""PostgreSQL killed while a job reads from it or writes to it: one message, nothing half done, and again."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import ibis
import pandas as pd
import psycopg
import pytest

Command = Callable[..., Any]
Write = Callable[..., Path]
Dies = Callable[[type, str, int], Any]
SECRET = "hush_hush"  # noqa: S105 - what must not be told
# A command ends with its process, and so do its connections; here the process goes on.
# Tracing lines costs whole runs two thirds more, and other tests run those lines.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.no_cover,
]


@pytest.fixture
def server(postgres_server: Any, orders: pd.DataFrame) -> Iterator[Any]:  # noqa: ANN401 - a class of the conftest above
    """Yield the server with the orders of the shop; it runs again afterwards."""
    engine = ibis.connect(postgres_server.address)
    engine.create_table("transactions", orders, overwrite=True)
    engine.disconnect()
    yield postgres_server
    gc.collect()
    postgres_server.revive()


@pytest.fixture
def pushed(server: Any, written: Write, orders: pd.DataFrame, monkeypatch: pytest.MonkeyPatch) -> Path:  # noqa: ANN401 - as above
    monkeypatch.setenv("SHOP_PASSWORD", SECRET)
    engine = server.address.replace("shop@", "shop:${SHOP_PASSWORD}@")
    return written(orders, engine=engine, tables={"transactions": {"source": "table:transactions"}})


@pytest.fixture
def dies(server: Any, monkeypatch: pytest.MonkeyPatch) -> Dies:  # noqa: ANN401 - as above
    """Let the server, which is returned, die at the n-th call of a method of the driver."""

    def at(cursor: type, name: str, n: int) -> object:
        method, n_left = getattr(cursor, name), [n]

        def counted(*words: Any, **options: Any) -> object:  # noqa: ANN401 - as the driver's
            n_left[0] -= 1
            if n_left[0] == 0:
                server.kill()
            return method(*words, **options)

        monkeypatch.setattr(cursor, name, counted)
        return server

    return at


def told_plainly(answer: Any) -> bool:  # noqa: ANN401 - an Answer of the conftest
    """Say whether the one message is that of a database that is gone, without secrets and traces."""
    is_told = answer.error.startswith("Error: The database cannot be reached, or went away")
    return is_told and not any(word in answer.said for word in (SECRET, "Traceback", "127.0.0.1"))


@pytest.fixture
def asked(pushed: Path, trained: Any) -> list[object]:  # noqa: ANN401 - of the conftest
    """Return the words of a scoring by the model of the trained shop."""
    return ["score", pushed, "--model", trained.folder / "out/predictor", "--out", "table:scores"]


@pytest.mark.slow
def test_a_training_whose_database_dies_keeps_nothing_and_succeeds_again(
    command: Command, pushed: Path, dies: Dies
) -> None:
    server = dies(psycopg.ServerCursor, "fetchmany", 7)
    answer = command("train", pushed)
    assert answer.status == 3
    assert told_plainly(answer)
    assert [file.name for file in Path("out").rglob("*")] == [".goodwill.lock"]
    server.revive()
    assert command("train", pushed).status in {0, 1}
    assert Path("out/predictor/manifest.json").is_file()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cursor", "method"), [(psycopg.ServerCursor, "fetchmany"), (psycopg.Cursor, "executemany")]
)
def test_a_scoring_whose_database_dies_keeps_the_scores_of_before(
    command: Command, asked: list[object], dies: Dies, cursor: type, method: str
) -> None:
    assert command(*asked).status == 0
    before = pd.read_parquet("out/scores.parquet")
    server = dies(cursor, method, 1)
    answer = command(*asked)
    assert (answer.status, told_plainly(answer)) == (3, True)
    pd.testing.assert_frame_equal(pd.read_parquet("out/scores.parquet"), before)
    server.revive()
    assert command(*asked).status == 0
    rows = ibis.connect(server.address).table("scores").to_pandas()
    assert sorted(rows["customer_id"]) == sorted(before["customer_id"])
