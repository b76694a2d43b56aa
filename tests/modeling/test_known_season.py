"""A season known from elsewhere: months that bring what they were told to, growth taken out, none below 0."""

import numpy as np
import pytest

from goodwill.modeling.known_season import season_rates
from goodwill.modeling.season_clock import SeasonClock

DAYS = np.diff(np.arange("2023-01", "2024-02", dtype="datetime64[M]").astype("datetime64[D]")).astype(float)
GIFTS = np.array([1.0, 0.9, 1.0, 1.0, 1.0, 1.0, 0.8, 0.7, 1.0, 1.2, 2.5, 1.8])


def test_each_month_brings_its_part() -> None:
    told = GIFTS / DAYS
    clock = SeasonClock(season_rates(GIFTS))
    assert clock.by_month == pytest.approx(told / np.average(told, weights=DAYS), rel=0.03)


def test_the_unit_does_not_matter() -> None:
    assert season_rates(1_000 * GIFTS) == pytest.approx(season_rates(GIFTS))


def test_months_as_busy_as_they_are_long_are_no_season() -> None:
    assert season_rates(DAYS) == pytest.approx(np.ones(26))


def test_growth_from_year_to_year_is_no_season() -> None:
    months = np.tile(GIFTS, 3) * 1.5 ** (np.arange(36) / 12)
    assert season_rates(months) == pytest.approx(season_rates(GIFTS))


def test_a_month_that_brings_nothing_passes_slowly() -> None:
    rates = season_rates([*GIFTS[:7], 0.0, *GIFTS[8:]])
    assert 0 < SeasonClock(rates).by_month[7] < 0.1
    assert (rates > 0).all()
