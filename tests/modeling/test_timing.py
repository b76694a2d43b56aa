"""Times of customers on the calendar and on the clock of the season."""

import numpy as np
import pandas as pd
import pytest

from goodwill.features.columns import Columns
from goodwill.modeling.season_clock import SeasonClock
from goodwill.modeling.timing import Timing, on_clock

SUMMER = SeasonClock(1 - 0.5 * np.cos(2 * np.pi * np.arange(26) / 26))
X = pd.DataFrame({"as_of": pd.to_datetime(["2024-01-01", "2024-07-01"]), "horizon_days": [60, 60]})
X = X.assign(days_since_first_order=[90.0, 90.0], days_since_last_order=[10.0, np.nan])


def test_without_a_clock_times_are_those_of_the_calendar() -> None:
    times = Timing.of(X)
    assert times.horizon.tolist() == times.lookback(times.horizon).tolist() == [60.0, 60.0]
    assert times.since(pd.Timestamp("2023-12-31")).tolist() == [1.0, 183.0]


def test_a_quiet_season_ahead_looks_back_on_fewer_busy_days() -> None:
    autumn = X.assign(as_of=pd.Timestamp("2024-10-15"))
    times = Timing.of(autumn, SUMMER)
    assert (times.horizon < 60).all()
    assert (times.lookback(times.horizon) < times.horizon).all()


def test_a_customer_without_a_day_is_told_by_the_calendar() -> None:
    told = Timing.of(X.assign(as_of=pd.NaT), SUMMER)
    assert told.horizon.tolist() == told.lookback(told.horizon).tolist() == [60.0, 60.0]
    assert told.age.tolist() == [90.0, 90.0]
    assert np.isnan(told.since(pd.Timestamp("2024-01-01"))).all()


def test_frames_without_a_day_or_a_history_have_times_too() -> None:
    bare = Timing.of(pd.DataFrame({"horizon_days": [30]}), SUMMER)
    assert bare.horizon.tolist() == [30.0]
    assert np.isnan(bare.age).all()


@pytest.mark.parametrize("told", [X, Columns.of(X)], ids=["frame", "columns"])
def test_features_on_the_clock_are_told_in_its_days(told: pd.DataFrame | Columns) -> None:
    shown = on_clock(told, SUMMER)
    assert np.asarray(shown["horizon_days"]).round().tolist() == [35.0, 85.0]
    assert "days_since_last_order" in shown
    assert on_clock(told, None) is told
