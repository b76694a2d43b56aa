"""Survey facts, checked by hand."""

from collections.abc import Callable
from datetime import date

import pytest

from goodwill.data.tables import Tables
from goodwill.engine import to_frame
from goodwill.features.levels import MOST
from goodwill.features.perceived import perceived

AS_OF = date(2024, 3, 1)
Shop = Callable[..., Tables]
ROWS = [
    ("a", "Fair price", "expectation", 6.0, "2024-02-10"),
    ("a", "Fair price", "perception", 4.0, "2024-02-20"),
    ("a", "Fair price", "perception", 5.0, "2024-02-20"),
    ("a", "Staff", "perception", 6.0, "2024-02-20"),
    ("a", "Staff", "perception", 1.0, None),
    ("b", "Staff", "perception", None, "2024-02-20"),
    (None, "Staff", "perception", 2.0, "2024-02-20"),
]


def test_answers_are_averaged_by_side(shop: Shop) -> None:
    found = to_frame(perceived(shop(surveys=("customer_id item side value time", ROWS)).before(AS_OF)))
    expected = {
        "n_survey_answers": 4,
        "survey_expectation_mean": 6.0,
        "survey_perception_mean": 5.0,
        "survey_gap_mean": -1.0,
    }
    assert found.loc[0].drop("customer_id").to_dict() == expected


def test_what_a_cost_is_rated_is_no_benefit(shop: Shop) -> None:
    rows = [
        ("a", "Staff", "perception", 6.0, "2024-02-20"),
        ("a", "Staff", "expectation", 5.0, "2024-02-20"),
        ("a", "Price", "perception", 2.0, "2024-02-20"),
    ]
    found = to_frame(perceived(shop(surveys=("customer_id item side value time", rows)).before(AS_OF)))
    named = ["survey_perception_mean", "survey_cost_perception_mean", "survey_gap_mean"]
    assert found.loc[0, named].tolist() == [6.0, 2.0, 1.0]


def test_an_answer_without_a_number_counts_and_has_no_mean(shop: Shop) -> None:
    found = to_frame(perceived(shop(surveys=("customer_id item side value time", ROWS)).before(AS_OF)))
    assert found["customer_id"].tolist() == ["a", "b"]
    assert found.loc[1, "n_survey_answers"] == 1
    assert found.loc[1].drop(["customer_id", "n_survey_answers"]).isna().all()


def test_a_rival_is_kept_apart_from_us(shop: Shop) -> None:
    rows = [
        ("a", "Price", "score", 9.0, "Us", "2024-02-10"),
        ("a", "Price", "score", 3.0, "Rival", "2024-02-10"),
    ]
    found = to_frame(perceived(shop(surveys=("customer_id item side value brand time", rows)).before(AS_OF)))
    assert found.loc[0, ["survey_score_us_price_mean", "survey_score_rival_price_mean"]].tolist() == [
        9.0,
        3.0,
    ]


def test_items_that_become_columns_are_bounded(shop: Shop) -> None:
    rows = [("a", f"item {number}", "score", 5.0, "2024-02-10") for number in range(50)]
    found = to_frame(perceived(shop(surveys=("customer_id item side value time", rows)).before(AS_OF)))
    assert sum(name.startswith("survey_score_item") for name in found) == MOST["question"]


@pytest.mark.parametrize("who", ["respondent", "customer_id"])
def test_answers_in_words_have_no_mean(shop: Shop, who: str) -> None:
    tables = shop(surveys=(f"{who} item side answer time", [("a", "q", "functional", "like", "2024-02-10")]))
    found = to_frame(perceived(tables.before(AS_OF)))
    assert len(found) == (who == "customer_id")
    assert not any(name.startswith("survey_") for name in found)
