"""Predicted beside actual orders over time."""

import numpy as np
import pytest

from goodwill.errors import UsageError
from goodwill.modeling.btyd import ParetoNBD
from goodwill.monitoring.tracking import cumulative_tracking


def one_a_week(age: np.ndarray) -> np.ndarray:
    return age


def test_customers_count_from_the_week_they_are_born() -> None:
    table = cumulative_tracking(one_a_week, [10, 10, 17], [12, 23, 24], fitted_until=17, until=31)
    assert table["predicted"].tolist() == [2, 3, 3]
    assert table["actual"].tolist() == [1, 1, 1]
    assert table["actual_total"].tolist() == [1, 2, 3]
    assert table["is_test"].tolist() == [False, True, True]


def test_ages_may_be_told_by_a_clock() -> None:
    table = cumulative_tracking(
        one_a_week, [0, 7], [], fitted_until=14, until=14, clock=lambda days: np.maximum(days - 7, 0) * 2
    )
    assert table["predicted"].tolist() == [0, 4]


def test_a_week_that_is_not_over_is_left_out() -> None:
    assert len(cumulative_tracking(one_a_week, [0], [], fitted_until=9, until=13)) == 1


def test_a_purchase_model_tracks_the_customers_it_describes() -> None:
    model = ParetoNBD.from_params(r=0.6, alpha=8.0, s=0.7, beta=20.0)
    drawn = model.simulate(n=20_000, T=39.0, seed=0)
    total = float(drawn["frequency"].sum())
    table = cumulative_tracking(
        lambda age: np.asarray(model.expected_purchases_new(t=age)),
        np.zeros(20_000, dtype=int), np.zeros(int(total), dtype=int), fitted_until=273, until=273,
    )  # fmt: skip
    assert table["predicted_total"].iloc[-1] == pytest.approx(total, rel=0.03)


@pytest.mark.parametrize(("born", "until"), [([], 70), ([0], 5), ([0, 90], 70)])
def test_a_whole_week_is_needed(born: list[int], until: int) -> None:
    with pytest.raises(UsageError, match="leave no whole week to compare"):
        cumulative_tracking(one_a_week, born, [], fitted_until=until, until=until)
