"""Contacts beyond orders, checked by hand."""

from collections.abc import Callable
from datetime import date

from goodwill.data.tables import Tables
from goodwill.engine import to_frame
from goodwill.features.engagement import interactions, referrals, treatments
from goodwill.features.levels import MOST

AS_OF = date(2024, 3, 1)
Shop = Callable[..., Tables]


def test_interactions_are_counted_by_window_and_kind(shop: Shop) -> None:
    rows = [
        ("a", "2024-02-29", "Complaint", 3.0, 1.0),
        ("a", "2024-01-01", "e-mail", None, 2.5),
        ("a", "2022-01-01", "E_Mail", 6.0, None),
        ("a", "2024-03-01", "complaint", 9.0, 9.0),
    ]
    tables = shop(interactions=("customer_id time kind value cost", rows))
    found = to_frame(interactions(tables.before(AS_OF))).iloc[0]
    expected = {
        "n_interactions": 3,
        "n_interactions_30d": 1,
        "n_interactions_90d": 2,
        "n_interactions_complaint_30d": 1,
        "n_interactions_email_30d": 0,
        "n_interactions_email_365d": 1,
        "days_since_last_interaction": 1,
        "days_since_interaction_email": 60,
        "interaction_value_mean": 4.5,
        "interaction_cost_total": 3.5,
    }
    assert found[list(expected)].to_dict() == expected


def test_kinds_that_become_columns_are_bounded(shop: Shop) -> None:
    rows = [("a", "2024-02-01", f"kind {number}") for number in range(20)]
    found = to_frame(interactions(shop(interactions=("customer_id time kind", rows)).before(AS_OF)))
    assert sum(name.startswith("days_since_interaction_") for name in found) == MOST["kind"]
    assert found["n_interactions"].tolist() == [20]


def test_controls_are_not_treated(shop: Shop) -> None:
    rows = [("a", "2024-02-20", "coupon"), ("a", "2023-02-20", "coupon"), ("b", "2024-02-20", None)]
    found = to_frame(treatments(shop(treatments=("customer_id time treatment", rows)).before(AS_OF)))
    assert found["n_campaign_rows"].tolist() == [2, 1]
    assert found["n_treatments"].tolist() == found["n_treatments_coupon"].tolist() == [2, 0]
    assert found["n_treatments_90d"].tolist() == [1, 0]
    assert found.loc[0, "days_since_last_treatment"] == 10
    assert found["days_since_last_treatment"].isna().tolist() == [False, True]


def test_a_named_control_is_no_offer_received(shop: Shop) -> None:
    rows = [("a", "2024-02-20", "Control"), ("a", "2024-02-10", "coupon"), ("b", "2024-02-20", "holdout")]
    found = to_frame(treatments(shop(treatments=("customer_id time treatment", rows)).before(AS_OF)))
    assert found["n_treatments"].tolist() == found["n_treatments_90d"].tolist() == [1, 0]
    assert found["n_treatments_control"].tolist() == [1, 0]
    assert found.loc[0, "days_since_last_treatment"] == 20
    assert found["days_since_last_treatment"].isna().tolist() == [False, True]


def test_referrals_are_seen_from_both_sides(shop: Shop) -> None:
    rows = [("a", "b", "2024-02-20"), ("a", "c", "2022-01-01"), ("b", "d", "2024-03-01")]
    found = to_frame(referrals(shop(referrals=("referrer_id customer_id time", rows)).before(AS_OF)))
    assert found["customer_id"].tolist() == ["a", "b", "c"]
    assert found["n_referrals"].tolist() == [2, 0, 0]
    assert found["n_referrals_365d"].tolist() == [1, 0, 0]
    assert found["is_referred"].tolist() == [0, 1, 1]
