"""Parameters for ready-made tables: found where there is something to find, and left alone elsewhere."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from goodwill.modeling.profiles.model import Lesson, ProfileModel
from goodwill.modeling.tuning import profiles as tuning_profiles
from goodwill.modeling.tuning.profiles import RowsFold, tune_label


def crossed(n: int = 300, **parameters: float) -> Lesson:
    """Return churn that one column alone says nothing of, and trees that start from these parameters."""
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": rng.normal(size=n), "b": rng.normal(size=n)})
    y = pd.DataFrame({"churned": rng.random(n) < np.where(X["a"] * X["b"] > 0, 0.9, 0.1)})
    return ProfileModel(parameters={"churn": {"trees": 30, **parameters}}).lessons(X, y)["churn"]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database with a study of other rows: making its tables takes longer than most tests."""
    path = tmp_path_factory.mktemp("template") / "tuning.db"
    tune_label(crossed(60), trials=1, storage=path, progress=lambda *_: None)
    return path


@pytest.fixture
def storage(tmp_path: Path, template: Path) -> Path:
    return Path(shutil.copy(template, tmp_path / "tuning.db"))


def test_trees_too_shallow_for_what_they_must_learn_are_made_deeper(storage: Path) -> None:
    tuned = tune_label(crossed(max_depth=1), trials=8, storage=storage, progress=lambda *_: None)
    assert tuned.parameters["max_depth"] > 1
    assert tuned.best_value < 0.9 < tuned.default_value == 1.0
    assert (tuned.trials.loc[0, "max_depth"], tuned.n_folds) == (1, 4)


def test_where_nothing_helps_ten_trials_are_enough(storage: Path) -> None:
    rng = np.random.default_rng(0)
    X, y = pd.DataFrame({"a": rng.normal(size=100)}), pd.DataFrame({"value": rng.normal(size=100)})
    lesson = ProfileModel(parameters={"clv": {"trees": 5}}).lessons(X, y)["clv"]
    tuned = tune_label(lesson, trials=50, storage=storage, progress=lambda *_: None)
    assert (len(tuned.trials), tuned.parameters) == (10, {})


def test_a_finished_search_is_not_made_again(storage: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = tune_label(crossed(), trials=3, storage=storage, progress=lambda *_: None)
    judged, judge = [], RowsFold.judge
    monkeypatch.setattr(RowsFold, "judge", lambda mark, tried: judged.append(tried) or judge(mark, tried))
    again = tune_label(crossed(), trials=3, storage=storage, progress=lambda *_: None)
    pd.testing.assert_frame_equal(first.trials.iloc[1:], again.trials.iloc[1:])
    assert judged == [{}] * 4


def test_of_many_rows_some_are_drawn_and_the_defaults_are_those_of_all(
    storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tuning_profiles, "MANY_ROWS", 100)
    monkeypatch.setattr("goodwill.modeling.profiles.recipe.MANY_ROWS", 200)
    sizes, measured = [], RowsFold.measured
    monkeypatch.setattr(RowsFold, "measured", lambda *fold: sizes.append(len(fold[1])) or measured(*fold))
    tuned = tune_label(crossed(), trials=1, storage=storage, progress=lambda *_: None)
    assert sizes == [100] * 4
    assert tuned.trials.loc[0, "max_depth"] == 6


def test_time_that_is_over_leaves_the_defaults_and_says_so(storage: Path) -> None:
    tuned = tune_label(crossed(), trials=9, timeout_seconds=0, storage=storage, progress=lambda *_: None)
    assert (tuned.parameters, len(tuned.trials), tuned.is_reproducible) == ({}, 1, False)
