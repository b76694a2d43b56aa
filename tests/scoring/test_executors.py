"""On Spark: the checks, the model and the scores of every customer are those of the embedded engine."""

import json
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
import yaml

import goodwill as gw
from goodwill.config import Config, read_config
from goodwill.data.simulate import simulate_frames
from goodwill.data.sources import read_source
from goodwill.data.types import convert
from goodwill.engine import fetch, open_engine
from goodwill.errors import ConfigError, OutsideError, SourceError, UsageError
from goodwill.features import windows
from goodwill.features.matured import Matured
from goodwill.features.sample import sample_customers
from goodwill.features.windows import Window
from goodwill.modeling import boosting
from goodwill.modeling.customer_value import CustomerValueModel
from goodwill.pipeline.check import check_data
from goodwill.pipeline.outcome import Outcome
from goodwill.pipeline.score import Request, score_customers
from goodwill.pipeline.tables import open_tables
from goodwill.pipeline.train import train_models
from goodwill.scoring.boosting import grow_on_executors

sql = pytest.importorskip("pyspark.sql", reason="the extra goodwill[spark] is not installed")
pytestmark = [
    # Tracing lines costs whole runs two thirds more, and other tests run those lines.
    pytest.mark.no_cover,
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java 17"),
    # Spark 4 warns of pandas 3, leaves sockets to the collector, and calls names that pandas has deprecated.
    pytest.mark.filterwarnings(
        "ignore::FutureWarning", "ignore::ResourceWarning", "ignore::DeprecationWarning"
    ),
    pytest.mark.filterwarnings("ignore::UserWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
Learn = Callable[[int | None], pd.DataFrame]
MASTER = "spark:local[2]"
MONEY = ["p_churn", "clv", "clv_low", "clv_high", "clv_if_active", "clv_lifetime", "value_at_risk"]
# Java's last compiler pays off after many minutes, many collectors with a large heap.
QUICK_JAVA = "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m -XX:+UseSerialGC"
# Generated code pays off with many rows; here it would take most of the time.
QUICK = {
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
}


@pytest.fixture(scope="session", autouse=True)
def session() -> Iterator["sql.SparkSession"]:
    """Start one small session for all tests here."""
    with warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")
        patch.setenv("JDK_JAVA_OPTIONS", QUICK_JAVA)
        engine = open_engine(MASTER, memory_limit="1GB")
        running = sql.SparkSession.getActiveSession()
        for name, value in QUICK.items():
            running.conf.set(name, value)
        yield running
        engine.disconnect()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a small shop."""
    folder = tmp_path_factory.mktemp("shop")
    for name, frame in simulate_frames(customers=150, seed=0).tables.items():
        frame.to_parquet(folder / f"{name}.parquet", coerce_timestamps="us")
    return folder


@pytest.fixture(scope="module")
def trained(shop: Path) -> dict[str, Outcome]:
    """Train on a sample of the shop, by either engine."""
    wanted = {"train": {"max_customers": 90}, "segments": {"k": 2}}
    with few_windows_and_trees(1.0, 0.4):
        return {
            engine: train_models(config(shop, engine=engine, output=str(shop / name), **wanted))
            for engine, name in (("duckdb", "out"), (MASTER, "spark"))
        }


@contextmanager
def few_windows_and_trees(*shares: float) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "MAX_DATES", 2)
        patch.setattr(windows, "_SHARES", shares)
        patch.setattr(boosting, "TREES", 10)
        yield


def config(folder: Path, **changes: object) -> Config:
    names = ("transactions", "customers", "interactions", "products")
    tables = {name: {"source": str(folder / f"{name}.parquet")} for name in names}
    tables["customers"]["known_at_signup"] = ["acquisition_channel", "branch_id"]
    sections = {"name": "shop", "tables": tables, "output": str(folder / "out"), "tuning": {"trials": 0}}
    sections |= {"snapshot": {"as_of": "2025-01-01", "horizon_days": 90}, "score": {"reasons": "off"}}
    sections |= {"tracking": {"uri": f"sqlite:///{folder}/mlflow.db"}}
    (folder / "shop.yaml").write_text(yaml.safe_dump(sections | changes))
    return read_config(folder / "shop.yaml")


def scored(wanted: Config, shop: Path, horizon_days: tuple[int, ...] = ()) -> pd.DataFrame:
    score_customers(wanted, Request(model=str(shop / "out/predictor"), horizon_days=horizon_days))
    scores = pd.read_parquet(Path(wanted.output) / "scores.parquet")
    return scores.sort_values(["horizon_days", "customer_id"], ignore_index=True)


def test_both_engines_learn_the_same_from_the_same_sample(trained: dict[str, Outcome], shop: Path) -> None:
    X = gw.snapshot(open_tables(config(shop)).tables, as_of="2025-01-01", horizon_days=90).X
    ours, spark = (gw.CustomerValuePredictor.load(shop / name / "predictor") for name in ("out", "spark"))
    assert np.allclose(spark.predict(X)[MONEY], ours.predict(X)[MONEY], rtol=1e-6, equal_nan=True)
    for answer in trained.values():
        (learned,) = [note for note in answer.notes if note.startswith("Learned from the past of ")]
        assert "customers, drawn by value and recency; each counts by how many it stands for." in learned
        assert any(note.startswith("Judged and segmented on about 90 of ") for note in answer.notes)


def test_moments_are_told_by_the_clock_of_their_place_on_spark_too(tmp_path: Path) -> None:
    at = pd.to_datetime(["2024-03-31T00:30:00Z", "2024-03-31T01:30:00Z"])
    pd.DataFrame({"at": at}).to_parquet(tmp_path / "rows.parquet", coerce_timestamps="us")
    rows = read_source(open_engine(MASTER), str(tmp_path / "rows.parquet"))
    time = convert(rows["at"], "time", "Europe/Berlin", "transactions.time").value
    local = sorted(str(row["at"]) for row in fetch(rows.select(at=time)).to_pylist())
    assert [text[:19] for text in local] == ["2024-03-31 01:30:00", "2024-03-31 03:30:00"]


@pytest.mark.usefixtures("trained")
def test_spark_scores_every_customer_as_the_embedded_engine_does(shop: Path) -> None:
    carry = {"reasons": "off", "carry": ["branch_id"]}
    embedded = scored(config(shop, score=carry), shop, (40, 90))
    told = (shop / "out/scores.parquet").resolve().with_name("classes.json").read_text()
    spark = scored(config(shop, score=carry, engine=MASTER, output=str(shop / "spark")), shop, (40, 90))
    assert list(spark) == list(embedded)
    pd.testing.assert_frame_equal(spark[MONEY], embedded[MONEY], rtol=1e-6, atol=1e-6)
    others = [name for name in embedded if name not in MONEY]
    pd.testing.assert_frame_equal(spark[others], embedded[others], check_dtype=False)
    assert (shop / "spark/scores.parquet/_SUCCESS").exists()
    again = (shop / "spark/scores.parquet").resolve().with_name("classes.json").read_text()
    assert yaml.safe_load(again)["sizes"] == yaml.safe_load(told)["sizes"]
    assert yaml.safe_load(again)["not_computable"] == yaml.safe_load(told)["not_computable"]


@pytest.mark.usefixtures("trained")
def test_columns_that_the_tables_lack_are_told(shop: Path) -> None:
    orders = {"transactions": {"source": str(shop / "transactions.parquet")}}
    asked = config(shop, tables=orders, engine=MASTER, output=str(shop / "few"))
    answer = score_customers(asked, Request(model=str(shop / "out/predictor")))
    assert any("the table lacks count as missing" in note for note in answer.notes)


def test_the_data_are_found_to_be_what_the_embedded_engine_finds(shop: Path) -> None:
    ours, spark = (check_data(config(shop, engine=engine)).data for engine in ("duckdb", MASTER))
    assert spark == ours


def test_the_same_customers_are_drawn_with_the_same_weights(shop: Path) -> None:
    ours, spark = (
        sample_customers(open_tables(config(shop, engine=engine)).tables, date(2025, 1, 1), 60)
        for engine in ("duckdb", MASTER)
    )
    assert ours is not None
    assert spark is not None
    pd.testing.assert_series_equal(spark.weights, ours.weights)


@pytest.mark.usefixtures("trained")
def test_the_registered_model_is_a_function_of_spark(
    shop: Path, session: "sql.SparkSession", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{shop}/mlflow.db")
    X = gw.snapshot(open_tables(config(shop)).tables, as_of="2025-01-01", horizon_days=90).X.head(20)
    kind = "p_churn double, clv double, segment string"
    score = mlflow.pyfunc.spark_udf(session, "models:/shop/1", env_manager="local", result_type=kind)
    features = session.createDataFrame(X.assign(as_of=X["as_of"].astype(str)))
    whole = [name for name, kind in features.dtypes if kind in {"int", "bigint", "boolean"}]
    features = features.withColumns({name: sql.functions.col(name).cast("double") for name in whole})
    found = features.select("customer_id", score(sql.functions.struct(*features.columns)).alias("said"))
    said = found.select("customer_id", "said.*").toPandas().set_index("customer_id")
    expected = gw.CustomerValuePredictor.load(shop / "out/predictor").predict(X).set_index("customer_id")
    pd.testing.assert_frame_equal(said, expected[list(said)], check_dtype=False, rtol=1e-9)


@pytest.fixture(scope="module")
def taught(shop: Path) -> Learn:
    """Fit the model of one window with trees that learn where they are told to."""
    opened = open_tables(config(shop, engine=MASTER))
    with few_windows_and_trees(1.0):
        train = gw.snapshots(opened.tables, until="2025-01-01", horizon_days=90)
    begun = [Window(day.date(), 90) for day in train.X["as_of"].unique()]
    asked, scored = Matured.of(begun, train.until), train.scored

    def learned(n_workers: int | None) -> pd.DataFrame:
        grow = n_workers and grow_on_executors(opened.engine, opened.tables, asked, list(train.X), n_workers)
        model = CustomerValueModel(parameters={"trees": 10}).fit(scored.X, scored.y, scored.now, grow)
        return pd.DataFrame(vars(model.predict(scored.now)))

    return learned


def test_one_worker_grows_the_trees_that_are_fitted_here(taught: Learn) -> None:
    pd.testing.assert_frame_equal(taught(1), taught(None), rtol=1e-6)


def test_two_workers_grow_trees_nearly_as_good_and_the_same_again(taught: Learn) -> None:
    first, again, here = taught(2), taught(2), taught(None)
    pd.testing.assert_frame_equal(first, again, rtol=1e-12)
    assert first["clv"].corr(here["clv"]) > 0.98
    assert np.isclose(first["clv"].sum(), here["clv"].sum(), rtol=0.05)


def test_training_grows_trees_from_every_customer(shop: Path) -> None:
    orders = {"transactions": {"source": str(shop / "transactions.parquet")}}
    wanted = {"tables": orders, "train": {"max_customers": 90, "boosting": "spark"}, "segments": {"k": 2}}
    with few_windows_and_trees(1.0):
        answer = train_models(config(shop, engine=MASTER, output=str(shop / "grown"), **wanted))
    told = json.loads((shop / "grown/metrics.json").read_text())["training"]
    assert told["n_boosted_rows"] > told["n_rows"]
    note = f"Trees learned on Spark from {told['n_boosted_rows']:,} rows: every customer in every window."
    assert note in answer.notes
    embedded = config(shop, tables=orders, output=str(shop / "again"))
    score_customers(embedded, Request(model=str(shop / "grown/predictor")))
    scores = pd.read_parquet(shop / "again/scores.parquet")
    assert scores.loc[scores["status"] == "scored", MONEY].notna().all(axis=None)


def test_a_file_that_is_not_there_is_named(shop: Path) -> None:
    wanted = config(shop, engine=MASTER, tables={"transactions": {"source": str(shop / "no.parquet")}})
    with pytest.raises(SourceError, match=r"no\.parquet: no Parquet or CSV that Spark can read"):
        open_tables(wanted)


@pytest.mark.usefixtures("trained")
def test_what_joins_many_customers_is_refused(shop: Path) -> None:
    wanted = config(shop, engine=MASTER, score={"reasons": "exact"})
    with pytest.raises(UsageError, match="told by `engine: duckdb` alone"):
        score_customers(wanted, Request(model=str(shop / "out/predictor")))


def test_a_failure_of_spark_is_an_outside_failure() -> None:
    rows = open_engine(MASTER).sql("SELECT assert_true(id < 0) AS x FROM range(3)", dialect="pyspark")
    with pytest.raises(OutsideError, match="Spark failed"):
        fetch(rows)


def test_a_limit_that_is_no_size_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"engine_options\.memory_limit: 'plenty' is no size for Spark"):
        open_engine(MASTER, memory_limit="plenty")
