"""Spark gives every customer the scores that the embedded engine gives."""

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
import yaml

import goodwill as gw
from goodwill.config import Config, read_config
from goodwill.data.simulate import simulate_frames
from goodwill.engine import fetch, is_drawn, open_engine
from goodwill.errors import OutsideError, SourceError, UsageError
from goodwill.features import windows
from goodwill.modeling import boosting
from goodwill.pipeline.score import Request, score_customers
from goodwill.pipeline.tables import open_tables

pytest.importorskip("pyspark", reason="the extra goodwill[spark] is not installed")
pytestmark = [
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java 17"),
    # Spark 4 warns of pandas 3, leaves sockets to the collector, and calls names that pandas has deprecated.
    pytest.mark.filterwarnings(
        "ignore::FutureWarning", "ignore::ResourceWarning", "ignore::DeprecationWarning"
    ),
    pytest.mark.filterwarnings("ignore::UserWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
MASTER = "spark:local[2]"
MONEY = ["p_churn", "clv", "clv_low", "clv_high", "clv_if_active", "clv_lifetime", "value_at_risk"]


@pytest.fixture(scope="module", autouse=True)
def session() -> Iterator[None]:
    """Start one small session for all tests here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        engine = open_engine(MASTER)
        yield
        engine.disconnect()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a small shop, a config, and a predictor trained on it by the embedded engine."""
    folder = tmp_path_factory.mktemp("shop")
    for name, frame in simulate_frames(customers=150, seed=0).tables.items():
        frame.to_parquet(folder / f"{name}.parquet", coerce_timestamps="us")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "MAX_DATES", 2)
        patch.setattr(boosting, "TREES", 10)
        tables = open_tables(config(folder)).tables
        train = gw.snapshots(tables, until="2025-01-01", horizon_days=90)
        gw.CustomerValuePredictor(segments=2).fit(train).save(folder / "predictor")
    return folder


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
    score_customers(wanted, Request(model=str(shop / "predictor"), horizon_days=horizon_days))
    scores = pd.read_parquet(Path(wanted.output) / "scores.parquet")
    return scores.sort_values(["horizon_days", "customer_id"], ignore_index=True)


def test_spark_scores_every_customer_as_the_embedded_engine_does(shop: Path) -> None:
    carry = {"reasons": "off", "carry": ["branch_id"]}
    embedded = scored(config(shop, score=carry), shop, (40, 90))
    spark = scored(config(shop, score=carry, engine=MASTER, output=str(shop / "spark")), shop, (40, 90))
    assert list(spark) == list(embedded)
    pd.testing.assert_frame_equal(spark[MONEY], embedded[MONEY], rtol=1e-6, atol=1e-6)
    others = [name for name in embedded if name not in MONEY]
    pd.testing.assert_frame_equal(spark[others], embedded[others], check_dtype=False)
    assert (shop / "spark/scores.parquet/_SUCCESS").exists()


def test_the_same_customers_are_drawn_on_both_engines(shop: Path) -> None:
    drawn = []
    for engine in ("duckdb", MASTER):
        customers = open_tables(config(shop, engine=engine)).tables.customers
        ids = customers.filter(is_drawn(customers.customer_id, 0.3)).customer_id.to_pyarrow().to_pylist()
        drawn.append(sorted(ids))
    assert drawn[0] == drawn[1]
    assert 20 < len(drawn[0]) < 70


def test_a_file_that_is_not_there_is_named(shop: Path) -> None:
    wanted = config(shop, engine=MASTER, tables={"transactions": {"source": str(shop / "no.parquet")}})
    with pytest.raises(SourceError, match=r"no\.parquet: no Parquet or CSV that Spark can read"):
        open_tables(wanted)


def test_what_joins_many_customers_is_refused(shop: Path) -> None:
    wanted = config(shop, engine=MASTER, score={"reasons": "exact"})
    with pytest.raises(UsageError, match="told by `engine: duckdb` alone"):
        score_customers(wanted, Request(model=str(shop / "predictor")))


def test_a_failure_of_spark_is_an_outside_failure() -> None:
    rows = open_engine(MASTER).sql("SELECT assert_true(id < 0) AS x FROM range(3)", dialect="pyspark")
    with pytest.raises(OutsideError, match="Spark failed"):
        fetch(rows)
