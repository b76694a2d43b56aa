"""The order in which rows are learned from follows from what they hold."""

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.modeling.row_order import in_steady_order, steady_order

RNG = np.random.default_rng(0)
X = pd.DataFrame(
    {
        "age": RNG.normal(size=60),
        "city": RNG.choice(["y", "n", None], 60),
        "tags": [[place % 3] for place in range(60)],
        "odd": pd.Series([1, "a", None] * 20, dtype=object),
        "n": pd.array([1, None, 3] * 20, dtype="Int64"),
    }
)
SHUFFLED = RNG.permutation(60)


def test_rows_come_out_alike_however_they_come() -> None:
    again = X.iloc[SHUFFLED]
    pd.testing.assert_frame_equal(again.iloc[steady_order(again)], X.iloc[steady_order(X)])


def test_ids_decide_and_what_is_beside_decides_between_equal_ones() -> None:
    known, y = pd.DataFrame({"customer_id": ["b", "a", "b", "b"]}), pd.Series([1.0, 0.0, 2.0, 3.0])
    order, back = steady_order(known, y), steady_order(known[::-1], y[::-1])
    assert order[0] == 1
    assert y.to_numpy()[order].tolist() == y.to_numpy()[::-1][back].tolist()


def test_rows_and_labels_stay_together() -> None:
    found, labels = in_steady_order(X.set_axis([0] * 60), X[["age"]].rename(columns={"age": "value"}))
    assert found["age"].tolist() == labels["value"].tolist()


def test_what_is_no_frame_is_refused() -> None:
    with pytest.raises(UsageError, match=r"X: is a ndarray\. Give a frame"):
        in_steady_order(np.zeros((3, 1)), pd.DataFrame({"churned": [0, 1, 0]}))  # type: ignore[arg-type]  # what is asked
