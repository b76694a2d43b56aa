"""The search for parameters: trials one after another, in a study that lies in SQLite and outlives a kill.

Every trial draws from a seed of its own, so that what it proposes depends on the trials finished before it,
and not on where a run was interrupted.
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
from optuna.distributions import BaseDistribution, FloatDistribution
from optuna.exceptions import StorageInternalError
from optuna.pruners import MedianPruner
from optuna.samplers import TPESampler
from optuna.storages import RDBStorage
from optuna.trial import FrozenTrial, TrialState
from sqlalchemy.exc import SQLAlchemyError

from goodwill.errors import OutsideError
from goodwill.modeling.tuning.choice import Tried, Tuned, chosen, is_hopeless
from goodwill.modeling.tuning.marks import Judged, Mark, compared

Progress = Callable[[str, int | None, int | None], None]
Space = Mapping[str, BaseDistribution]
STEP = "Tuning"
RANDOM_TRIALS = 5
LOCK_SECONDS = 5.0


@dataclass(frozen=True)
class Search:
    """What all trials share.

    Parameters
    ----------
    marks : the folds that parameters are judged on.
    rows : a digest of all rows of the folds; a study resumes only with the same.
    space : where parameters are sought. start : the defaults, which are trial 0.
    trials : how many there may be, those of an interrupted run among them.
    deadline : in seconds of `time.monotonic`. seconds : what judging the defaults took.
    """

    marks: Sequence[Mark]
    rows: str
    space: Space
    start: Mapping[str, float]
    trials: int
    seed: int
    deadline: float
    seconds: float


def searched(search: Search, storage: Path, progress: Progress) -> Tuned:
    """Return what the trials found: parameters that clearly beat the defaults, else the defaults.

    Raises
    ------
    OutsideError
        If `storage` cannot be opened, read or written, or another process is tuning in it.
    """
    with _studied(storage, _name(search)) as stored:
        tried, is_whole = _run(stored, search, progress)
    return chosen(tried, n_folds=len(search.marks), is_reproducible=is_whole)


def around(start: float, factor: float, most: float = math.inf) -> FloatDistribution:
    """Return values from a start divided by a factor to one multiplied by it, even in logs.

    Examples
    --------
    >>> eta = around(0.05, 2.0)
    >>> eta.low, eta.high, around(0.8, 2.0, most=1.0).high
    (0.025, 0.1, 1.0)
    """
    return FloatDistribution(start / factor, min(start * factor, most), log=True)


def _run(stored: optuna.Study, search: Search, progress: Progress) -> tuple[list[Tried], bool]:
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


def _made(study: optuna.Study, search: Search) -> FrozenTrial:
    began, judged = time.monotonic(), list[Judged]()
    trial = study.ask(dict(search.space))
    for place, mark in enumerate(search.marks, start=1):
        judged.append(mark.judge(trial.params))
        trial.report(float(np.mean([said.loss for said in judged])), place)
        trial.set_user_attr("seconds", round(time.monotonic() - began, 3))
        if place < len(search.marks) and trial.should_prune():
            return study.tell(trial, state=TrialState.PRUNED)
    gain, noise = compared(judged, search.marks)
    trial.set_user_attr("noise", noise)
    return study.tell(trial, 1.0 - gain)


def _defaults(search: Search) -> FrozenTrial:
    return optuna.create_trial(
        value=1.0,
        params=dict(search.start),
        distributions=dict(search.space),
        intermediate_values={place: 1.0 for place, _ in enumerate(search.marks, start=1)},
        user_attrs={"noise": 0.0, "seconds": round(search.seconds, 3)},
    )


def _tried(trial: FrozenTrial) -> Tried:
    is_complete = trial.state == TrialState.COMPLETE
    loss, noise = (trial.value, trial.user_attrs["noise"]) if is_complete else (math.nan, math.nan)
    return Tried(trial.params, loss, noise, trial.user_attrs["seconds"])


def _name(search: Search) -> str:
    """Return a name that only the same rows, model, space, seed and versions have."""
    space = sorted((name, repr(where)) for name, where in search.space.items())
    versions = [version(package) for package in ("goodwill", "optuna", "xgboost")]
    told = repr((search.rows, space, sorted(search.start.items()), search.seed, versions))
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
