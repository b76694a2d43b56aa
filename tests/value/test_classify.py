"""Classes of customers: one each, by hand and as a whole."""

import numpy as np
import pandas as pd
import pytest

from goodwill.value.classify import classify, rfm_scores, unclassed
from goodwill.value.defaults import rules_of
from goodwill.value.fitting import ClassLimits, fit_classes
from goodwill.value.rules import DIMENSIONS, NOT_COMPUTABLE


@pytest.fixture(scope="module")
def classes(X: pd.DataFrame, scores: pd.DataFrame, limits: ClassLimits) -> pd.DataFrame:
    return classify(X, scores, limits)


def lifecycle(**facts: object) -> str:
    row = pd.DataFrame([{"status": "scored", "n_orders": 1.0, "p_churn": 0.3, **facts}])
    base = pd.DataFrame({"n_orders": [1.0, 2.0], "p_churn": [0.1, 0.2], "days_since_last_order": [3.0, 9.0]})
    limits = fit_classes(base, base.assign(status="scored"), rules_of("retail"))
    return str(classify(row, row, limits)["lifecycle"].iloc[0])


def test_every_customer_has_one_class_of_the_rules_in_every_dimension(
    classes: pd.DataFrame, limits: ClassLimits
) -> None:
    assert tuple(classes) == DIMENSIONS
    assert classes.notna().all(axis=None)
    for name in DIMENSIONS:
        assert set(classes[name]) <= {*limits.rules.dimensions[name].classes, NOT_COMPUTABLE}
        assert len(set(classes[name])) > 1


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"n_orders": 0.0, "p_churn": np.nan, "status": "prospect"}, "potential"),
        ({}, "first_purchase"),
        ({"n_orders": 2.0}, "repeat"),
        ({"p_churn": 0.95}, "lost"),
        ({"days_since_last_order": 400.0}, "lost"),
        ({"status": "inactive", "p_churn": np.nan}, "lost"),
        ({"n_orders": np.nan}, NOT_COMPUTABLE),
    ],
)
def test_the_life_cycle_by_hand(facts: dict[str, object], expected: str) -> None:
    assert lifecycle(**facts) == expected


@pytest.mark.parametrize(
    ("p_churn", "loyalty", "lifecycle"), [(0.7, "loyal", "repeat"), (0.95, "lost", "lost")]
)
def test_a_contract_that_runs_is_lost_when_it_is_as_good_as_ended(
    p_churn: float, loyalty: str, lifecycle: str
) -> None:
    row = pd.DataFrame([{"status": "scored", "n_periods": 20.0, "p_churn": p_churn}])
    base = pd.DataFrame({"n_periods": [1.0, 20.0], "p_churn": [0.1, 0.2], "status": "scored"})
    found = classify(row, row, fit_classes(base, base, rules_of("subscription")))
    assert found[["loyalty", "lifecycle"]].iloc[0].tolist() == [loyalty, lifecycle]


def test_what_is_unknown_is_no_obstacle_where_every_answer_gives_the_same_class() -> None:
    changes = {"lifecycle": {"measures": {"risk": {"missing": None}}}}
    base = pd.DataFrame({"n_orders": [0.0, 1.0], "p_churn": [np.nan, np.nan], "status": "scored"})
    limits = fit_classes(base.assign(p_churn=0.5), base.assign(p_churn=0.5), rules_of("retail", changes))
    assert classify(base, base, limits)["lifecycle"].tolist() == ["potential", NOT_COMPUTABLE]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, "occasional"),
        ({"survey_recommends": 1.0}, "loyal"),
        ({"survey_share_of_wallet": 0.6}, "loyal"),
        ({"survey_share_of_wallet": 0.3, "survey_prefers_us": 0.0}, "occasional"),
        ({"survey_share_of_wallet": 0.3, "survey_prefers_us": 1.0}, "loyal"),
        ({"survey_recommends": 1.0, "p_churn": 0.95}, "lost"),
        ({"survey_recommends": 1.0, "n_order_days": 1.0}, "occasional"),
    ],
)
def test_what_surveys_say_makes_a_repeat_buyer_loyal(said: dict[str, float], expected: str) -> None:
    asked = ["survey_recommends", "survey_share_of_wallet", "survey_prefers_us"]
    base = pd.DataFrame({"n_order_days": [1.0, 5.0], "p_churn": 0.5, "status": "scored"}).reindex(
        columns=["n_order_days", "p_churn", "status", *asked], fill_value=np.nan
    )
    row = pd.DataFrame([{"n_order_days": 2.0, "p_churn": 0.2, "status": "scored", **said}])
    assert classify(row, row, fit_classes(base, base, rules_of("retail")))["loyalty"].tolist() == [expected]


def test_prospects_are_potential_and_have_no_tier(X: pd.DataFrame, classes: pd.DataFrame) -> None:
    prospects = classes[X["status"] == "prospect"]
    assert set(prospects["lifecycle"]) == {"potential"}
    assert set(prospects["tier"]) == {NOT_COMPUTABLE}


def test_who_was_not_asked_has_an_unknown_need(X: pd.DataFrame, classes: pd.DataFrame) -> None:
    assert ((X["n_survey_answers"] == 0) == (classes["need"] == "unknown")).all()


@pytest.mark.parametrize(
    ("comment", "rating", "gap", "expected"),
    [
        (3.0, 7.0, 1.0, "pain"),
        (2.0, 1.0, -1.0, "concern"),
        (1.0, 1.0, 1.0, "expectation"),
        (np.nan, 1.0, 1.0, "pain"),
        (np.nan, 6.0, -1.0, "expectation"),
        (np.nan, 6.0, 1.0, "concern"),
    ],
)
def test_a_comment_tells_the_need_before_a_rating_does(
    comment: float, rating: float, gap: float, expected: str
) -> None:
    base = pd.DataFrame({"survey_perception_mean": np.arange(1.0, 8.0), "n_survey_answers": 1.0})
    base = base.assign(survey_gap_mean=0.0, comment_need=np.nan)
    limits = fit_classes(base, base, rules_of("retail"))
    row = pd.DataFrame([{"comment_need": comment, "n_survey_answers": 1.0, "survey_gap_mean": gap}])
    row["survey_perception_mean"] = rating
    assert classify(row, row, limits)["need"].tolist() == [expected]


def test_a_need_is_told_where_there_are_comments_alone() -> None:
    X = pd.DataFrame({"comment_need": [3.0, np.nan]})
    assert classify(X, X, fit_classes(X, X, rules_of("retail")))["need"].tolist() == ["pain", "unknown"]


def test_tiers_conserve_customers_and_value(scores: pd.DataFrame, classes: pd.DataFrame) -> None:
    by_tier = scores.groupby(classes["tier"].astype(str))["clv"].agg(["size", "sum"])
    assert by_tier["size"].sum() == len(scores)
    assert by_tier["sum"].sum() == pytest.approx(scores["clv"].sum(), abs=1e-6)
    assert by_tier["sum"]["platinum"] / scores["clv"].sum() == pytest.approx(0.5, abs=0.02)


def test_equal_values_have_equal_rfm_scores_where_most_share_one_frequency() -> None:
    X = pd.DataFrame({"n_order_days": [1.0] * 80 + [2.0] * 15 + [9.0] * 5, "spend_total": np.arange(100.0)})
    X["days_since_last_order"] = np.arange(100.0) % 7
    limits = fit_classes(X, X, rules_of("retail"))
    found = rfm_scores(X, limits)
    for column, score in (("n_order_days", "f_score"), ("days_since_last_order", "r_score")):
        assert found.groupby(X[column])[score].agg(np.ptp).eq(0).all()
    assert found["f_score"].iloc[[0, -1]].tolist() == [1, 5]
    assert found["r_score"].iloc[[0, 6]].tolist() == [5, 1]
    assert NOT_COMPUTABLE not in set(classify(X, X, limits)["rfm"])


def test_rfm_scores_rise_with_what_is_better(X: pd.DataFrame, limits: ClassLimits) -> None:
    found = rfm_scores(X, limits)
    assert found["m_score"].groupby(found["m_score"]).size().between(100, 300).all()
    by_money = found.assign(m=X["spend_total"]).sort_values("m")["m_score"]
    assert by_money.is_monotonic_increasing
    assert found.loc[X["days_since_last_order"].isna(), "r_score"].isna().all()


def test_reasons_add_up_to_the_unclassed(
    X: pd.DataFrame, scores: pd.DataFrame, limits: ClassLimits, classes: pd.DataFrame
) -> None:
    told = unclassed(X, scores, limits).groupby("dimension")["customers"].sum()
    counted = (classes == NOT_COMPUTABLE).sum()
    assert told.to_dict() == counted[counted > 0].to_dict()


def test_a_dimension_without_its_table_is_not_computable_for_anyone() -> None:
    X = pd.DataFrame({"clv": [1.0, 2.0, 3.0]})
    limits = fit_classes(X, X, rules_of("retail"))
    assert set(classify(X, X, limits)["holding"]) == {NOT_COMPUTABLE}
    told = unclassed(X, X, limits).set_index("dimension").loc["holding"]
    assert told.tolist() == ["needs balances or contracts", 3]


def test_a_customer_is_classed_alike_alone_and_in_company(
    X: pd.DataFrame, scores: pd.DataFrame, limits: ClassLimits, classes: pd.DataFrame
) -> None:
    alone = classify(X[7:8], scores[7:8], limits)
    pd.testing.assert_frame_equal(alone, classes[7:8])


def test_columns_that_went_away_count_as_unknown(X: pd.DataFrame, limits: ClassLimits) -> None:
    bare = X[["customer_id", "status"]]
    assert set(classify(bare, bare, limits)["rfm"]) == {NOT_COMPUTABLE}


def test_nobody_has_no_class(X: pd.DataFrame, scores: pd.DataFrame, limits: ClassLimits) -> None:
    assert tuple(classify(X[:0], scores[:0], limits)) == DIMENSIONS
