"""Tuning within the training of a ready-made table: what is stored and told of it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from goodwill.config import Config
from goodwill.modeling.tuning.choice import Tried, chosen
from goodwill.pipeline import profile_tuning
from goodwill.pipeline.finish import Result
from goodwill.pipeline.outcome import silent
from goodwill.pipeline.profiles_training import train_profiles
from goodwill.pipeline.tables import open_tables
from goodwill.predictor import ProfilePredictor, load_predictor
from goodwill.wording import told

# Tracing lines costs whole runs two thirds more, and other tests run those lines.
pytestmark = pytest.mark.no_cover


def trained(folder: Path, trials: int, *, label: str = "left") -> Result:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(160, 2)), columns=["a", "b"]).assign(
        customer_id=[str(i) for i in range(160)]
    )
    left = np.where(rng.random(160) < np.where(X["a"] * X["b"] > 0, 0.9, 0.1), "Yes", "No")
    X.assign(left=left, worth=rng.gamma(2, 20, 160)).to_parquet(folder / "members.parquet")
    labels = {"churn": {"column": "left"}} if label == "left" else {"value": {"column": "worth"}}
    settings = {"name": "club", "tuning": {"trials": trials}, "output": str(folder / "out")}
    profiles = {"source": str(folder / "members.parquet"), "drop": ["worth" if label == "left" else "left"]}
    config = Config.model_validate({**settings, "tables": {"profiles": {**profiles, **labels}}})
    return train_profiles(config, open_tables(config).tables, silent)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_trials_are_made_and_told_in_both_languages(tmp_path: Path) -> None:
    result = trained(tmp_path, 2, label="worth")
    assert [(trial["target"], trial["number"]) for trial in result.trials] == [("clv", 0), ("clv", 1)]
    assert result.metrics["tuning"]["clv"]["n_trials"] == 2
    assert result.notes[0].startswith("Parameters of value: The best of 2 trials saves ")
    assert told(result.notes[0], "zh").startswith("价值的参数：2 次试验中最好的一次在 4 折上")


def test_without_trials_the_defaults_stand_and_no_study_is_left(tmp_path: Path) -> None:
    result = trained(tmp_path, 0)
    assert result.notes[0] == "Parameters of churn: No trials were asked for, so the defaults stand."
    assert (result.trials, (tmp_path / "out").exists()) == ([], False)
    assert result.metrics["training"]["reproducible"]


def test_what_wins_is_found_anew_in_each_fold_and_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_rows, tune = list[int](), profile_tuning.tune_label

    def counted(lesson: tuple[pd.DataFrame, ...], **settings: object) -> object:
        n_rows.append(len(lesson[1]))
        return tune(lesson, **settings)

    monkeypatch.setattr("goodwill.modeling.profiles.recipe.FEW_ROWS", {"max_depth": 1, "trees": 30})
    monkeypatch.setattr(profile_tuning, "tune_label", counted)
    result = trained(tmp_path, 4)
    assert n_rows == [160] + [128] * 5
    assert result.metrics["tuning"]["churn"]["held_saved_share"] > 0.1
    assert result.metrics["backtest"]["repeats"] == 1
    assert "it is used" not in result.notes[0]
    assert "折上比默认参数减少损失" in told(result.notes[0], "zh")
    assert "on customers without a part in it" in result.notes[1]
    assert "予以采用" in told(result.notes[1], "zh")
    result.predictor.save(tmp_path / "saved")
    stored = load_predictor(tmp_path / "saved")
    assert isinstance(stored, ProfilePredictor)
    assert stored.recipe.parameters["churn"]["max_depth"] > 1


def test_where_time_runs_out_before_the_folds_the_defaults_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    default, better = Tried({"max_depth": 4}, 1.0, 0.0, 1.0), Tried({"max_depth": 2}, 0.8, 0.01, 1.0)

    def hurried(lesson: tuple[pd.DataFrame, ...], **_: object) -> object:
        tried = [default, better] if len(lesson[1]) == 160 else [default]
        return chosen(tried, n_folds=4, is_reproducible=False)

    monkeypatch.setattr(profile_tuning, "tune_label", hurried)
    result = trained(tmp_path, 4)
    assert result.metrics["tuning"]["churn"]["held_saved_share"] is None
    assert result.metrics["tuning"]["churn"]["parameters"] == {}
    assert result.notes[0].endswith("on 4 folds (standard error 1.00%).")
    assert result.notes[1].startswith("Time ran out (tuning.timeout_seconds) before parameters of churn")
    assert told(result.notes[1], "zh").startswith("时间（tuning.timeout_seconds）用尽，流失的参数")
    assert not result.metrics["training"]["reproducible"]


def test_searches_share_the_time_that_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.monotonic", lambda: 100.0)
    budget = profile_tuning.Budget(deadline=160.0, n_to_come=3)
    assert [budget.next_part() for _ in range(4)] == [20.0, 30.0, 60.0, 60.0]
    assert profile_tuning.Budget(deadline=np.inf, n_to_come=3).next_part() is None
    assert profile_tuning.Budget(deadline=90.0, n_to_come=3).next_part() == 0.0
