"""The index of what each customer contributes in data."""

import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.value.contribution import Records, data_contribution


def test_shares_add_up_to_1_and_indices_to_100_each() -> None:
    X = pd.DataFrame({"customer_id": list("abc"), "n_lines": [5, 1, 0], "n_interactions": [1, 1, 8]})
    found = data_contribution(X)
    assert found["data_share"].sum() == pytest.approx(1)
    assert found["data_index"].mean() == pytest.approx(100)
    assert found["data_share_purchases"].tolist() == pytest.approx([5 / 6, 1 / 6, 0])


def test_a_kind_that_nobody_gave_does_not_count() -> None:
    X = pd.DataFrame({"customer_id": ["a", "b"], "n_orders": [3, 1], "n_comments": [0, 0]})
    assert data_contribution(X)["data_index"].tolist() == [150, 50]


def test_missing_counts_are_none() -> None:
    X = pd.DataFrame({"customer_id": ["a", "b"], "n_orders": [3, 1], "n_comments": [None, 2]})
    assert data_contribution(X)["data_share_comments"].tolist() == [0, 1]


def test_of_a_part_of_the_base_the_index_is_that_of_the_whole() -> None:
    X = pd.DataFrame({"customer_id": list("aab"), "n_lines": [5, 5, 1], "n_comments": 0})
    base = Records({"n_lines": 20, "n_comments": 0}, n_customers=10)
    assert data_contribution(X, base)["data_index"].tolist() == [250, 250, 50]


def test_a_customer_has_one_row() -> None:
    with pytest.raises(UsageError, match="several rows"):
        data_contribution(pd.DataFrame({"customer_id": ["a", "a"], "n_orders": [1, 1]}))


def test_without_counts_there_is_no_index() -> None:
    with pytest.raises(UsageError, match="None of the 2 columns counts records"):
        data_contribution(pd.DataFrame({"customer_id": ["a"], "n_orders": [0]}))
