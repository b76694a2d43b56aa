"""Nearest customers: by hand, and what one is compared with."""

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.modeling.neighbours import nearest


def test_the_same_customer_a_year_ago_is_nearest() -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"age": rng.integers(20, 70, 200), "visits": rng.poisson(4, 200)})
    assert all(0 in nearest(X.iloc[place:], X.iloc[[place]], n=5) for place in range(50))


def test_no_more_customers_than_there_are() -> None:
    X = pd.DataFrame({"age": [20, 40], "visits": [1.0, 2.0]})
    assert nearest(X, X.iloc[[0]], n=50).tolist() == [0, 1]


def test_one_customer_is_compared_with_others() -> None:
    X = pd.DataFrame({"age": [20, 40]})
    with pytest.raises(UsageError, match="compares one customer with others; found 2 rows"):
        nearest(X, X)
