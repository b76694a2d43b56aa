"""Where trees learn is refused before anything is read, where they cannot learn there."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from goodwill.cli import main
from goodwill.config import Config
from goodwill.errors import ConfigError, UsageError
from goodwill.pipeline.train import train_models
from goodwill.scoring.boosting import ensure_slots

if TYPE_CHECKING:
    from conftest import Shop


def engine(**settings: str) -> SimpleNamespace:
    """Return as much of Spark as its settings."""
    context = SimpleNamespace(getConf=lambda: {**settings})
    rows = SimpleNamespace(sparkSession=SimpleNamespace(sparkContext=context))
    return SimpleNamespace(raw_sql=lambda _: rows)


@pytest.mark.parametrize("other", ["duckdb", "postgres://shop@host/shop"])
def test_only_spark_boosts_on_spark(untrained: Shop, other: str) -> None:
    wanted = untrained.config("train.boosting=spark", f"engine={other}")
    with pytest.raises(UsageError, match=r"train\.boosting: spark needs `engine: spark`"):
        train_models(wanted)


def test_the_command_says_so_and_ends_with_2(untrained: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["train", str(untrained.folder / "shop.yaml"), "--set", "train.boosting=spark"])
    assert ended.value.code == 2
    assert "train.boosting: spark needs `engine: spark`" in capsys.readouterr().err


def test_ready_made_tables_have_no_windows() -> None:
    profiles = {"source": "p.parquet", "churn": {"column": "left", "positive": "yes"}}
    wanted = Config(name="p", engine="spark", tables={"profiles": profiles}, train={"boosting": "spark"})
    with pytest.raises(UsageError, match=r"tables\.profiles has none"):
        train_models(wanted)


def test_a_place_that_there_is_not_is_refused(untrained: Shop) -> None:
    with pytest.raises(ConfigError, match=r"train\.boosting"):
        untrained.config("train.boosting=cloud")


def test_executors_that_come_and_go_are_refused() -> None:
    ensure_slots(engine())
    with pytest.raises(UsageError, match="needs all workers at once"):
        ensure_slots(engine(**{"spark.dynamicAllocation.enabled": "true"}))
