"""Which outcome windows a history holds."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodwill.errors import HistoryError
from goodwill.features.windows import MAX_DATES, Window, backtest_window, training_windows

FIRST = date(2020, 1, 1)


def test_windows_of_a_year() -> None:
    windows = training_windows(FIRST, date(2021, 1, 1), 90)
    assert {window.horizon_days for window in windows} == {31, 54, 90}
    assert windows[0] == Window(date(2020, 2, 25), 31)
    ends = {window.horizon_days: window.end for window in windows}
    assert set(ends.values()) == {date(2021, 1, 1)}


@given(history_days=st.integers(2, 4000), horizon_days=st.integers(1, 2000))
def test_every_window_lies_within_the_history(history_days: int, horizon_days: int) -> None:
    until = FIRST + timedelta(days=history_days)
    windows = training_windows(FIRST, until, horizon_days)
    assert all(window.as_of > FIRST and window.end <= until for window in windows)
    assert all(1 <= window.horizon_days <= horizon_days for window in windows)
    assert len(set(windows)) == len(windows) <= 3 * MAX_DATES


def test_training_needs_a_history() -> None:
    with pytest.raises(HistoryError, match="holds 1 days; training needs at least 2"):
        training_windows(FIRST, date(2020, 1, 2), 90)


def test_backtest_keeps_the_horizon_where_the_history_holds_it_twice() -> None:
    assert backtest_window(FIRST, date(2020, 7, 1), 91) == Window(date(2020, 4, 1), 91)


def test_backtest_takes_half_of_a_short_history() -> None:
    assert backtest_window(date(1997, 1, 1), date(1997, 10, 1), 273).horizon_days == 136


def test_a_horizon_longer_than_the_history_is_refused() -> None:
    with pytest.raises(HistoryError, match="Choose a horizon of at most 60 days"):
        backtest_window(FIRST, date(2020, 3, 1), 365)


@pytest.mark.parametrize(("as_of", "days"), [(date(2019, 1, 1), 0), (date(2020, 1, 2), 1)])
@pytest.mark.parametrize("horizon_days", [1, 365])
def test_no_horizon_is_advised_where_no_history_is(as_of: date, days: int, horizon_days: int) -> None:
    with pytest.raises(HistoryError, match=rf"as_of: {as_of} has {days} days of history .*; it takes 2\."):
        backtest_window(FIRST, as_of, horizon_days)
