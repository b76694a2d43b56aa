import numpy as np
import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.value.classify import classify
from goodwill.value.fitting import ClassLimits
from goodwill.value.matrix import value_matrix, value_pyramid


@pytest.fixture(scope="module")
def classed(X: pd.DataFrame, scores: pd.DataFrame, limits: ClassLimits) -> pd.DataFrame:
    return pd.concat([scores, classify(X, scores, limits)], axis=1)


@pytest.mark.parametrize("table", [value_matrix, value_pyramid])
def test_rows_add_up_to_everybody_and_all_money(classed: pd.DataFrame, X: pd.DataFrame, table) -> None:  # noqa: ANN001 - either
    found = table(classed, X["value_past_window"])
    assert found["customers"].sum() == len(classed)
    assert found["share"].sum() == pytest.approx(1)
    assert found["clv_total"].sum() == pytest.approx(classed["clv"].sum())
    assert found["present_total"].sum() == pytest.approx(X["value_past_window"].sum())


def test_quadrants_stand_in_order_empty_ones_too() -> None:
    found = value_matrix(pd.DataFrame({"matrix": ["low_high", "not_computable"]}))
    assert found["matrix"].tolist() == ["high_high", "high_low", "low_high", "low_low", "not_computable"]
    assert found["customers"].tolist() == [0, 0, 1, 0, 1]
    assert found["potential"].tolist()[:4] == ["high", "low", "high", "low"]
    assert found["potential"].isna().tolist() == [False] * 4 + [True]


def test_tiers_stand_from_the_top_and_a_users_own_come_after() -> None:
    found = value_pyramid(pd.DataFrame({"tier": ["bronze", "lead", "platinum"]}))
    assert found["tier"].tolist() == ["platinum", "gold", "iron", "lead", "bronze"]
    assert found["share_from_top"].iloc[-1] == pytest.approx(1)


def test_scores_without_classes_are_refused() -> None:
    with pytest.raises(UsageError, match="no column 'tier'"):
        value_pyramid(pd.DataFrame({"clv": [1.0]}))


@pytest.mark.parametrize("table", [value_matrix, value_pyramid])
def test_values_of_today_go_row_by_row(table) -> None:  # noqa: ANN001 - either
    scores = pd.DataFrame({"matrix": ["high_high", "low_low"], "tier": ["platinum", "lead"]})
    for present in (pd.Series([5.0, 1.0], index=[7, 9]), np.array([5.0, 1.0])):
        assert table(scores, present)["present_total"].tolist() == [5, 0, 0, 1]
    with pytest.raises(UsageError, match="present holds 1 values beside 2 scores"):
        table(scores, pd.Series([1.0]))


@pytest.mark.parametrize(("table", "column"), [(value_matrix, "matrix"), (value_pyramid, "tier")])
def test_a_missing_class_is_one_that_is_not_computable(table, column: str) -> None:  # noqa: ANN001 - either
    found = table(pd.DataFrame({column: ["not_computable", None, np.nan], "clv": [1.0, 2.0, 3.0]}))
    last = found.iloc[-1]
    assert last[[column, "customers", "share", "clv_total"]].tolist() == ["not_computable", 3, 1.0, 6.0]
    assert found["customers"].sum() == 3
