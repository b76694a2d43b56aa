"""Groups of customers of a ready-made table."""

import numpy as np
import pandas as pd

from goodwill.modeling.profiles.columns import ProfileColumns
from goodwill.monitoring.column_groups import MOST_COLUMNS, strongest_groups


def groups(X: pd.DataFrame, said: np.ndarray) -> dict[str, pd.Series]:
    return strongest_groups(ProfileColumns.fit(X), X, said)


def test_levels_values_tenths_and_missing_cells_are_groups() -> None:
    n = 200
    plan = np.array(["basic", "gold", None, "rare"], object)[np.r_[np.arange(n - 1) % 3, 3]]
    X = pd.DataFrame({"plan": plan, "cars": np.arange(n) % 2 * 1.0, "age": [np.nan, *range(1, n)]})
    found = groups(X, np.arange(n) * 1.0)
    assert set(found["plan"]) == {"plan = basic", "plan = gold", "plan = –", "plan = other"}
    assert set(found["cars"]) == {"cars = 0", "cars = 1"}
    assert found["age"].iloc[[0, 1, -1]].tolist() == ["age = –", "age [1, 20]", "age [180, 199]"]
    assert found["age"].nunique() == 11


def test_columns_by_which_predictions_differ_most_come_first() -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(500, 8)), columns=list("abcdefgh"))
    found = groups(X, (2 * X["g"] + X["c"]).to_numpy())
    assert list(found)[:2] == ["g", "c"]
    assert len(found) == MOST_COLUMNS


def test_predictions_that_are_all_equal_still_have_groups() -> None:
    X = pd.DataFrame({"a": np.arange(50), "b": np.arange(50) % 2})
    assert list(groups(X, np.ones(50))) == ["a", "b"]
