import numpy as np
import pandas as pd
import pytest

from goodwill.evaluation.seasons import acquisition, calendar_gaps, complete_months, drifts, seasonality


def months(n: int, **columns: object) -> pd.DataFrame:
    steady = {"n_customers": 100.0, "n_new": 20.0, "n_orders": 150.0, "spend_total": 3000.0}
    return pd.DataFrame({"month": pd.date_range("2021-01-01", periods=n, freq="MS"), **steady, **columns})


def test_half_months_at_either_end_are_left_out() -> None:
    days = np.array(["2021-01-20", "2021-04-10"], dtype="datetime64[D]")
    assert complete_months(months(4)[::-1], days)["month"].dt.month.tolist() == [2, 3]


def test_holidays_at_the_ends_do_not_cost_a_month() -> None:
    days = np.array(["2021-01-03", "2021-02-26"], dtype="datetime64[D]")
    assert len(complete_months(months(2), days)) == 2


def test_growing_orders_are_a_drift_with_its_size() -> None:
    rate, value = drifts(months(13, spend_total=3000 * 2 ** (np.arange(13) / 12)))
    assert rate.level == "ok"
    assert (value.level, value.value) == ("problem", pytest.approx(1.0))
    assert "Money per order changed by +100% over 13 months" in value.text


def test_falling_is_judged_like_rising() -> None:
    found = drifts(months(13, spend_total=3000 * 2 ** (-np.arange(13) / 12)))[1]
    assert (found.level, found.value) == ("problem", pytest.approx(-0.5))


def test_noise_alone_is_no_drift() -> None:
    noise = np.random.default_rng(0).lognormal(0, 0.2, 24)
    assert drifts(months(24, n_orders=150 * noise))[0].level == "ok"


def test_months_without_orders_are_left_out_of_a_drift() -> None:
    orders = np.where(np.arange(12) == 5, 0, 150.0)
    rate, value = drifts(months(12, n_orders=orders, n_customers=orders))
    assert (rate.level, value.level) == ("ok", "ok")


def test_few_months_cannot_show_a_drift() -> None:
    assert [found.value for found in drifts(months(4))] == [None, None]


def test_steady_newcomers_pass_and_vanishing_ones_do_not() -> None:
    assert acquisition(months(12)).level == "ok"
    assert acquisition(months(12, n_new=0.0)).value is None
    stopped = acquisition(months(12, n_new=np.where(np.arange(12) < 4, 50.0, 0.0)))
    assert (stopped.value, stopped.level) == (8.0, "warning")
    assert "after 2021-04" in stopped.text


def test_a_late_trickle_of_newcomers_is_silence() -> None:
    assert acquisition(months(12, n_new=[50.0] * 4 + [0, 0, 1, 0, 0, 0, 1, 0])).value == 8.0


def test_the_start_of_records_is_no_falling_inflow() -> None:
    assert acquisition(months(12, n_new=[90.0, 60, 30] + [20.0] * 9)).level == "ok"


def test_less_than_two_years_cannot_show_a_season() -> None:
    found = seasonality(months(23))
    assert (found.level, found.value) == ("warning", None)


def test_a_christmas_trade_is_named() -> None:
    is_december = np.arange(36) % 12 == 11
    found = seasonality(months(36, n_orders=np.where(is_december, 450.0, 150.0)))
    assert found.level == "warning"
    assert found.text.startswith("December")


def test_a_single_strong_month_is_no_season() -> None:
    assert seasonality(months(36, n_orders=np.where(np.arange(36) == 14, 450.0, 150.0))).level == "ok"


def test_weekends_off_are_no_gap_but_a_lost_month_is() -> None:
    workdays = pd.bdate_range("2023-01-01", "2023-12-31")
    assert calendar_gaps(workdays).level == "ok"
    lost = workdays[(workdays.month != 6)]
    found = calendar_gaps(lost)
    assert (found.level, found.value) == ("warning", 32.0)
    assert "after 2023-05-31" in found.text


def test_rare_orders_by_chance_are_no_gap() -> None:
    rng = np.random.default_rng(1)
    days = np.datetime64("2020-01-01") + np.cumsum(rng.geometric(0.1, 200))
    assert calendar_gaps(days).level == "ok"


def test_two_days_show_no_gap() -> None:
    assert calendar_gaps(["2024-01-01", "2024-09-01"]).value is None
