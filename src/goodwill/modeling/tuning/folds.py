"""Time-ordered folds inside a training set, and parameters judged on them beside the defaults.

A fold validates on all windows of one date and learns from windows whose outcomes were known by then.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from goodwill.errors import FitError
from goodwill.evaluation.bootstrap import log_loss_per_customer, value_loss_per_customer
from goodwill.features.snapshot import Snapshot
from goodwill.modeling.customer_value import CustomerValueModel
from goodwill.modeling.season_clock import SeasonClock
from goodwill.modeling.steady_fits import SteadyFits
from goodwill.modeling.tuning.marks import Judged

F = NDArray[np.float64]
B = NDArray[np.bool_]
MOST_FOLDS = 3
FEWEST_FOLDS = 2
FEWEST_OF_EACH = 25
FEWEST_SHARE = 1 / 3
MAX_ROWS = 25_000
MAX_CUSTOMERS = 40_000


@dataclass(frozen=True)
class Fold:
    """What could be learned by a day, and what came true after it.

    Parameters
    ----------
    as_of : the day validated from.
    past : windows that ended by `as_of`; its `now` is what was known of each customer on that day.
    later : the windows that begin at `as_of`.
    """

    as_of: pd.Timestamp
    past: Snapshot
    later: Snapshot

    @cached_property
    def clock(self) -> SeasonClock | None:
        """The clock of the seasons that were known by the day."""
        return SeasonClock.fit(self.past.calendar, self.past.season)


@dataclass(frozen=True)
class Yardstick:
    """A fold with what the default parameters lose on it, and what no parameter moves there."""

    fold: Fold
    steady: SteadyFits
    log_loss: float
    deviance: float
    default: Judged
    seed: int

    @classmethod
    def measured(cls, fold: Fold, seed: int) -> Self | None:
        """Return the fold judged under the defaults; None where no model can be fitted to it."""
        try:
            steady = _model(fold, {}, seed).steady_fits(fold.past.X, fold.past.y, fold.past.now)
            log_losses, deviances = _losses(fold, steady, {}, seed)
        except FitError:
            return None
        log_loss, deviance = float(log_losses.mean()), float(deviances.mean())
        judged = _judged(fold, log_losses / log_loss, deviances / deviance)
        return cls(fold, steady, log_loss, deviance, judged, seed)

    def judge(self, parameters: Mapping[str, float]) -> Judged:
        """Return the losses of a model with these parameters, relative to the defaults'."""
        log_losses, deviances = _losses(self.fold, self.steady, parameters, self.seed)
        return _judged(self.fold, log_losses / self.log_loss, deviances / self.deviance)


def time_folds(train: Snapshot, *, seed: int, max_rows: int = MAX_ROWS) -> list[Fold]:
    """Return two or three folds, latest first, fewer or none where the history is too short.

    Of every horizon the latest date is validated on whose earlier windows hold enough customers who churned
    and who did not, and not much less than those of the latest fold, as little data favours simple models.
    Further late dates follow where these are fewer than two.

    Parameters
    ----------
    train : many windows; customers with a status other than `scored` are left out.
    max_rows : rows of a part; above it, whole customers are drawn, the same for all parts. What is known on
        the day of a fold is drawn less sparsely (`MAX_CUSTOMERS`), as few parameters are read off it.
    """
    is_scored = (train.X["status"] == "scored").to_numpy(bool)
    rank = _rank(train.X["customer_id"], seed)
    as_of, horizons = train.X["as_of"], train.X["horizon_days"].to_numpy()
    ends = as_of + pd.to_timedelta(horizons, unit="D")
    folds = []
    for day in _days(_windows(train, is_scored)):
        past, later = (is_scored & each.to_numpy(bool) for each in (ends <= day, as_of == day))
        known = later & (horizons == horizons[later].max())
        now = train.X[_drawn(known, rank, MAX_CUSTOMERS)].reset_index(drop=True)
        past_calendar = train.calendar[train.calendar["week"] + pd.Timedelta(days=7) <= day]
        learned, judged = (_part(train, _drawn(rows, rank, max_rows), now) for rows in (past, later))
        folds.append(Fold(day, replace(learned, calendar=past_calendar), judged))
    return folds


def digest(yardsticks: Sequence[Yardstick]) -> str:
    """Return a digest of all rows the folds hold, and of what the defaults lose on them.

    The losses, rounded, tell another version of the model apart that bears the same number.
    """
    seen = sha256()
    for mark in yardsticks:
        past, later = mark.fold.past, mark.fold.later
        for frame in (past.X, past.y, past.now, later.X, later.y):
            seen.update(repr([(str(name), str(kind)) for name, kind in frame.dtypes.items()]).encode())
            seen.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
        seen.update(f"{mark.fold.as_of} {mark.log_loss:.4g} {mark.deviance:.4g}".encode())
    return seen.hexdigest()


def _windows(train: Snapshot, is_scored: B) -> pd.DataFrame:
    """Return as_of, end, horizon_days, n_churned and n_active of each window."""
    rows = train.X.loc[is_scored, ["as_of", "horizon_days"]]
    churned = train.y.loc[is_scored, "churned"].astype(bool)
    rows = rows.assign(n_churned=churned.astype(int), n_active=(~churned).astype(int))
    windows = rows.groupby(["as_of", "horizon_days"]).sum().reset_index()
    return windows.assign(end=windows["as_of"] + pd.to_timedelta(windows["horizon_days"], unit="D"))


def _days(windows: pd.DataFrame) -> list[pd.Timestamp]:
    """Return the days to validate from, latest first."""
    n_past = {
        day: windows.loc[windows["end"] <= day, ["n_churned", "n_active"]].to_numpy().sum()
        for day in windows["as_of"].drop_duplicates()
        if _is_usable(windows, day)
    }
    days = [day for day, n_rows in n_past.items() if n_rows >= FEWEST_SHARE * max(n_past.values())]
    usable = windows[windows["as_of"].isin(days)]
    chosen = set(usable.groupby("horizon_days")["as_of"].max())
    others = sorted(set(days) - chosen, reverse=True)
    return sorted([*chosen, *others[: max(FEWEST_FOLDS - len(chosen), 0)]], reverse=True)[:MOST_FOLDS]


def _is_usable(windows: pd.DataFrame, day: pd.Timestamp) -> bool:
    parts = (windows["end"] <= day, windows["as_of"] == day)
    return all(
        bool((windows.loc[part, ["n_churned", "n_active"]].sum() >= FEWEST_OF_EACH).all()) for part in parts
    )


def _part(train: Snapshot, rows: B, now: pd.DataFrame) -> Snapshot:
    X, y = (frame[rows].reset_index(drop=True) for frame in (train.X, train.y))
    return replace(train, X=X, y=y, now=now)


def _rank(customers: pd.Series, seed: int) -> NDArray[np.int64]:
    """Return each row's place of its customer in a random order that does not depend on the rows' order."""
    codes, known = pd.factorize(customers, sort=True)
    return np.random.default_rng(seed).permutation(len(known))[codes]


def _drawn(rows: B, rank: NDArray[np.int64], max_rows: int) -> B:
    """Return at most `max_rows` of the rows: those of the customers that come first."""
    if rows.sum() <= max_rows:
        return rows
    return rows & (rank < np.partition(rank[rows], max_rows)[max_rows])


def _model(fold: Fold, parameters: Mapping[str, float], seed: int) -> CustomerValueModel:
    return CustomerValueModel(parameters=parameters, seed=seed, clock=fold.clock)


def _losses(fold: Fold, steady: SteadyFits, parameters: Mapping[str, float], seed: int) -> tuple[F, F]:
    later = fold.later
    with warnings.catch_warnings():
        # What does not converge on a fold may on all windows, and that fit speaks for itself.
        warnings.simplefilter("ignore", ConvergenceWarning)
        said = _model(fold, parameters, seed).fit_beside(steady).predict(later.X)
    log_losses = log_loss_per_customer(later.y["churned"], said.p_churn)
    return log_losses, value_loss_per_customer(later.y["value"], said.clv)


def _judged(fold: Fold, log_losses: F, deviances: F) -> Judged:
    return Judged(fold.later.X["customer_id"].to_numpy(object), (log_losses + deviances) / 2)
