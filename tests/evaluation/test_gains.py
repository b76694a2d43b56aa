"""Lift by groups of a score."""

import numpy as np
import pytest

from goodwill.errors import UsageError
from goodwill.evaluation.gains import lift_table


def test_a_perfect_score_captures_everything_first() -> None:
    table = lift_table([1] * 2 + [0] * 8, np.arange(10)[::-1], bins=5)
    assert table["captured_share"].tolist() == [1, 1, 1, 1, 1]
    assert table["lift"].tolist() == [5, 0, 0, 0, 0]
    assert table["cumulative_lift"].round(6).tolist() == [5, 2.5, 1.666667, 1.25, 1]


def test_tied_scores_share_alike() -> None:
    table = lift_table([1, 0, 0, 0, 1, 0], np.zeros(6), bins=3)
    np.testing.assert_allclose(table["lift"], 1.0)


def test_there_are_no_more_groups_than_customers() -> None:
    assert lift_table([1, 0], [0.2, 0.1])["group"].tolist() == [1, 2]


def test_where_nothing_happened_there_is_no_lift() -> None:
    assert lift_table([0, 0], [0.2, 0.1])["lift"].isna().all()


@pytest.mark.parametrize("bins", [0, -1, 2.5, True, "2"])
def test_customers_fall_into_one_group_at_least(bins: object) -> None:
    with pytest.raises(UsageError, match=r"bins: .* is no whole number from 1 up"):
        lift_table([1, 0], [0.2, 0.1], bins=bins)


def test_what_cannot_be_sorted_is_named() -> None:
    with pytest.raises(UsageError, match="score: 1 of 2 values are missing"):
        lift_table([1, 0], [0.1, np.nan])
