"""From tables of PostgreSQL to a model and a table of scores, through the command line; no secret is told."""

import gc
from collections.abc import Iterator
from pathlib import Path

import ibis
import pandas as pd
import pytest
import yaml
from ibis.backends import BaseBackend
from ibis.expr import types as ir

from goodwill.cli import main
from goodwill.data.simulate import simulate_frames
from goodwill.features import windows
from goodwill.modeling import boosting

# A command ends with its process, and so do its connections; here the process goes on.
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
TABLES = ("transactions", "customers")
N_CUSTOMERS, SECRET = 120, "hush_hush"


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    frames = simulate_frames(customers=N_CUSTOMERS, seed=1).tables
    # What customers cost to win asks for the days on which they paid it back.
    return {name: frames[name].drop(columns="acquisition_cost", errors="ignore") for name in TABLES}


@pytest.fixture(scope="module")
def database(postgres: str, frames: dict[str, pd.DataFrame]) -> Iterator[BaseBackend]:
    engine = ibis.connect(postgres)
    engine.raw_sql("CREATE SCHEMA IF NOT EXISTS sales").close()
    for name, frame in frames.items():
        engine.create_table(name, frame, database="sales", overwrite=True)
    yield engine
    engine.disconnect()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, postgres: str, frames: dict[str, pd.DataFrame]) -> Path:
    """Write a config over the database and one over files, and the files."""
    folder = tmp_path_factory.mktemp("jobs")
    address = postgres.replace("shop@", "shop:${SHOP_PASSWORD}@")
    for name, engine, source in (
        ("pushed", address, "table:sales.{}"),
        ("embedded", "duckdb", f"{folder}/{{}}.parquet"),
    ):
        sections = {
            "name": "shop",
            "engine": engine,
            "tables": {table: {"source": source.format(table)} for table in TABLES},
            "snapshot": {"as_of": "2025-01-01", "horizon_days": 90},
            "train": {"max_customers": 80},
            "tuning": {"trials": 0},
            "segments": {"k": 2},
            "output": str(folder / name),
            "tracking": {"uri": f"sqlite:///{folder}/{name}.db"},
        }
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(sections))
    for name, frame in frames.items():
        frame.to_parquet(folder / f"{name}.parquet")
    return folder


@pytest.fixture(scope="module")
def said(folder: Path, database: BaseBackend) -> dict[str, object]:
    """Train and score in the database; return what was printed, and the most rows that left it at once."""
    n_rows, fetched = [], ir.Table.to_pyarrow

    def counted(table: ir.Table) -> object:
        found = fetched(table)
        n_rows.append(len(found))
        return found

    del database
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOP_PASSWORD", SECRET)
        patch.setattr(windows, "MAX_DATES", 2)
        patch.setattr(boosting, "TREES", 10)
        patch.setattr(ir.Table, "to_pyarrow", counted)
        status = [
            ended(["train", str(folder / "pushed.yaml"), "--quiet"]),
            ended(["score", str(folder / "pushed.yaml"), "--out", "table:latest_scores", "--quiet"]),
            ended(["train", str(folder / "pushed.yaml"), "--set", "tables.transactions.source=table:gone"]),
        ]
    gc.collect()
    return {"status": status, "most_rows": max(n_rows)}


def ended(words: list[str]) -> int:
    with pytest.raises(SystemExit) as ended:
        main(words)
    return ended.value.code


def test_a_model_is_trained_and_scores_stand_in_a_table(
    said: dict[str, object], database: BaseBackend, folder: Path
) -> None:
    assert said["status"][0] in {0, 1}
    assert said["status"][1] == 0
    written = database.table("latest_scores").to_pandas().sort_values("customer_id", ignore_index=True)
    kept = pd.read_parquet(folder / "pushed/scores.parquet").sort_values("customer_id", ignore_index=True)
    pd.testing.assert_frame_equal(written, kept, check_dtype=False)
    assert written["customer_id"].is_unique


def test_scores_are_those_of_the_embedded_engine(said: dict[str, object], folder: Path) -> None:
    del said
    model = ["--model", str(folder / "pushed/predictor"), "--quiet"]
    assert ended(["score", str(folder / "embedded.yaml"), *model]) == 0
    ours, theirs = (
        pd.read_parquet(folder / name / "scores.parquet").sort_values("customer_id", ignore_index=True)
        for name in ("embedded", "pushed")
    )
    pd.testing.assert_frame_equal(theirs, ours, rtol=1e-6)


def test_only_rows_by_customer_or_by_day_leave_the_database(
    said: dict[str, object], frames: dict[str, pd.DataFrame]
) -> None:
    orders = frames["transactions"]
    most = max(N_CUSTOMERS, orders["time"].dt.date.nunique())
    assert said["most_rows"] <= most < len(orders)


def test_no_secret_is_printed_or_kept(said: dict[str, object], folder: Path) -> None:
    assert said["status"][2] == 2
    kept = [file for file in folder.rglob("*") if file.is_file()]
    assert any(file.name == "pushed.db" for file in kept)
    assert not [file.name for file in kept if SECRET.encode() in file.read_bytes()]
