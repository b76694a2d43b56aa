import numpy as np
import pandas as pd
import pytest

from goodwill.value import sizes
from goodwill.value.classify import classify
from goodwill.value.fitting import ClassLimits
from goodwill.value.sizes import class_profiles, class_sizes, class_stability


def test_sizes_add_up_to_the_customers(X: pd.DataFrame, scores: pd.DataFrame, limits: ClassLimits) -> None:
    found = class_sizes(classify(X, scores, limits))
    assert {sum(counts.values()) for counts in found.values()} == {len(X)}
    assert all(all(counts.values()) for counts in found.values())


def test_profiles_add_up_and_stand_in_order_of_value() -> None:
    scores = pd.DataFrame(
        {
            "tier": ["lead", "gold", "lead", "none"],
            "clv": [1, 8, 1, np.nan],
            "p_churn": [0.6, 0.2, 0.8, np.nan],
        }
    )
    found = class_profiles(scores, "tier").set_index("tier")
    assert found.index.tolist() == ["gold", "lead", "none"]
    assert found["customers"].sum() == 4
    assert found["value_share"].sum() == pytest.approx(1)
    assert found.loc["lead", ["share", "clv_mean", "p_churn_mean"]].tolist() == [0.5, 1.0, 0.7]


def test_profiles_without_money_are_in_order_of_size() -> None:
    found = class_profiles(pd.DataFrame({"segment": ["b", "a", "a"]}), "segment")
    assert found.to_numpy().tolist() == [["a", 2, 2 / 3], ["b", 1, 1 / 3]]


@pytest.mark.parametrize("most_rows", [500, 20_000])
def test_absolute_limits_are_firm_and_fitted_ones_nearly(
    X: pd.DataFrame,
    scores: pd.DataFrame,
    limits: ClassLimits,
    monkeypatch: pytest.MonkeyPatch,
    most_rows: int,
) -> None:
    monkeypatch.setattr(sizes, "_MOST_ROWS", most_rows)
    found = class_stability(X, scores, limits)
    assert found["lifecycle"] == 1
    assert 0.9 < found["tier"] < 1
