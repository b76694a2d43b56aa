"""How fast time passes for a shop at each time of the year, learned from its orders or known from elsewhere.

Buyers whose rate follows the season, and rises and falls with the shop, are on a clock that runs as fast
buyers of a steady rate (Cox & Lewis 1966, The Statistical Analysis of Series of Events, chapter 2, on changes
of the time scale). Ages, silences and horizons measured on that clock mean the same at all times, so that
models of steady rates hold, and a window is expected to bring what its season brings at the level of today.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.modeling.known_season import season_rates
from goodwill.modeling.season_course import KNOTS, YEAR_DAYS, course, since_epoch

F = NDArray[np.float64]
_MOST_YEARS, _MOST_WINDOWS, _UNFELT = 4, 4, 0.02
_STEADY = np.zeros((2, 1))


@dataclass(frozen=True)
class SeasonClock:
    """A clock that runs fast in busy times and slowly in quiet ones, a year at today's level being a year.

    Parameters
    ----------
    rates : (26,) how fast it runs at as many equally spaced times of the year, 1 on average; straight lines
        between them. The first stands at 1 January.
    level : (2, k) days since 2000, and the log of how much faster than at the last of them it ran then.
        Before the first of them it ran as on it.

    Examples
    --------
    >>> busy_summer = SeasonClock(1 - 0.5 * np.cos(2 * np.pi * np.arange(26) / 26))
    >>> days = np.array(["2024-01-01", "2024-06-01"], "datetime64[D]")
    >>> busy_summer.ahead(days, np.array([60.0, 60.0])).round(1)
    array([35.2, 88.5])
    >>> busy_summer.back(days, busy_summer.passed(days, np.array([30.0, 30.0]))).round(6)
    array([30., 30.])
    """

    rates: F
    level: F = field(default_factory=lambda: _STEADY)

    @classmethod
    def fit(cls, calendar: pd.DataFrame, months: Sequence[float] | None = None) -> Self | None:
        """Return the clock of a history, None where it is shorter than a year or tells no season.

        Parameters
        ----------
        calendar : as `order_calendar` returns it.
        months : (12 k,) what each month of whole years brought, as known from elsewhere. That is the season
            of a history shorter than a year; a longer one tells how far it is another.
        """
        # Beyond the last order on record nothing is known: silence there is no level of the shop.
        known = calendar[calendar["week"] <= calendar.loc[calendar["n_orders"] > 0, "week"].max()]
        weeks = known["week"]
        if known.empty:
            return None
        told = cls(np.ones(KNOTS) if months is None else season_rates(months))
        if (weeks.max() - weeks.min()) / pd.Timedelta(days=1) < YEAR_DAYS:
            return told if told.is_felt else None
        late = known[weeks > weeks.max() - pd.Timedelta(days=_MOST_YEARS * YEAR_DAYS)]
        found = course(late.assign(customer_days=late["customer_days"] * told._of_weeks(late["week"])))
        rates = told.rates * np.exp(found.season)
        clock = cls(rates / rates.mean(), np.stack([found.days, found.level]))
        return clock if clock.is_felt else None

    @property
    def is_felt(self) -> bool:
        """Whether it ever runs other than the calendar's by what anybody would notice."""
        season = np.log(self.rates)
        told = max(np.abs(season - season.mean()).max(), np.abs(self.level[1]).max(initial=0.0))
        return bool(told >= _UNFELT)

    @property
    def with_one_level(self) -> Self | None:
        """The clock of the season alone, None where it tells none."""
        steady = replace(self, level=_STEADY)
        return steady if steady.is_felt else None

    def ahead(self, day: NDArray[np.datetime64], days: F) -> F:
        """Return how many days the clock shows from each `day` (n,) until `days` (n,) later."""
        start = since_epoch(day)
        return self._shows(start + days) - self._shows(start)

    def passed(self, day: NDArray[np.datetime64], days: F) -> F:
        """Return how many days the clock shows in the `days` (n,) before each `day` (n,)."""
        start = since_epoch(day)
        return self._shows(start) - self._shows(start - days)

    def back(self, day: NDArray[np.datetime64], shown: F) -> F:
        """Return how many days before each `day` (n,) the clock has `shown` so many days less."""
        start = since_epoch(day)
        read = self._shows(start) - shown
        years, rest = np.divmod(_along(read, *self._turns[::-1]), YEAR_DAYS)
        return np.asarray(start - years * YEAR_DAYS - np.interp(rest, self._shown, self._places))

    @property
    def by_month(self) -> F:
        """How fast it runs in each month of the year at one level, (12,)."""
        months = since_epoch(np.arange("2023-01", "2024-02", dtype="datetime64[M]").astype("datetime64[D]"))
        return np.diff(self._season_shows(months)) / np.diff(months)

    @property
    def year_ago(self) -> float:
        """How fast it ran a year before the last day of the level, the season apart."""
        days, logs = self.level
        return float(np.exp(np.interp(days[-1] - YEAR_DAYS, days, logs)))

    def strayed(self, calendar: pd.DataFrame, days: int, months: Sequence[float] | None = None) -> float:
        """Return how far the level strayed from what clocks of earlier days made of it, in so many days.

        This clock knows what came; those are fitted on what was over before them, two years at least, as only
        a second year tells a season, and given the season of this one. What is foreseen now may stray as far.

        Parameters
        ----------
        calendar, months : what this clock was fitted on.
        days : how far ahead is foreseen.

        Returns
        -------
        The root mean square of the logarithm of their ratio over the latest windows, four at most; 0 of none.
        """
        ends, length = calendar["week"] + pd.Timedelta(days=7), np.array([float(days)])
        starts = (ends.max() - pd.Timedelta(days=(place + 1) * days) for place in range(_MOST_WINDOWS))
        strayed = []
        for start in starts:
            if (start - ends.min()) / pd.Timedelta(days=1) < 2 * YEAR_DAYS:
                break
            day, known = np.array([start], "datetime64[D]"), self.fit(calendar[ends <= start], months)
            foreseen = replace(self, level=_STEADY) if known is None else replace(known, rates=self.rates)
            strayed.append(self.pace(day, length) - foreseen.pace(day, length))
        return float(np.sqrt(np.mean(np.square(strayed)))) if strayed else 0.0

    def pace(self, day: NDArray[np.datetime64], days: F) -> float:
        """Return the log of how much more it shows in the `days` (1,) after a `day` (1,) than before it."""
        return float(np.log(self.ahead(day, days) / self.passed(day, days))[0])

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {"rates": self.rates.tolist(), "level": self.level.tolist()}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return the stored clock."""
        level = np.array(stored.get("level", [[0.0], [0.0]]), dtype=float)
        return cls(np.array(stored["rates"], dtype=float), level)

    def _of_weeks(self, weeks: pd.Series) -> F:
        """How fast it runs in each week (n,) that begins on a day."""
        days = weeks.to_numpy("datetime64[D]")
        return self.ahead(days, np.full(len(days), 7.0)) / 7.0

    def _shows(self, since_epoch: F) -> F:
        return _along(self._season_shows(since_epoch), *self._turns)

    def _season_shows(self, since_epoch: F) -> F:
        years, rest = np.divmod(since_epoch, YEAR_DAYS)
        return np.asarray(years * YEAR_DAYS + np.interp(rest, self._places, self._shown))

    @cached_property
    def _turns(self) -> tuple[F, F]:
        """What the season alone shows where the level turns, and what the clock shows there.

        One more place at either end says how fast it runs beyond them.
        """
        days, logs = self.level
        season = self._season_shows(days)
        season = np.concatenate([season[:1] - YEAR_DAYS, season, season[-1:] + YEAR_DAYS])
        speed = np.exp(np.concatenate([logs[:1], (logs[1:] + logs[:-1]) / 2, logs[-1:]]))
        shown = np.append(0.0, np.cumsum(speed * np.diff(season)))
        # As the season shows, after the last of them.
        return season, shown + season[-1] - shown[-1]

    @cached_property
    def _places(self) -> F:
        """Times of a year, a little more often than daily."""
        return np.linspace(0.0, YEAR_DAYS, 16 * KNOTS + 1)

    @cached_property
    def _shown(self) -> F:
        """What the clock shows there, (417,); the integral of straight lines, by trapezoids."""
        rates = np.interp(
            self._places / YEAR_DAYS * KNOTS, np.arange(KNOTS + 1), np.append(self.rates, self.rates[0])
        )
        shown = np.append(0.0, np.cumsum((rates[1:] + rates[:-1]) / 2))
        return np.asarray(shown * (YEAR_DAYS / shown[-1]))


def _along(read: F, known: F, told: F) -> F:
    """Return what is told along straight lines, which go on beyond the first and the last known place."""
    slope = np.diff(told) / np.diff(known)
    beyond = np.minimum(read - known[0], 0.0) * slope[0] + np.maximum(read - known[-1], 0.0) * slope[-1]
    return np.asarray(np.interp(read, known, told) + beyond)
