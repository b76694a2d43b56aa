"""The clock of the season: planted seasons found, none taken for one, times carried over and back."""

import json

import numpy as np
import pandas as pd
import pytest

import goodwill as gw
from goodwill.evaluation.metrics import clv_metrics
from goodwill.features.calendar import AGES_DAYS, no_calendar
from goodwill.modeling.customer_value import CustomerValueModel
from goodwill.modeling.season_clock import YEAR_DAYS, SeasonClock

DAYS = np.array(["2023-02-01", "2024-07-15", "2025-12-20"], "datetime64[D]")
KNOTS = 2 * np.pi * np.arange(26) / 26
WINTER = SeasonClock(1 + 0.6 * np.cos(KNOTS))


def calendar_of(years: float, season: float, seed: int = 0) -> pd.DataFrame:
    """Return orders of customers of all ages, who order more around New Year."""
    weeks = pd.date_range("2021-01-01", periods=round(years * 52.18), freq="7D")
    cells = pd.MultiIndex.from_product([weeks, AGES_DAYS], names=["week", "age_days"]).to_frame(index=False)
    phase = 2 * np.pi * (cells["week"] - weeks[0]) / pd.Timedelta(days=YEAR_DAYS)
    rate = 0.02 / np.sqrt(cells["age_days"]) * np.exp(season * np.cos(phase))
    n_orders = np.random.default_rng(seed).poisson(3_000 * rate).astype(float)
    return cells.assign(n_orders=n_orders, customer_days=3_000.0)


def test_a_planted_season_is_found() -> None:
    found = SeasonClock.fit(calendar_of(3, season=0.5))
    planted = np.exp(0.5 * np.cos(KNOTS))
    assert np.abs(found.rates - planted / planted.mean()).max() < 0.1


@pytest.mark.parametrize("seed", range(5))
def test_chance_is_not_taken_for_a_season(seed: int) -> None:
    found = SeasonClock.fit(calendar_of(3, season=0.0, seed=seed))
    assert found is None or np.abs(found.rates - 1).max() < 0.05


def test_what_came_once_is_hardly_taken_for_a_season() -> None:
    calendar = calendar_of(2.5, season=0.0)
    is_odd = calendar["week"].between("2021-06-01", "2021-08-15")
    found = SeasonClock.fit(calendar.assign(n_orders=calendar["n_orders"] * np.where(is_odd, 2, 1)))
    assert found is None or np.abs(np.log(found.rates)).max() < np.log(2) / 4


def test_less_than_a_year_tells_no_season() -> None:
    assert SeasonClock.fit(calendar_of(0.95, season=0.5)) is None


def test_no_orders_tell_no_season() -> None:
    assert SeasonClock.fit(no_calendar()) is None
    assert SeasonClock.fit(calendar_of(2, season=0.5).assign(n_orders=0.0)) is None


def test_a_year_is_a_year_whenever_it_begins() -> None:
    assert WINTER.ahead(DAYS, np.full(3, 2 * YEAR_DAYS)) == pytest.approx(2 * YEAR_DAYS)


def test_a_longer_horizon_is_longer_on_the_clock() -> None:
    shown = [WINTER.ahead(DAYS, np.full(3, float(days))) for days in (1, 2, 30, 365, 1000)]
    assert (np.diff(shown, axis=0) > 0).all()


@pytest.mark.parametrize("days", [0.0, 1.0, 45.0, 400.0, 2_000.0])
def test_back_undoes_passed(days: float) -> None:
    asked = np.full(3, days)
    assert WINTER.back(DAYS, WINTER.passed(DAYS, asked)) == pytest.approx(asked, abs=1e-6)


def test_months_are_told_by_how_fast_they_run() -> None:
    middles = np.cos(2 * np.pi * (np.arange(12) + 0.5) / 12)
    assert WINTER.by_month == pytest.approx(1 + 0.6 * middles, abs=0.05)


def test_a_stored_clock_shows_the_same() -> None:
    again = SeasonClock.from_dict(json.loads(json.dumps(WINTER.to_dict())))
    assert (again.ahead(DAYS, np.full(3, 50.0)) == WINTER.ahead(DAYS, np.full(3, 50.0))).all()


def test_a_model_with_the_clock_foresees_what_a_quiet_season_brings() -> None:
    tables = gw.simulate(customers=1_500, seed=0)
    train = gw.snapshots(tables, until="2025-01-01", horizon_days=180)
    test = gw.snapshot(tables, as_of="2025-01-01", horizon_days=180).scored
    past, biases = train.scored, []
    for clock in (None, SeasonClock.fit(train.calendar)):
        model = CustomerValueModel(parameters={"trees": 60}, clock=clock).fit(past.X, past.y, past.now)
        biases.append(clv_metrics(test.y["value"], model.predict(test.X).clv)["bias"])
    assert abs(biases[1]) < 0.15 < biases[0]
