import numpy as np
import pandas as pd
import pytest

from goodwill.value.measures import Measure
from goodwill.value.measuring import Facts

X = pd.DataFrame({"a": [1.0, np.nan, np.nan], "b": [5.0, 7.0, np.nan], "text": ["x", "y", "z"]})


def of(combine: str, *columns: str) -> list[float] | None:
    measure = Measure(columns=columns, combine=combine, levels=("l", "h"), limits={"absolute": [1]})
    status = pd.DataFrame({"status": ["scored", "inactive", "prospect"], "clv": [9.0, np.inf, np.nan]})
    found = Facts(X, status).measured(measure)
    return None if found is None else np.nan_to_num(found, nan=-1).tolist()


@pytest.mark.parametrize(
    ("combine", "expected"),
    [("first", [1, 7, -1]), ("sum", [6, 7, -1]), ("max", [5, 7, -1]), ("min", [1, 7, -1])],
)
def test_columns_are_combined_and_absent_ones_passed_over(combine: str, expected: list[float]) -> None:
    assert of(combine, "nowhere", "a", "b") == expected


def test_infinite_values_are_unknown() -> None:
    assert of("first", "clv") == [9, -1, -1]


def test_the_status_is_a_fact() -> None:
    assert of("first", "is_inactive") == [0, 1, 0]
    assert of("first", "is_prospect") == [0, 0, 1]


def test_absent_and_text_columns_measure_nothing() -> None:
    assert of("first", "nowhere", "text") is None
