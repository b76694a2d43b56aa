import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.value.cohorts import cohort_classes


def test_cohorts_conserve_customers_and_value(X: pd.DataFrame, scores: pd.DataFrame) -> None:
    dated = scores.assign(as_of=pd.Timestamp("2025-01-01"), tier=X["status"])
    found = cohort_classes(dated, X["days_since_last_order"], "tier", period="M")
    has_bought = X["days_since_last_order"].notna()
    assert found["customers"].sum() == has_bought.sum()
    assert found["clv_total"].sum() == pytest.approx(scores.loc[has_bought, "clv"].sum())
    assert found.groupby("cohort")["share"].sum().tolist() == pytest.approx([1] * found["cohort"].nunique())


def test_an_unknown_dimension_is_refused(scores: pd.DataFrame) -> None:
    with pytest.raises(UsageError, match="tier: the scores lack it, or `as_of`"):
        cohort_classes(scores, pd.Series(1, scores.index), "tier")
