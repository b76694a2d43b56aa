from datetime import date

import numpy as np
import pandas as pd
import pytest

from goodwill.data.simulate import World, expected_value, simulate_frames
from goodwill.data.tables import Tables
from goodwill.engine import connect, in_memory
from goodwill.features.snapshot import snapshots
from goodwill.modeling.btyd import ParetoNBD
from goodwill.modeling.lifetime import YEAR_DAYS, beyond_horizon, lifetime_value
from goodwill.modeling.served import ServedModel

YEAR = np.array([YEAR_DAYS])


def lifetime(half: float, whole: float, years: float, rate: float = 0.0) -> float:
    return float(
        lifetime_value(
            np.array([half]), np.array([whole]), YEAR, lifetime_years=years, annual_discount_rate=rate
        )[0]
    )


@pytest.mark.parametrize(
    ("years", "value"), [(0.5, 90), (1, 90), (1.5, 105), (2, 112.5), (3, 118.125), (99, 120)]
)
def test_every_half_brings_half_of_the_one_before(years: float, value: float) -> None:
    assert lifetime(60, 90, years) == pytest.approx(value)


def test_a_level_customer_brings_the_same_every_year() -> None:
    assert lifetime(50, 100, 5) == pytest.approx(500)


def test_growth_within_the_horizon_is_held_level() -> None:
    assert lifetime(40, 100, 2) == pytest.approx(100 + 2 * 60)


def test_discount_counts_by_the_half_year() -> None:
    assert lifetime(50, 100, 2, rate=0.21) == pytest.approx(100 + 50 / 1.1 + 50 / 1.21)


def test_what_is_discounted_in_the_horizon_is_discounted_once() -> None:
    paid = [50 / 1.1**half for half in range(4)]
    assert lifetime(paid[0], paid[0] + paid[1], 2, rate=0.21) == pytest.approx(sum(paid))


@pytest.mark.parametrize(("half", "whole"), [(0, 0), (0, 30), (60, 60), (60, 50)])
def test_without_two_halves_to_compare_nothing_is_added(half: float, whole: float) -> None:
    assert lifetime(half, whole, 5) == whole


def test_each_row_has_its_own_horizon_and_rises_with_the_years() -> None:
    half, whole, days = np.array([60.0, 60.0]), np.array([90.0, 90.0]), np.array([YEAR_DAYS, 2 * YEAR_DAYS])
    by_years = [
        lifetime_value(half, whole, days, lifetime_years=years, annual_discount_rate=0.1)
        for years in (1, 2, 4, 8)
    ]
    assert (np.diff(by_years, axis=0) >= 0).all()
    assert by_years[1][1] == 90
    assert by_years[1][0] > 90


def test_losses_are_not_carried_on_beyond_the_horizon() -> None:
    assert lifetime(-10, -25, 5) == -25


PURCHASES = ParetoNBD.from_params(r=0.55, alpha=10.6, s=0.6, beta=11.7)
AGES = np.array([1.0, 40.0, 300.0])


def test_beyond_the_horizon_comes_what_pareto_nbd_expects_there() -> None:
    histories = pd.DataFrame({"frequency": 2.0, "recency": AGES / 2, "T": AGES})
    short, long = (PURCHASES.expected_purchases(histories, t=years * YEAR_DAYS / 7) for years in (1, 5))
    days = np.full(3, YEAR_DAYS)
    told = {"lifetime_years": 5, "annual_discount_rate": 0.0}
    np.testing.assert_allclose(beyond_horizon(PURCHASES, AGES, days, **told), long / short - 1)
    short_life = beyond_horizon(PURCHASES, AGES, days, lifetime_years=0.5, annual_discount_rate=0.0)
    assert short_life.tolist() == [0, 0, 0]


def test_discounted_over_a_long_life_it_is_the_residual_transactions() -> None:
    histories = pd.DataFrame({"frequency": 2.0, "recency": AGES / 2, "T": AGES})
    rate = np.log(1.15) / (YEAR_DAYS / 7)
    days = np.full(3, 7.0)
    beyond = beyond_horizon(PURCHASES, AGES, days, lifetime_years=100, annual_discount_rate=0.15)
    first_week = PURCHASES.expected_purchases(histories, t=1.0)
    np.testing.assert_allclose(first_week * (1 + beyond), PURCHASES.dert(histories, rate=rate), rtol=0.01)


def test_values_are_carried_on_as_customers_drop_out() -> None:
    half, whole = np.array([50.0, -5.0, 60.0]), np.array([90.0, -9.0, 50.0])
    told = {"lifetime_years": 5, "annual_discount_rate": 0.0}
    found = lifetime_value(half, whole, np.full(3, YEAR_DAYS), **told, dropping_out=np.full(3, 2.0))
    assert found.tolist() == [270, -9, 50]


@pytest.mark.no_cover
def test_five_years_of_a_simulated_shop_come_true() -> None:
    calm = World.model_validate({"seasons": {"yearly_amplitude": 0.0, "gift_factor": 1.0}})
    made = simulate_frames(customers=1000, seed=0, world=calm)
    orders = in_memory(made.tables["transactions"], connect(), "transactions")
    train = snapshots(Tables(transactions=orders), until="2025-01-01", horizon_days=90).scored
    model = ServedModel(parameters={"trees": 20}).fit(train.X, train.y, train.now)
    half, whole = (said.clv for said in model.predict_over(train.now, [0.5, 1.0]))
    told = {"lifetime_years": 5, "annual_discount_rate": 0.0}
    ways = (model.dropping_out(train.now, years=5, annual_discount_rate=0.0), None)
    truth = expected_value(made.truth, date(2025, 1, 1), 1826).set_index("customer_id")["expected_margin"]
    off = [
        np.log(
            lifetime_value(half, whole, model.lasting(train.now), **told, dropping_out=way).sum()
            / truth[train.now["customer_id"]].sum()
        )
        for way in ways
    ]
    assert abs(off[0]) < 0.1 < abs(off[1])
