"""The calendar of a world: how busy each day is, and what money is worth on it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.data.simulate.world import World

DAYS_PER_YEAR = 365.25
_GIFT_SEASON = (1120, 1223)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Calendar:
    """A world's days, counted from its start.

    Parameters
    ----------
    intensity : (n_days,) factor on every order rate; constant within a day.
    price_level : (n_days,) factor on every order's value.
    """

    intensity: Floats
    price_level: Floats

    @property
    def elapsed(self) -> Floats:
        """Business time passed at the start of each day, (n_days + 1,): the integral of `intensity`."""
        return np.concatenate([[0.0], np.cumsum(self.intensity)])

    def business_time(self, day: Floats) -> Floats:
        """Return the business time passed at each moment, given in days since the start."""
        whole = np.minimum(day.astype(np.int64), len(self.intensity) - 1)
        return self.elapsed[whole] + (day - whole) * self.intensity[whole]

    def moment(self, business_time: Floats) -> Floats:
        """Return the days since the start at which so much business time has passed."""
        return np.interp(business_time, self.elapsed, np.arange(len(self.intensity) + 1.0))


def calendar_of(world: World, n_days: int) -> Calendar:
    """Return the first `n_days` of a world's calendar, which goes on after the history ends."""
    seasons = world.seasons
    day = np.arange(n_days)
    dates = pd.date_range(world.start, periods=n_days)
    years = day / DAYS_PER_YEAR
    wave = 1 + seasons.yearly_amplitude * np.cos(
        2 * np.pi * (dates.day_of_year.to_numpy() - seasons.peak_day) / DAYS_PER_YEAR
    )
    month_day = dates.month.to_numpy() * 100 + dates.day.to_numpy()
    is_gift = (month_day >= _GIFT_SEASON[0]) & (month_day <= _GIFT_SEASON[1])
    broken = day >= (np.inf if seasons.break_day is None else seasons.break_day)
    weekly = np.asarray(seasons.weekly) / np.mean(seasons.weekly)
    intensity = wave * np.where(is_gift, seasons.gift_factor, 1.0) * weekly[dates.day_of_week.to_numpy()]
    intensity = (
        intensity * np.exp(seasons.trend_per_year * years) * np.where(broken, seasons.break_factor, 1.0)
    )
    return Calendar(intensity, np.exp(world.spend.inflation_per_year * years))
