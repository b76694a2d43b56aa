"""The clock of the season: planted seasons found, none taken for one, times carried over and back."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from ibis import _

import goodwill as gw
from goodwill.evaluation.metrics import clv_metrics
from goodwill.features.calendar import AGES_DAYS, no_calendar
from goodwill.modeling.customer_value import CustomerValueModel
from goodwill.modeling.season_clock import YEAR_DAYS, SeasonClock

DAYS = np.array(["2023-02-01", "2024-07-15", "2025-12-20"], "datetime64[D]")
KNOTS = 2 * np.pi * np.arange(26) / 26
WINTER = SeasonClock(1 + 0.6 * np.cos(KNOTS))


def brought(clock: SeasonClock) -> list[float]:
    """Return what each month brings where orders follow a clock."""
    starts = np.arange("2023-01", "2024-02", dtype="datetime64[M]").astype("datetime64[D]")
    return (clock.by_month * np.diff(starts).astype(float)).tolist()


def calendar_of(years: float, season: float, seed: int = 0) -> pd.DataFrame:
    """Return orders of customers of all ages that the history allows, who order more around New Year."""
    weeks = pd.date_range("2021-01-01", periods=round(years * 52.18), freq="7D")
    cells = pd.MultiIndex.from_product([weeks, AGES_DAYS], names=["week", "age_days"]).to_frame(index=False)
    cells = cells[cells["age_days"] <= (cells["week"] - weeks[0]).dt.days + 7]
    phase = 2 * np.pi * (cells["week"] - weeks[0]) / pd.Timedelta(days=YEAR_DAYS)
    rate = 0.02 / np.sqrt(cells["age_days"]) * np.exp(season * np.cos(phase))
    n_orders = np.random.default_rng(seed).poisson(3_000 * rate).astype(float)
    return cells.assign(n_orders=n_orders, customer_days=3_000.0)


def test_a_planted_season_is_found() -> None:
    found = SeasonClock.fit(calendar_of(3, season=0.5))
    planted = np.exp(0.5 * np.cos(KNOTS))
    assert np.abs(found.rates - planted / planted.mean()).max() < 0.1


@pytest.mark.no_cover
def test_a_thousand_orders_tell_three_quarters_of_a_wave_with_a_gift_season() -> None:
    calendar = calendar_of(2.5, season=0.0)
    month_day = calendar["week"].dt.month * 100 + calendar["week"].dt.day
    phase = 2 * np.pi * (calendar["week"] - pd.Timestamp("2021-11-26")) / pd.Timedelta(days=YEAR_DAYS)
    planted = 0.15 * np.cos(phase) + np.where(month_day.between(1120, 1223), np.log(1.5), 0.0)
    rate = 1.2 / np.sqrt(calendar["age_days"]) * np.exp(planted)
    by_week = planted.groupby(calendar["week"]).first()
    by_week, weeks = by_week - by_week.mean(), by_week.index.to_numpy("datetime64[D]")
    told = []
    for seed in range(4):
        n_orders = np.random.default_rng(seed).poisson(rate).astype(float)
        clock = SeasonClock.fit(calendar.assign(n_orders=n_orders, customer_days=60.0))
        said = np.log(clock.ahead(weeks, np.full(len(weeks), 7.0)))
        told.append(by_week @ (said - said.mean()) / (by_week @ by_week))
    assert np.mean(told) > 0.7


def test_a_shop_whose_orders_all_come_before_christmas_has_that_season() -> None:
    calendar = calendar_of(2.2, season=0.0)
    day = calendar["week"]
    is_busy = (day.dt.month * 100 + day.dt.day).between(1116, 1222)
    age = calendar["age_days"]
    n_orders = np.where(is_busy & (age == age.groupby(day).transform("max")), 80.0, 0.0)
    found = SeasonClock.fit(calendar.assign(n_orders=n_orders))
    quiet, busy = np.array(["2023-02-01", "2023-11-10"], "datetime64[D]")[:, None]
    days = np.array([50.0])
    assert found.ahead(busy, days) > 300 * found.ahead(quiet, days)


@pytest.mark.parametrize("seed", range(5))
def test_chance_is_not_taken_for_a_season(seed: int) -> None:
    found = SeasonClock.fit(calendar_of(3, season=0.0, seed=seed))
    assert found is None or np.abs(found.rates - 1).max() < 0.05


def test_what_came_once_is_hardly_taken_for_a_season() -> None:
    calendar = calendar_of(2.5, season=0.0)
    is_odd = calendar["week"].between("2021-06-01", "2021-08-15")
    found = SeasonClock.fit(calendar.assign(n_orders=calendar["n_orders"] * np.where(is_odd, 2, 1)))
    assert found is None or np.abs(np.log(found.rates)).max() < np.log(2) / 4


def test_a_level_that_fell_is_found_beside_the_season() -> None:
    calendar = calendar_of(3, season=0.5)
    is_later = calendar["week"] >= "2023-07-01"
    n_orders = np.random.default_rng(1).binomial(
        calendar["n_orders"].astype(int), np.where(is_later, 0.6, 1.0)
    )
    found = SeasonClock.fit(calendar.assign(n_orders=n_orders.astype(float)))
    planted = np.exp(0.5 * np.cos(KNOTS))
    assert np.abs(found.rates - planted / planted.mean()).max() < 0.15
    assert 1.3 < found.year_ago < 1.8  # 1.67 is true; cohorts may explain a part


def test_what_came_once_and_went_leaves_the_level() -> None:
    calendar = calendar_of(3, season=0.5)
    is_odd = calendar["week"].between("2023-05-01", "2023-07-01")
    found = SeasonClock.fit(calendar.assign(n_orders=calendar["n_orders"] * np.where(is_odd, 2, 1)))
    assert found.year_ago == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("quiet_days", [30, 200])
def test_silence_after_the_last_order_on_record_is_no_level(quiet_days: int) -> None:
    calendar = calendar_of(3, season=0.5)
    is_quiet = calendar["week"] > calendar["week"].max() - pd.Timedelta(days=quiet_days)
    found = SeasonClock.fit(calendar.assign(n_orders=calendar["n_orders"].mask(is_quiet, 0.0)))
    assert found.year_ago == pytest.approx(1.0, abs=0.05)


@pytest.mark.no_cover
def test_clocks_of_earlier_days_tell_how_far_a_level_may_stray() -> None:
    steady, broken = calendar_of(3, season=0.5), calendar_of(3, season=0.5)
    is_later = broken["week"] >= "2023-10-15"
    n_orders = np.random.default_rng(1).binomial(broken["n_orders"].astype(int), np.where(is_later, 0.5, 1.0))
    broken = broken.assign(n_orders=n_orders.astype(float))
    strayed = [SeasonClock.fit(known).strayed(known, 90) for known in (steady, broken)]
    assert strayed[0] < 0.05
    assert 0.1 < strayed[1] < 0.7
    short = steady[steady["week"] < "2022-12-01"]
    assert SeasonClock.fit(short).strayed(short, 90) == 0.0


def test_a_fallen_level_makes_the_past_longer_and_leaves_the_future() -> None:
    day, days = DAYS[1:], np.full(2, 30.0)
    fell = SeasonClock(WINTER.rates, np.array([[8_600.0, 8_614.0, 8_700.0], np.log([2.0, 1.0, 1.0])]))
    assert fell.year_ago == 2.0
    assert (fell.ahead(day, days) == WINTER.ahead(day, days)).all()
    assert (fell.by_month == WINTER.by_month).all()
    before = np.array(["2023-02-01"], "datetime64[D]")
    assert fell.ahead(before, days[:1]) == pytest.approx(2 * WINTER.ahead(before, days[:1]))


def test_less_than_a_year_tells_no_season() -> None:
    assert SeasonClock.fit(calendar_of(0.95, season=0.5)) is None


def test_a_season_that_was_told_is_that_of_a_shorter_history() -> None:
    told = SeasonClock.fit(calendar_of(0.7, season=0.5), brought(WINTER))
    assert told.by_month == pytest.approx(WINTER.by_month, abs=0.05)


@pytest.mark.parametrize("years", [1.5, 3])
def test_a_longer_history_goes_on_from_the_season_that_was_told(years: float) -> None:
    planted = np.exp(0.5 * np.cos(KNOTS))
    told = brought(SeasonClock(planted / planted.mean()))
    beside = [SeasonClock.fit(calendar_of(years, season=0.5), months) for months in (None, told)]
    missed = [np.abs(np.log(clock.rates) - np.log(planted / planted.mean())).max() for clock in beside]
    assert missed[1] < 0.1
    assert missed[1] < missed[0]


def test_a_season_that_the_orders_contradict_is_forgotten() -> None:
    found = SeasonClock.fit(calendar_of(3, season=0.0), brought(WINTER))
    assert found is None or np.abs(found.rates - 1).max() < 0.1


def test_no_orders_tell_no_season() -> None:
    assert SeasonClock.fit(no_calendar()) is None
    assert SeasonClock.fit(no_calendar(), brought(WINTER)) is None
    assert SeasonClock.fit(calendar_of(2, season=0.5).assign(n_orders=0.0)) is None


def test_a_year_is_a_year_whenever_it_begins() -> None:
    assert WINTER.ahead(DAYS, np.full(3, 2 * YEAR_DAYS)) == pytest.approx(2 * YEAR_DAYS)


def test_a_longer_horizon_is_longer_on_the_clock() -> None:
    shown = [WINTER.ahead(DAYS, np.full(3, float(days))) for days in (1, 2, 30, 365, 1000)]
    assert (np.diff(shown, axis=0) > 0).all()


@pytest.mark.parametrize("days", [0.0, 1.0, 45.0, 400.0, 2_000.0])
@pytest.mark.parametrize("level", [[0.0, 0.0], [0.5, 0.0], [-0.8, 0.0]])
def test_back_undoes_passed(days: float, level: list[float]) -> None:
    clock, asked = SeasonClock(WINTER.rates, np.array([[8_700.0, 9_000.0], level])), np.full(3, days)
    assert clock.back(DAYS, clock.passed(DAYS, asked)) == pytest.approx(asked, abs=1e-6)


def test_months_are_told_by_how_fast_they_run() -> None:
    middles = np.cos(2 * np.pi * (np.arange(12) + 0.5) / 12)
    assert WINTER.by_month == pytest.approx(1 + 0.6 * middles, abs=0.05)


def test_a_stored_clock_shows_the_same() -> None:
    clock = SeasonClock(WINTER.rates, np.array([[8_700.0, 9_000.0], [0.5, 0.0]]))
    again = SeasonClock.from_dict(json.loads(json.dumps(clock.to_dict())))
    assert (again.passed(DAYS, np.full(3, 50.0)) == clock.passed(DAYS, np.full(3, 50.0))).all()


def test_a_clock_stored_without_a_level_has_one_level() -> None:
    again = SeasonClock.from_dict({"rates": WINTER.rates.tolist()})
    assert (again.ahead(DAYS, np.full(3, 50.0)) == WINTER.ahead(DAYS, np.full(3, 50.0))).all()


@pytest.mark.no_cover
def test_a_season_that_no_history_holds_is_foreseen_where_it_was_told() -> None:
    tables = gw.simulate(customers=900, seed=0)
    tables = replace(tables, transactions=tables.transactions.filter(_.time >= pd.Timestamp("2024-01-01")))
    test = gw.snapshot(tables, as_of="2024-10-01", horizon_days=90).scored
    biases = []
    for season in (None, [1.0, 1, 1, 1, 1, 1, 1, 1, 1.1, 1.2, 1.6, 1.7]):
        train = gw.snapshots(tables, until="2024-10-01", horizon_days=90, season=season).scored
        clock = SeasonClock.fit(train.calendar, train.season)
        model = CustomerValueModel(parameters={"trees": 60}, clock=clock).fit(train.X, train.y, train.now)
        biases.append(clv_metrics(test.y["value"], model.predict(test.X).clv)["bias"])
    assert biases[0] < -0.15
    assert abs(biases[1]) < 0.12


@pytest.mark.no_cover
def test_a_model_with_the_clock_foresees_what_a_quiet_season_brings() -> None:
    tables = gw.simulate(customers=1_500, seed=0)
    train = gw.snapshots(tables, until="2025-01-01", horizon_days=180)
    test = gw.snapshot(tables, as_of="2025-01-01", horizon_days=180).scored
    past, biases = train.scored, []
    for clock in (None, SeasonClock.fit(train.calendar)):
        model = CustomerValueModel(parameters={"trees": 60}, clock=clock).fit(past.X, past.y, past.now)
        biases.append(clv_metrics(test.y["value"], model.predict(test.X).clv)["bias"])
    assert abs(biases[1]) < 0.1 < biases[0]
