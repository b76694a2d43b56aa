import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodwill.errors import UsageError
from goodwill.value.concentration import concentration, gini, lorenz_curve

MONEY = st.lists(st.floats(0, 1e6), min_size=1, max_size=50).filter(lambda v: sum(v) > 1)


def test_one_who_brings_all_and_nobody_who_brings_more() -> None:
    assert gini([0, 0, 0, 8]) == 0.75
    assert gini([3, 3, 3]) == pytest.approx(0)


def test_gini_of_a_known_law() -> None:
    assert gini(np.random.default_rng(0).exponential(1, 100_000)) == pytest.approx(0.5, abs=0.005)


@given(MONEY)
def test_gini_is_the_mean_difference_over_twice_the_mean(values: list[float]) -> None:
    x = np.array(values)
    expected = np.abs(x[:, None] - x).mean() / (2 * x.mean())
    assert gini(x) == pytest.approx(expected, abs=1e-9)


@given(MONEY)
def test_the_curve_rises_from_nothing_to_all_below_equality(values: list[float]) -> None:
    curve = lorenz_curve(values)
    held = curve["value_share"].to_numpy()
    assert (held[0], held[-1]) == pytest.approx((0, 1))
    assert (np.diff(held) >= -1e-9).all()
    assert (held <= curve["customer_share"] + 1e-9).all()


def test_the_order_of_the_rows_changes_nothing() -> None:
    values = np.array([5.0, 1.0, 1.0, 9.0])
    assert lorenz_curve(values).equals(lorenz_curve(values[::-1]))


def test_missing_values_are_left_out_and_counted() -> None:
    found = concentration({"clv": [np.nan, 8.0, 2.0]}, [0.5]).iloc[0]
    assert found.tolist() == ["clv", 2, 10.0, pytest.approx(0.3), 0.8, 1]


@pytest.mark.parametrize("values", [[], [0.0, 0.0], [-5.0, 2.0]])
def test_without_a_total_there_is_no_share(values: list[float]) -> None:
    assert np.isnan(gini(values))
    assert lorenz_curve(values)["value_share"].isna().all()
    assert np.isnan(concentration({"x": values}, [0.1])["top_10_share"].iloc[0])


def test_shares_of_the_top_are_shares() -> None:
    with pytest.raises(UsageError, match=r"top_shares: \[2\.0\] must lie above 0 and be at most 1"):
        concentration({"today": [1.0, 2.0]}, [2.0])


def test_infinite_values_are_refused() -> None:
    with pytest.raises(UsageError, match="clv: 1 of 2 values are infinite"):
        concentration({"clv": [1.0, np.inf]})
