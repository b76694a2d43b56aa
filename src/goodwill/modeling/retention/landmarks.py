"""The rows that landmark hazards are learned from and asked for: a contract, and a renewal ahead of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.modeling.retention.notice import NoticeRule
from goodwill.modeling.retention.person_periods import repeated
from goodwill.modeling.retention.schedule import Schedule
from goodwill.modeling.retention.tenure_curves import TenureCurves, plans_of

F = NDArray[np.float64]
BLOCK = 300_000
_YEAR_DAYS, _LEAST = 365.25, 1e-5


@dataclass(frozen=True)
class Landmarks:
    """Renewals ahead of the contracts of a snapshot.

    Parameters
    ----------
    X, known : (n, ...) the contracts' features, and the same as numbers.
    schedule : when their renewals fall due.
    row, step : (m,) the contract of each renewal and its number, 0 for the next.
    """

    X: pd.DataFrame
    known: pd.DataFrame
    schedule: Schedule
    row: NDArray[np.intp]
    step: NDArray[np.int64]

    @classmethod
    def ahead(cls, X: pd.DataFrame, known: pd.DataFrame, n_ahead: NDArray[np.int64]) -> Self:
        """Return the first `n_ahead` (n,) renewals of each contract."""
        return cls(X, known, Schedule.of(X), *repeated(n_ahead))

    def only(self, chosen: NDArray[np.bool_]) -> "Landmarks":
        """Return some of the renewals."""
        return Landmarks(self.X, self.known, self.schedule, self.row[chosen], self.step[chosen])

    @property
    def plans(self) -> NDArray[np.object_]:
        """The plan of each renewal."""
        return plans_of(self.X)[self.row]

    @property
    def number(self) -> F:
        """The number of the period that each renewal ends."""
        return self.schedule.number[self.row] + self.step

    def start(self, curves: TenureCurves, notice: NoticeRule) -> F:
        """Return the logit of each hazard by tenure and plan, given that no notice was given so far."""
        hidden = notice.log_hidden(self.schedule.elapsed[self.row])
        return curves.logit(self.plans, self.number) + np.where(self.step == 0, hidden, 0.0)

    def frame(self) -> pd.DataFrame:
        """Return what trees read (m, ...): the contract's columns, then the renewal's own."""
        schedule, row, step = self.schedule, self.row, self.step
        due, year = schedule.due(row, step), self.X["as_of"].dt.day_of_year.to_numpy(float)
        season = 2 * np.pi * (year[row] + due) / _YEAR_DAYS
        end = self.X["days_to_end"].to_numpy(float) if "days_to_end" in self.X else np.full(len(year), np.nan)
        own = {
            "renewal_number": np.log(self.number),
            "renewals_ahead": step.astype(float),
            "due_days": due,
            "elapsed_share": np.where(step == 0, schedule.elapsed[row], 0.0),
            "price_per_period": schedule.price[row],
            "season_sin": np.sin(season),
            "season_cos": np.cos(season),
            "term_left_days": end[row] - due,
        }
        return self.known.iloc[row].reset_index(drop=True).assign(**own)


def open_share(schedule: Schedule, notice: NoticeRule) -> F:
    """Return what share of a period's ends fall between the last renewal in the horizon and its end (n,)."""
    begin = np.where(schedule.n_due > 0, 0.0, schedule.elapsed)
    since = np.where(schedule.n_due > 0, schedule.first + (schedule.n_due - 1) * schedule.period, 0.0)
    # A contract that ends on the last day of the horizon still ran at its end.
    return notice.ended_between(
        begin, begin + np.maximum(schedule.horizon - since - 1, 0.0) / schedule.period
    )


def running_survival(row: NDArray[np.intp], hazard: F) -> F:
    """Return the running product of 1 - hazard (m,) within each contract.

    Examples
    --------
    >>> running_survival(np.array([0, 0, 1]), np.array([0.5, 0.5, 0.1])).round(3).tolist()
    [0.5, 0.25, 0.9]
    """
    kept = np.log1p(-np.minimum(hazard, 1 - _LEAST))
    total = np.cumsum(kept)
    begins = np.flatnonzero(np.diff(row, prepend=-1) > 0)
    before = np.repeat(total[begins] - kept[begins], np.diff(np.append(begins, len(row))))
    return np.exp(total - before)


def noticed(ahead: Landmarks, notice: NoticeRule, is_last: NDArray[np.bool_], survival: F) -> F:
    """Return the chances (m,) to outlive renewals, with what is known of contracts whose end is known."""
    schedule, row = ahead.schedule, ahead.row
    # Half a day: a contract that ends on the last day of the horizon still ran at its end.
    moment = np.where(is_last, schedule.horizon[row] - 0.5, schedule.due(row, ahead.step))
    sure = np.where(moment < schedule.known_end[row], 1.0, notice.p_back)
    return np.where(schedule.has_notice[row], sure, survival)


def blocks(counts: NDArray[np.int64], most: int = BLOCK) -> Iterator[slice]:
    """Yield slices of rows whose counts add up to `most` at most (or hold one row).

    Examples
    --------
    >>> [(part.start, part.stop) for part in blocks(np.array([2, 2, 9, 1]), most=4)]
    [(0, 2), (2, 3), (3, 4)]
    """
    borders = np.cumsum(counts)
    start = 0
    while start < len(counts):
        seen = borders[start - 1] if start else 0
        stop = max(int(np.searchsorted(borders, seen + most, side="right")), start + 1)
        yield slice(start, stop)
        start = stop
