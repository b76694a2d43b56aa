"""Monitoring from a config: one verdict, kept with its evidence, in files and in MLflow."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from mlflow import MlflowClient

from goodwill.config import Config
from goodwill.errors import ArtefactError, HistoryError, UsageError
from goodwill.pipeline.monitor import monitor_model
from goodwill.pipeline.promote import promote_version
from goodwill.pipeline.score import Request, score_customers
from goodwill.predictor import ProfilePredictor

if TYPE_CHECKING:
    from conftest import Shop


def test_the_day_of_training_knows_no_outcome_yet(copied: Shop) -> None:
    answer = monitor_model(copied.config())
    assert answer.data["matured"] == answer.data["ageing"] == []
    assert "No outcome is known yet since the training; the first will be on 2025-04-01." in answer.notes
    assert json.loads((copied.output / "monitor.json").read_text()) == answer.data


def test_kept_scores_are_judged_once_their_outcome_is_known(copied: Shop) -> None:
    promote_version(copied.config(), 1)
    score_customers(copied.config(), Request())
    answer = monitor_model(copied.config(), as_of="2025-06-01")
    (matured,) = answer.data["matured"]
    assert (matured["as_of"], matured["version"]) == ("2025-01-01", "1")
    assert matured["churn"] == answer.data["ageing"][0]["churn"]
    assert [row["age_days"] for row in answer.data["ageing"]] == [0, 20, 41, 61]
    assert answer.is_no == (answer.data["verdict"] not in {"fine", "watch"})


@pytest.mark.no_cover
def test_customers_who_moved_between_classes_are_told_from_the_second_scoring_on(copied: Shop) -> None:
    promote_version(copied.config(), 1)
    score_customers(copied.config(), Request())
    assert monitor_model(copied.config()).data["migration"] == {}
    score_customers(copied.config(), Request(as_of="2025-03-01"))
    answer = monitor_model(copied.config(), as_of="2025-03-01")
    assert [(day["as_of"], day["version"]) for day in answer.data["history"]] == [
        ("2025-01-01", "1"),
        ("2025-03-01", "1"),
    ]
    moved = answer.data["migration"]
    assert (moved["since"], moved["until"], moved["model_changed"]) == ("2025-01-01", "2025-03-01", False)
    assert 0 < moved["classes"]["tier"]["stayed_share"] < 1
    titles = [sheet.title for sheet in answer.sheets]
    assert "Kept scores" in titles
    assert any(title.startswith("Classes since 2025-01-01: in the same class are tier ") for title in titles)
    client = MlflowClient(f"sqlite:///{copied.folder}/mlflow.db")
    experiment = client.get_experiment_by_name("shop")
    runs = client.search_runs([experiment.experiment_id], "tags.`goodwill.verdict` != ''")
    assert runs[0].data.metrics["monitor.stayed_share.tier"] == moved["classes"]["tier"]["stayed_share"]


def test_numbers_and_verdict_go_to_mlflow_without_ids(copied: Shop) -> None:
    answer = monitor_model(copied.config())
    client = MlflowClient(f"sqlite:///{copied.folder}/mlflow.db")
    experiment = client.get_experiment_by_name("shop")
    (run,) = client.search_runs([experiment.experiment_id], "tags.`goodwill.verdict` != ''", max_results=2)
    assert run.data.tags["goodwill.verdict"] == answer.data["verdict"]
    assert "customer_id" not in json.dumps(answer.data)


def test_a_column_that_goes_missing_is_a_question_of_data(copied: Shop) -> None:
    file = copied.folder / "data/customers.parquet"
    customers = pd.read_parquet(file)
    customers.assign(acquisition_channel=None).astype({"acquisition_channel": "str"}).to_parquet(file)
    answer = monitor_model(copied.config())
    assert answer.data["verdict"] == "investigate_data"
    assert answer.is_no
    assert any(note.startswith("acquisition_channel is missing for 100.0%") for note in answer.notes)


def test_a_promise_that_is_no_json_is_named(copied: Shop) -> None:
    (copied.output / "metrics.json").resolve().write_text("{")
    with pytest.raises(ArtefactError, match=r"metrics.json is damaged"):
        monitor_model(copied.config())


def test_a_day_before_the_training_tells_nothing(copied: Shop) -> None:
    with pytest.raises(HistoryError, match="as_of 2024-12-01 lies before 2025-01-01, up to which the model"):
        monitor_model(copied.config(), as_of="2024-12-01")


def test_what_was_said_in_hindsight_or_by_another_model_is_not_held_against_this_one(copied: Shop) -> None:
    score_customers(copied.config(), Request(as_of="2024-09-01", hindsight=True))
    answer = monitor_model(copied.config())
    (matured,) = answer.data["matured"]
    assert (matured["as_of"], matured["hindsight"]) == ("2024-09-01", True)
    assert {found["cause"] for found in answer.data["evidence"]} <= {"drift", "data"}
    assert "No outcome is known yet since the training; the first will be on 2025-04-01." in answer.notes
    judged = next(sheet for sheet in answer.sheets if sheet.title == "Scores whose outcome is known")
    assert judged.columns[:2] == ("as of", "version")


@pytest.mark.no_cover
def test_what_was_issued_comes_before_what_is_said_of_the_same_day_in_hindsight(copied: Shop) -> None:
    promote_version(copied.config(), 1)
    score_customers(copied.config(), Request())
    issued = copied.output / "scores/as_of=2025-01-01/version=1"
    later = shutil.copytree(issued, issued.with_name("version=2"))
    log = json.loads((issued / "log.json").read_text())
    (later / "log.json").write_text(json.dumps({**log, "hindsight": True}))
    found = monitor_model(copied.config(), as_of="2025-06-01").data
    assert [(row["version"], row["hindsight"]) for row in found["matured"]] == [("1", False)]
    assert [(row["version"], row["hindsight"]) for row in found["history"]] == [("1", False)]


def test_a_day_on_which_nobody_can_be_scored_is_a_question_to_the_tables(copied: Shop) -> None:
    file = copied.folder / "data/transactions.parquet"
    orders = pd.read_parquet(file)
    orders.assign(amount=-orders["amount"].abs()).to_parquet(file)
    with pytest.raises(HistoryError, match=r"as_of 2025-06-01: none of \d+ customers can be scored \(\d+ "):
        monitor_model(copied.config(), as_of="2025-06-01")


def test_a_model_is_held_to_the_promise_of_its_own_run(copied: Shop) -> None:
    (copied.output / "metrics.json").unlink()
    (copied.output / "metrics.json").write_text('{"churn": {"roc_auc": 0.99}}')
    assert monitor_model(copied.config()).data["promised"]["churn"]["roc_auc"] != 0.99


def test_without_its_run_there_is_no_promise(copied: Shop) -> None:
    (copied.output / "metrics.json").resolve().unlink()
    assert monitor_model(copied.config()).data["promised"] == {}


def test_a_ready_made_table_has_drift_and_no_days(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"customer_id": map(str, range(300)), "months": rng.integers(1, 60, 300)})
    y = pd.DataFrame({"churned": rng.random(300) < 10 / (10 + X["months"])})
    ProfilePredictor(segments=1).fit(X, y).save(tmp_path / "predictor")
    X.assign(months=X["months"] + 40).to_parquet(tmp_path / "members.parquet")
    places = {"output": str(tmp_path / "out"), "tracking": {"uri": f"sqlite:///{tmp_path}/mlflow.db"}}
    source = {"profiles": {"source": str(tmp_path / "members.parquet")}}
    config = Config.model_validate({"name": "club", "tables": source, **places})
    answer = monitor_model(config, model=str(tmp_path / "predictor"))
    assert answer.data["verdict"] == "watch"
    assert {row["column"] for row in answer.data["drift"] if row["is_drifted"]} >= {"months", "p_churn"}
    with pytest.raises(UsageError, match="--as-of: a ready-made table has no time axis"):
        monitor_model(config, model=str(tmp_path / "predictor"), as_of="2025-01-01")
