import numpy as np
import pytest

from goodwill.modeling.lifetime import YEAR_DAYS, lifetime_value

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
