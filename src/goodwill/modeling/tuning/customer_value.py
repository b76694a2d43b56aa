"""Tuning: parameters of the customer value model, sought on time-ordered folds inside the training period."""

import math
import time
from collections.abc import Mapping
from pathlib import Path

from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution

from goodwill.features.snapshot import Snapshot
from goodwill.modeling.boosting import DEFAULTS, TREES
from goodwill.modeling.tuning.choice import Tuned, untuned
from goodwill.modeling.tuning.folds import Yardstick, digest, time_folds
from goodwill.modeling.tuning.search import STEP, Progress, Search, around, searched

__all__ = ["search_space", "tune"]

_START: Mapping[str, float] = {**DEFAULTS, "trees": TREES}


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
    seconds = time.monotonic() - began
    search = Search(marks, digest(marks), search_space(), _START, trials, seed, deadline, seconds)
    return searched(search, storage, progress)


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
        "eta": around(_START["eta"], 2.0),
        "min_child_weight": around(_START["min_child_weight"], 4.0),
        "subsample": FloatDistribution(rows / 1.4, min(rows * 1.4, 1.0)),
        "colsample_bynode": around(_START["colsample_bynode"], 2.0, most=1.0),
        "reg_lambda": around(_START["reg_lambda"], 8.0),
    }
