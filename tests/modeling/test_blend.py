from dataclasses import replace

import numpy as np
import pytest

from goodwill.modeling.blend import Blend, Predicted, Rows
from goodwill.modeling.cells import Cells
from goodwill.modeling.expectations import Expected

TREES, LINEAR, EXPECTED = np.array([4.0, 0.0]), np.array([2.0, 0.0]), np.array([-2.0, 1.0])


def expected() -> Expected:
    columns = {"h_expected_orders": np.array([0.1, 0.2]), "expected_spend": np.array([3.0, 4.0])}
    return Expected(np.array([1.0, 2.0]), np.array([5.0, 6.0]), np.array([7.0, 8.0]), columns)


def test_value_if_active_makes_the_whole() -> None:
    p = Predicted(np.array([0.25, 0.5]), np.array([29.0, 50.0]), np.array([-4.0, 0.0]))
    assert p.clv_if_active.tolist() == [40, 100]


@pytest.mark.parametrize(
    ("n_customers", "weights"),
    [(0, [0, 0, 1]), (250, [0.05, 0.32, 0.63]), (1000, [0.235, 0.518, 0.247]), (9000, [0.45, 0.43, 0.12])],
)
def test_trees_count_more_the_more_customers_there_are(n_customers: int, weights: list[float]) -> None:
    blend = Blend.usual(n_customers, trusts_expected=True)
    logit = [blend.active_logit(*members)[0] for members in np.eye(3)[:, :, None]]
    assert logit == pytest.approx(weights, abs=1e-3)
    assert sum(logit) == pytest.approx(1)


@pytest.mark.parametrize(
    "blend", [Blend.usual(1000, trusts_expected=False), Blend.usual(1000, trusts_expected=True)]
)
def test_without_expectations_the_rest_makes_the_whole(blend: Blend) -> None:
    assert blend.active_logit(np.ones(1), np.ones(1), None).tolist() == [1]
    assert blend.value(TREES, LINEAR, None).tolist() == pytest.approx([10 / 3, 0])


def test_expectations_that_are_not_trusted_count_for_nothing() -> None:
    blend = Blend.usual(1000, trusts_expected=False)
    assert blend.active_logit(TREES, LINEAR, EXPECTED).tolist() == [2.5, 0]
    assert blend.value(TREES, LINEAR, EXPECTED).tolist() == pytest.approx([10 / 3, 0])


def test_value_of_many_is_blended_two_to_one_to_one() -> None:
    many = Blend.usual(1_000_000, trusts_expected=True)
    assert many.value(TREES, LINEAR, EXPECTED).tolist() == pytest.approx([2, 0.25], abs=1e-5)


def test_value_of_few_is_rather_what_is_expected() -> None:
    weights = [Blend.usual(n, trusts_expected=True).expected_share for n in (1, 200, 400, 1_000, 10_000)]
    assert weights == pytest.approx([1, 0.85, 0.625, 0.353, 0.251], abs=1e-3)


def test_a_blend_that_was_stored_without_a_weight_of_values_says_what_it_said() -> None:
    stored = Blend(trees=0.4, linear=0.4, expected=0.2, trusts_expected=True)
    assert stored.value(TREES, LINEAR, EXPECTED).tolist() == [2, 0.25]


def test_plain_columns_are_those_before_what_is_expected() -> None:
    told = {"h_log": [1.0, 2.0], "h_expected_orders": [1.0, 2.0], "expected_spend": [3.0, 4.0]}
    rows = Rows(Cells.of([{name: np.array(column) for name, column in told.items()}]), expected())
    assert rows.plain.names == ("h_log",)
    assert rows.plain.matrix.tolist() == [[1.0], [2.0]]


def test_other_weights_keep_the_rest() -> None:
    blend = Blend.usual(1000, trusts_expected=True)
    assert blend.weighing(np.array([0.2, 0.3, 0.5])) == replace(blend, trees=0.2, linear=0.3, expected=0.5)
    assert blend.weighing(np.array([0.2, 0.8])).weights.tolist() == [0.2, 0.8, 0]


def test_rows_without_expectations_have_no_start() -> None:
    rows = Rows(Cells.of([{"h_log": np.array([1.0, 2.0])}]), None)
    assert rows.full is rows.plain
    assert rows.start("log_value") is None
