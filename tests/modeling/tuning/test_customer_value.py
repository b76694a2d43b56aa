"""Tuning repeats, resumes, stops in time, and says what is wrong with its file."""

import logging
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

import numpy as np
import optuna
import pandas as pd
import pytest
from filelock import FileLock

from goodwill.errors import OutsideError
from goodwill.features.snapshot import Snapshot
from goodwill.modeling.blend import Predicted
from goodwill.modeling.boosting import DEFAULTS, TREES
from goodwill.modeling.tuning import folds as tuning_folds
from goodwill.modeling.tuning import search as tuning_search
from goodwill.modeling.tuning.choice import Tuned
from goodwill.modeling.tuning.customer_value import search_space, tune
from goodwill.modeling.tuning.marks import Judged

BEST_ETA = 0.09


class KnownModel:
    """A model that errs the more, the further eta lies from `BEST_ETA`."""

    def __init__(self, *, parameters: Mapping[str, float], seed: int, clock: object) -> None:
        assert clock is None, "a history without a calendar tells no season"
        self.eta, self.seed = parameters.get("eta", DEFAULTS["eta"]), seed

    def steady_fits(self, X: pd.DataFrame, y: pd.DataFrame, now: pd.DataFrame) -> tuple[str, ...]:
        return (*X, *y, *now)

    def fit_beside(self, steady: tuple[str, ...]) -> Self:
        self.columns_ = steady
        return self

    def predict(self, X: pd.DataFrame) -> Predicted:
        error = 1 + abs(np.log(self.eta / BEST_ETA))
        habit_days = (X["habit"] * X["horizon_days"]).to_numpy(float)
        return Predicted(np.exp(-error * habit_days / 60), error * habit_days, np.zeros(len(X)))


class FlatModel(KnownModel):
    """A model on which no parameter has any effect."""

    def __init__(self, *, parameters: Mapping[str, float], seed: int, clock: object) -> None:
        super().__init__(parameters={}, seed=seed + len(parameters), clock=clock)


class FullDisk(sqlite3.Connection):
    """A database that may not grow."""

    def cursor(self, *factory: type[sqlite3.Cursor]) -> sqlite3.Cursor:
        self.execute("pragma max_page_count = 1")
        return super().cursor(*factory)


def history(seed: int = 0) -> Snapshot:
    """Return 150 customers in windows of 30 days from the first of each of five months."""
    rng = np.random.default_rng(seed)
    keys = pd.MultiIndex.from_product(
        [[f"c{number:03d}" for number in range(150)], pd.date_range("2024-01-01", periods=5, freq="31D")],
        names=["customer_id", "as_of"],
    ).to_frame(index=False)
    habit = np.repeat(rng.gamma(2.0, 1.0, 150), 5)
    churned = rng.random(len(keys)) < np.exp(-habit / 2)
    value = np.where(churned, 0.0, 30 * habit / (1 - np.exp(-habit / 2)))
    X = keys.assign(horizon_days=30, status="scored", habit=habit)
    return Snapshot(X, pd.DataFrame({"churned": churned, "value": value}), X.iloc[:0])


def silent(*_: object) -> None:
    """Show nothing."""


def tuned(storage: Path, trials: int = 8, seed: int = 0, **changes: float) -> Tuned:
    return tune(history(), trials=trials, storage=storage, seed=seed, progress=silent, **changes)


def killed_in_trial(number: int, storage: str) -> None:
    """Tune until this process is killed; run by `python -c` in the test of it."""
    n_judged, judge = [], tuning_folds.Yardstick.judge

    def judge_or_die(mark: tuning_folds.Yardstick, parameters: Mapping[str, float]) -> Judged:
        n_judged.append(1)
        if len(n_judged) == 2 * number:
            os.kill(os.getpid(), signal.SIGKILL)
        return judge(mark, parameters)

    tuning_folds.CustomerValueModel = KnownModel
    tuning_folds.Yardstick.judge = judge_or_die
    tuned(Path(storage))


@pytest.fixture(autouse=True, scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Yield a database that holds another study: making its tables takes longer than most tests."""
    path = tmp_path_factory.mktemp("template") / "tuning.db"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(tuning_folds, "CustomerValueModel", KnownModel)
        tune(history(seed=9), trials=1, storage=path, progress=silent)
        yield path


@pytest.fixture
def storage(tmp_path: Path, template: Path) -> Path:
    return Path(shutil.copy(template, tmp_path / "tuning.db"))


@pytest.fixture
def other_storage(tmp_path: Path, template: Path) -> Path:
    return Path(shutil.copy(template, tmp_path / "other.db"))


def test_it_finds_what_is_better_than_the_defaults(storage: Path) -> None:
    found = tuned(storage, trials=15)
    assert abs(np.log(found.parameters["eta"] / BEST_ETA)) < abs(np.log(DEFAULTS["eta"] / BEST_ETA))
    assert found.best_value < found.default_value == 1.0
    assert (found.n_folds, found.is_reproducible, len(found.trials)) == (2, True, 15)


def test_trial_0_is_the_defaults(storage: Path) -> None:
    first = tuned(storage, trials=1).trials.loc[0]
    assert {name: first[name] for name in DEFAULTS} == dict(DEFAULTS)
    assert (first["trees"], first["value"], first["state"]) == (TREES, 1.0, "complete")


def test_the_same_seed_gives_the_same_trials_and_another_others(storage: Path, other_storage: Path) -> None:
    tables = [
        tuned(place, seed=seed).trials.drop(columns="seconds")
        for place, seed in ((storage, 1), (other_storage, 1), (storage, 2))
    ]
    assert tables[0].equals(tables[1])
    assert not tables[0]["eta"].equals(tables[2]["eta"])


def test_some_trials_are_cut_short_after_the_first_fold(storage: Path) -> None:
    assert set(tuned(storage, trials=15).trials["state"]) == {"complete", "pruned"}


@pytest.mark.no_cover
def test_a_killed_run_resumes_and_ends_where_an_uninterrupted_one_does(tmp_path: Path, storage: Path) -> None:
    code = "import runpy, sys; runpy.run_path(sys.argv[1])['killed_in_trial'](4, sys.argv[2])"
    died = subprocess.run([sys.executable, "-c", code, __file__, str(tmp_path / "a.db")], check=False)
    assert died.returncode == -signal.SIGKILL
    resumed, whole = tuned(tmp_path / "a.db"), tuned(storage)
    assert resumed.trials.drop(columns="seconds").equals(whole.trials.drop(columns="seconds"))
    assert resumed.parameters == whole.parameters != {}


def test_a_finished_study_is_not_made_again(storage: Path) -> None:
    first = tuned(storage)
    again = tuned(storage)
    pd.testing.assert_frame_equal(first.trials.iloc[1:], again.trials.iloc[1:])
    assert tuned(storage, trials=3).trials["eta"].tolist() == first.trials["eta"].tolist()[:3]


def test_other_data_never_share_a_study(storage: Path) -> None:
    first = tuned(storage)
    other = tune(history(seed=1), trials=8, storage=storage, progress=silent)
    assert first.trials["value"].tolist()[1:] != other.trials["value"].tolist()[1:]


def test_no_trials_leave_the_defaults_and_no_file(tmp_path: Path) -> None:
    found = tuned(tmp_path / "none.db", trials=0)
    assert (found.parameters, found.n_folds, list(tmp_path.iterdir())) == ({}, 0, [])


def test_a_history_without_folds_leaves_the_defaults_and_says_so(storage: Path) -> None:
    one_day = history()
    rows = one_day.X["as_of"] == pd.Timestamp("2024-01-01")
    train = Snapshot(one_day.X[rows], one_day.y[rows], one_day.now)
    found = tune(train, trials=5, storage=storage, progress=silent)
    assert found.reason == "The history holds no earlier windows to tune on, so the defaults stand."
    assert found.parameters == {}


def test_it_stops_after_ten_trials_where_nothing_helps(
    storage: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tuning_folds, "CustomerValueModel", FlatModel)
    found = tuned(storage, trials=50)
    assert (len(found.trials), found.parameters, found.is_reproducible) == (10, {}, True)


def test_a_time_limit_stops_before_the_next_trial_and_says_so(storage: Path) -> None:
    found = tuned(storage, timeout_seconds=1e-9)
    assert (len(found.trials), found.is_reproducible, found.parameters) == (1, False, {})


def test_a_run_stopped_by_time_is_completed_by_one_with_time(storage: Path, other_storage: Path) -> None:
    stopped = tuned(storage, timeout_seconds=1e-9)
    completed, whole = tuned(storage), tuned(other_storage)
    assert (stopped.is_reproducible, completed.is_reproducible) == (False, True)
    assert completed.parameters == whole.parameters


def test_progress_counts_finished_trials(storage: Path) -> None:
    told: list[tuple[str, int | None, int | None]] = []
    tune(history(), trials=3, storage=storage, progress=lambda *step: told.append(step))
    assert told == [("Tuning", 0, 3), ("Tuning", 1, 3), ("Tuning", 2, 3), ("Tuning", 3, 3)]


def test_the_space_lies_around_the_defaults() -> None:
    start, space = {**DEFAULTS, "trees": TREES}, search_space()
    assert space.keys() == start.keys()
    assert all(space[name].low < default < space[name].high for name, default in start.items())


def test_logging_is_left_as_it_was(storage: Path, capfd: pytest.CaptureFixture[str]) -> None:
    root, before = logging.getLogger(), optuna.logging.get_verbosity()
    handlers, ours = list(root.handlers), logging.getLogger("goodwill.test")
    tuned(storage, trials=2)
    assert (optuna.logging.get_verbosity(), root.handlers, ours.disabled) == (before, handlers, False)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("place", ["damaged", "folder", "damaged/tuning.db"])
def test_a_file_that_cannot_be_used_is_an_outside_error(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "damaged").write_bytes(b"not a database, but long enough to be taken for one" * 50)
    with pytest.raises(OutsideError, match=f"{place}: the tuning study cannot be read or written.*Free"):
        tuned(tmp_path / place)


def test_a_locked_database_is_an_outside_error(storage: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tuned(storage, trials=1)
    monkeypatch.setattr(tuning_search, "LOCK_SECONDS", 0.01)
    other = sqlite3.connect(storage)
    other.execute("begin exclusive")
    with pytest.raises(OutsideError, match="database is locked"):
        tuned(storage)
    other.close()


def test_a_full_disk_is_an_outside_error(storage: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3.dbapi2, "connect", lambda *place, **_: connect(*place, factory=FullDisk))
    with pytest.raises(OutsideError, match="database or disk is full"):
        tuned(storage, trials=40)


def test_two_processes_never_tune_in_one_file(storage: Path) -> None:
    with (
        FileLock(f"{storage}.lock"),
        pytest.raises(OutsideError, match="another process is tuning in this file"),
    ):
        tuned(storage)
