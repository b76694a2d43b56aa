import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.modeling.segments.groups import GROUPS, columns_in

X = pd.DataFrame(
    columns=[
        *(
            "customer_id",
            "status",
            "as_of",
            "n_order_days",
            "spend_total",
            "days_since_signup",
            "n_orders_30d",
        ),
        *("survey_score_recommend_mean", "acquisition_channel", "n_interactions_visit_365d", "branch_id"),
        *("n_interactions_complaint_365d", "n_referrals", "spend_90d", "gap_cv"),
    ]
)


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        ("characteristics", ["acquisition_channel", "branch_id"]),
        ("behaviour", ["n_order_days", "n_interactions_visit_365d"]),
        ("value", ["spend_total"]),
        ("relationship", ["days_since_signup", "n_referrals"]),
        ("need", ["survey_score_recommend_mean", "n_interactions_complaint_365d"]),
    ],
)
def test_each_feature_is_in_one_group(group: str, expected: list[str]) -> None:
    assert columns_in(X, [group]) == expected


def test_several_groups_are_put_together_in_the_order_of_the_table() -> None:
    assert columns_in(X, ["need", "value"])[0] == "spend_total"
    assert len(columns_in(X, GROUPS)) == 9


def test_unknown_groups_and_groups_without_a_feature_are_named() -> None:
    with pytest.raises(UsageError, match="'size' is none of characteristics, behaviour"):
        columns_in(X, ["size"])
    with pytest.raises(UsageError, match="no feature of value; add transactions, contracts or balances"):
        columns_in(X[["customer_id"]], ["value"])
