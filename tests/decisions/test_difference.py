import numpy as np
import pytest

from goodwill.decisions.difference import Difference, fieller


def test_p_value_and_interval_agree() -> None:
    found = Difference(1.0, np.full(100, 0.05), 0.0, np.zeros(100), 98.0, "by hand")
    low, _ = found.interval(1 - found.p_value)
    assert low == pytest.approx(0.0, abs=1e-9)


def test_fieller_of_a_known_denominator_is_the_interval_divided() -> None:
    by_top, nothing = np.array([0.3, 0.4]), np.zeros(2)
    low, high = fieller((2.0, by_top), (4.0, nothing), 0.95)
    assert (low, high) == pytest.approx(((2 - 0.98) / 4, (2 + 0.98) / 4), abs=1e-3)


def test_fieller_of_what_is_certain_is_a_point() -> None:
    assert fieller((0.3, np.zeros(3)), (0.7, np.zeros(3)), 0.95) == pytest.approx((0.3 / 0.7, 0.3 / 0.7))


def test_fieller_has_no_bound_where_the_denominator_may_be_zero() -> None:
    assert fieller((2.0, np.array([0.1])), (1.0, np.array([0.6])), 0.95) is None
