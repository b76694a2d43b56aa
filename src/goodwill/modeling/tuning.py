"""Tuning: parameters of the customer value model, sought on time-ordered folds inside the training period.

The study lies in SQLite and goes on after a kill. Every trial draws from a seed of its own, so that what it
proposes depends on the trials finished before it, and not on where a run was interrupted.
"""

import logging
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import numpy as np
import optuna
from filelock import FileLock, Timeout
from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution
from optuna.exceptions import StorageInternalError
from optuna.pruners import MedianPruner
from optuna.samplers import TPESampler
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy.exc import SQLAlchemyError

from goodwill.errors import OutsideError
from goodwill.features.snapshot import Snapshot
from goodwill.modeling.boosting import DEFAULTS, TREES
from goodwill.modeling.tuning_choice import Tried, Tuned, chosen, is_hopeless, untuned
from goodwill.modeling.tuning_folds import Judged, Yardstick, compared, digest, time_folds

__all__ = ["Tuned", "search_space", "tune"]

Progress = Callable[[str, int | None, int | None], None]
STEP = "Tuning"
RANDOM_TRIALS = 5
LOCK_SECONDS = 5.0
_START: Mapping[str, float] = {**DEFAULTS, "trees": TREES}


@dataclass(frozen=True)
class _Search:
    """What all trials share; `seconds` is what judging the defaults took."""

    marks: Sequence[Yardstick]
    trials: int
    seed: int
    deadline: float
    seconds: float


def tune(
    train: Snapshot,
    *,
    trials: int,
    timeout_seconds: float | None = None,
    storage: Path,
    seed: int = 0,
    progress: Progress,
) -> Tuned:
    """Return parameters that clearly beat the defaults on later windows, else the defaults.

    The loss is the mean of log-loss (churn) and Tweedie deviance of power 1.5 (value), both relative to the
    defaults' on the same fold, over folds (`time_folds`). Trial 0 is the defaults. A gain must exceed its
    paired standard error over customers, and 1 %; the search ends early where ten trials have found none.

    Parameters
    ----------
    train : the training windows; nothing after them is known.
    trials : parameter sets to try in all, those of an interrupted run among them; 0 keeps the defaults.
    timeout_seconds : start no trial that would end later than this.
    storage : SQLite file of studies; a study resumes only with the same rows, seed, model and space.
    progress : told ("Tuning", trials done, trials in all).

    Raises
    ------
    OutsideError
        If `storage` cannot be opened, read or written, or another process is tuning in it.

    Examples
    --------
    >>> import pandas as pd
    >>> X = pd.DataFrame({"customer_id": ["a"], "as_of": [pd.Timestamp("2024-01-01")], "horizon_days": [30]})
    >>> y = pd.DataFrame({"churned": [True], "value": [0.0]})
    >>> one_date = Snapshot(X.assign(status="scored"), y, X)
    >>> tune(one_date, trials=20, storage=Path("tuning.db"), progress=lambda *step: None).reason
    'The history holds no earlier windows to tune on, so the defaults stand.'
    """
    if trials < 1:
        return untuned("No trials were asked for, so the defaults stand.")
    began = time.monotonic()
    progress(STEP, 0, trials)
    measured = [Yardstick.measured(fold, seed) for fold in time_folds(train, seed=seed)]
    marks = [mark for mark in measured if mark is not None]
    if not marks:
        return untuned("The history holds no earlier windows to tune on, so the defaults stand.")
    deadline = began + (math.inf if timeout_seconds is None else timeout_seconds)
    search = _Search(marks, trials, seed, deadline, time.monotonic() - began)
    with _studied(storage, _name(search)) as stored:
        tried, is_whole = _run(stored, search, progress)
    return chosen(tried, n_folds=len(marks), is_reproducible=is_whole)


def search_space() -> dict[str, BaseDistribution]:
    """Return where parameters are sought: around the defaults, evenly in logs where they multiply.

    Examples
    --------
    >>> space = search_space()
    >>> (space["max_depth"].low, space["max_depth"].high), (space["trees"].low, space["trees"].high)
    ((2, 6), (75, 300))
    """
    depth, trees, rows = (int(_START["max_depth"]), int(_START["trees"]), _START["subsample"])
    return {
        "max_depth": IntDistribution(max(depth - 2, 1), depth + 2),
        "trees": IntDistribution(max(trees // 2, 1), trees * 2, log=True),
        "eta": _around("eta", 2.0),
        "min_child_weight": _around("min_child_weight", 4.0),
        "subsample": FloatDistribution(rows / 1.4, min(rows * 1.4, 1.0)),
        "colsample_bynode": _around("colsample_bynode", 2.0, most=1.0),
        "reg_lambda": _around("reg_lambda", 8.0),
    }


def _around(name: str, factor: float, most: float = math.inf) -> FloatDistribution:
    return FloatDistribution(_START[name] / factor, min(_START[name] * factor, most), log=True)


def _run(stored: optuna.Study, search: _Search, progress: Progress) -> tuple[list[Tried], bool]:
    """Make the trials that are missing; False beside them where time ran out before.

    A trial is made in memory and stored once it is finished, in one transaction: a killed one leaves
    nothing behind, and is made again from the same seed and the same history.
    """
    study = optuna.create_study(pruner=MedianPruner(n_startup_trials=RANDOM_TRIALS))
    study.add_trials(stored.get_trials(deepcopy=False)[: search.trials] or [_defaults(search)])
    if not stored.get_trials(deepcopy=False):
        stored.add_trial(study.trials[0])
    while True:
        tried = [_tried(trial) for trial in study.get_trials(deepcopy=False)]
        progress(STEP, len(tried), search.trials)
        if len(tried) >= search.trials or is_hopeless(tried):
            return tried, True
        if time.monotonic() + search.seconds > search.deadline:
            return tried, False
        drawn = np.random.SeedSequence([search.seed, len(tried)]).generate_state(1)[0]
        study.sampler = TPESampler(seed=int(drawn), n_startup_trials=RANDOM_TRIALS)
        stored.add_trial(_made(study, search))


def _made(study: optuna.Study, search: _Search) -> FrozenTrial:
    began, judged = time.monotonic(), list[Judged]()
    trial = study.ask(search_space())
    for place, mark in enumerate(search.marks, start=1):
        judged.append(mark.judge(trial.params))
        trial.report(float(np.mean([said.loss for said in judged])), place)
        trial.set_user_attr("seconds", round(time.monotonic() - began, 3))
        if place < len(search.marks) and trial.should_prune():
            return study.tell(trial, state=TrialState.PRUNED)
    gain, noise = compared(judged, search.marks)
    trial.set_user_attr("noise", noise)
    return study.tell(trial, 1.0 - gain)


def _defaults(search: _Search) -> FrozenTrial:
    return optuna.create_trial(
        value=1.0,
        params=dict(_START),
        distributions=search_space(),
        intermediate_values={place: 1.0 for place, _ in enumerate(search.marks, start=1)},
        user_attrs={"noise": 0.0, "seconds": round(search.seconds, 3)},
    )


def _tried(trial: FrozenTrial) -> Tried:
    is_complete = trial.state == TrialState.COMPLETE
    loss, noise = (trial.value, trial.user_attrs["noise"]) if is_complete else (math.nan, math.nan)
    return Tried(trial.params, loss, noise, trial.user_attrs["seconds"])


def _name(search: _Search) -> str:
    """Return a name that only the same rows, model, space, seed and versions have."""
    space = sorted((name, repr(where)) for name, where in search_space().items())
    versions = [version(package) for package in ("goodwill", "optuna", "xgboost")]
    told = repr((digest(search.marks), space, sorted(_START.items()), search.seed, versions))
    return f"goodwill-{sha256(told.encode()).hexdigest()[:24]}"


@contextmanager
def _studied(storage: Path, name: str) -> Iterator[optuna.Study]:
    """Yield the study of that name, held by this process alone; a failing disk is an OutsideError."""
    with _quiet(), _held(storage):
        try:
            with _database(storage) as database:
                yield optuna.create_study(storage=database, study_name=name, load_if_exists=True)
        except (SQLAlchemyError, StorageInternalError) as error:
            raise _unusable(storage, error) from error


@contextmanager
def _database(storage: Path) -> Iterator[RDBStorage]:
    address = str(storage.resolve()).replace("{", "{{").replace("}", "}}")
    database = RDBStorage(f"sqlite:///{address}", engine_kwargs={"connect_args": {"timeout": LOCK_SECONDS}})
    try:
        yield database
    finally:
        database.remove_session()
        database.engine.dispose()


@contextmanager
def _held(storage: Path) -> Iterator[None]:
    lock = FileLock(f"{storage}.lock", timeout=0)
    try:
        storage.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        message = f"{storage}: another process is tuning in this file. Wait for it to end, or use another."
        raise OutsideError(message) from error
    except OSError as error:
        raise _unusable(storage, error) from error
    try:
        yield
    finally:
        lock.release()


def _unusable(storage: Path, error: BaseException) -> OutsideError:
    cause = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    return OutsideError(
        f"{storage}: the tuning study cannot be read or written ({cause}). Free disk space, make the folder "
        "writable, close what holds the file, or delete it: it holds tuning trials alone."
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence Optuna, and keep its migrations from setting up logging for the whole process."""
    level, root, nothing = optuna.logging.get_verbosity(), logging.getLogger(), logging.NullHandler()
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    root.addHandler(nothing)
    try:
        yield
    finally:
        root.removeHandler(nothing)
        optuna.logging.set_verbosity(level)
