import numpy as np
import pytest

from goodwill.modeling.btyd.shifts import at_shift


@pytest.mark.parametrize("start", [np.array([2.0]), np.array([2.0, 3.0, 4.0])])
@pytest.mark.parametrize("count", [np.array([0.0, 1.0, 1.0]), np.array([0.0, 1e4, 7.0])])
def test_table_and_direct_evaluation_agree(start: np.ndarray, count: np.ndarray) -> None:
    assert at_shift(np.sqrt, start, count).tolist() == np.sqrt(start + count).tolist()


def test_no_counts_give_no_values() -> None:
    assert at_shift(np.sqrt, np.array([1.0]), np.empty(0)).size == 0
