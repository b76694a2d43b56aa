import numpy as np
import pandas as pd
import pytest
from scipy import stats

from goodwill.decisions.balance import classifier_test, mean_differences, sample_ratio
from goodwill.errors import DataError

RNG = np.random.default_rng(0)
KNOWN = pd.DataFrame({"age": RNG.normal(size=1_000), "tie": RNG.integers(0, 2, 1_000).astype(float)})


def test_sample_ratio_is_the_chi_square_of_the_plan() -> None:
    found = sample_ratio({"a": 60, "b": 40}, {"a": 1, "b": 1})
    assert (found.value, round(found.p_value, 4)) == (4.0, 0.0455)


def test_a_share_without_a_group_is_refused() -> None:
    with pytest.raises(DataError, match=r"shares: 'b' is in only one of the plan \(a, c\) and the campaign"):
        sample_ratio({"a": 60, "b": 40}, {"a": 1, "c": 1})


def test_lot_is_not_accused_and_its_p_values_are_even() -> None:
    tests = [classifier_test(KNOWN, RNG.random(1_000) < 0.3, seed) for seed in range(10)]
    assert all(test.is_passed for test in tests)
    assert 0.2 < np.mean([test.p_value for test in tests]) < 0.8


def test_a_lot_that_looks_odd_is_compared_with_lots_drawn_anew() -> None:
    rng = np.random.default_rng(0)
    x = pd.DataFrame({"age": rng.normal(size=300)})
    found = classifier_test(x, (x["age"] + 2 * rng.normal(size=300) > 0).to_numpy(), 0)
    z = (found.value - 0.5) / (300 / 12 / 150 / 150) ** 0.5
    assert 1.645 < z < 7
    assert found.p_value > stats.norm.sf(z)


def test_a_choice_by_age_is_found_out() -> None:
    is_treated = RNG.random(1_000) < 1 / (1 + np.exp(-KNOWN["age"]))
    found = classifier_test(KNOWN, is_treated.to_numpy(), 0)
    assert found.value > 0.65
    assert not found.is_passed


def test_without_a_split_to_make_nothing_is_found() -> None:
    assert classifier_test(KNOWN.head(20), np.arange(20) % 2 == 0, 0).p_value == 1.0
    assert classifier_test(KNOWN[[]], np.arange(1_000) % 2 == 0, 0).p_value == 1.0


def test_weights_can_balance_what_was_not() -> None:
    x, lot = pd.DataFrame({"x": [0.0, 0, 1, 0, 1, 1]}), np.array([False] * 3 + [True] * 3)
    weights = np.array([1.0, 1, 2, 2, 1, 1])
    assert mean_differences(x, lot)["x"] == pytest.approx(0.707, abs=1e-3)
    assert mean_differences(x, lot, weights)["x"] == pytest.approx(0.0)


def test_what_never_varies_does_not_differ() -> None:
    assert mean_differences(pd.DataFrame({"x": [1.0, 1.0]}), np.array([True, False])) == {"x": 0.0}
