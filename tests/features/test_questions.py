"""What questions ask, and what answers say of loyalty, checked by hand."""

from collections.abc import Callable, Sequence
from datetime import date

import pandas as pd
import pytest

from goodwill.data.tables import Past, Tables
from goodwill.engine import to_frame
from goodwill.features.perceived import perceived
from goodwill.features.questions import SurveyQuestion, with_questions

Shop = Callable[..., Tables]
Row = tuple[object, ...]


def asked(
    shop: Shop, rows: list[Row], questions: Sequence[SurveyQuestion] = (), columns: str = "", brand: str = ""
) -> pd.Series:
    """Return the facts of customer a."""
    names = f"customer_id item side value {columns} time"
    tables = shop(surveys=(names, [("a", *row, "2024-02-10") for row in rows]))
    told = with_questions(tables.present["surveys"], questions, brand or None)
    return to_frame(perceived(Past(Tables(surveys=told), date(2024, 3, 1)))).iloc[0]


@pytest.mark.parametrize(
    ("question", "value", "expected"),
    [
        (SurveyQuestion("q", "nps"), 9.0, 1.0),
        (SurveyQuestion("q", "nps", scale=(0, 10)), 8.0, 0.0),
        (SurveyQuestion("q", "recommend", scale=(1, 5)), 4.0, 1.0),
        (SurveyQuestion("q", "recommend", scale=(1, 5), is_reversed=True), 4.0, 0.0),
        (SurveyQuestion("q", "recommend"), 8.0, 0.0),
    ],
)
def test_who_recommends_by_the_scale_of_the_question(
    shop: Shop, question: SurveyQuestion, value: float, expected: float
) -> None:
    assert asked(shop, [("q", "score", value)], [question])["survey_recommends"] == expected


@pytest.mark.parametrize(
    ("scale", "value", "expected"),
    [((0.0, 100.0), 40.0, 0.4), (None, 40.0, 0.4), (None, 0.4, 0.4), ((1.0, 5.0), 3.0, 0.5)],
)
def test_share_of_wallet_is_a_share(
    shop: Shop, scale: tuple[float, float] | None, value: float, expected: float
) -> None:
    question = SurveyQuestion("q", "share_of_wallet", scale=scale)
    assert asked(shop, [("q", "score", value)], [question])["survey_share_of_wallet"] == expected


def test_who_recommends_is_told_however_much_else_is_asked(shop: Shop) -> None:
    others = [SurveyQuestion(name, name) for name in ("overall", "csat", "effort", "repurchase", "price")]
    rows = [(question.item, "score", 3.0) for question in others for _ in range(2)]
    found = asked(shop, [*rows, ("q", "score", 9.0)], [*others, SurveyQuestion("q", "nps")])
    assert found["survey_recommends"] == 1


def test_an_instrument_or_item_of_that_name_asks_it_where_nothing_is_declared(shop: Shop) -> None:
    rows = [("q7", "score", 10.0, "NPS"), ("preference", "score", 3.0, "x")]
    found = asked(shop, rows, columns="instrument")
    assert found[["survey_recommends", "survey_prefers_us"]].tolist() == [1.0, 0.0]


@pytest.mark.parametrize(("theirs", "expected"), [(4.0, 1.0), (5.0, 0.5), (6.0, 0.0)])
def test_who_rates_us_best_prefers_us_whatever_the_price(shop: Shop, theirs: float, expected: float) -> None:
    rows = [
        *(("taste", "perception", value, brand) for value, brand in ((5.0, "Us"), (theirs, "North"))),
        *(("price", "perception", value, brand) for value, brand in ((1.0, "Us"), (7.0, "North"))),
        ("taste", "perception", 1.0, "South"),
    ]
    assert asked(shop, rows, columns="brand", brand="Us")["survey_prefers_us"] == expected


def test_a_stated_preference_stands_before_ratings(shop: Shop) -> None:
    question = SurveyQuestion("q", "preference", scale=(1, 5))
    rows = [("q", "score", 5.0, None), ("t", "score", 1.0, "Us"), ("t", "score", 9.0, "North")]
    assert asked(shop, rows, [question], "brand", "Us")["survey_prefers_us"] == 1


def test_what_does_not_apply_or_cannot_be_has_no_part_in_a_mean(shop: Shop) -> None:
    questions = [
        SurveyQuestion("wifi", scale=(0, 5), not_applicable=(0.0,)),
        SurveyQuestion("seat", scale=(1, 5), is_reversed=True),
    ]
    rows = [("wifi", "score", 0.0), ("wifi", "score", 9.0), ("wifi", "score", 3.0), ("seat", "score", 4.0)]
    found = asked(shop, rows, questions)
    assert found[["survey_score_wifi_mean", "survey_score_seat_mean"]].tolist() == [3.0, 2.0]
    assert found["n_survey_answers"] == 4


def test_importance_has_a_scale_of_its_own(shop: Shop) -> None:
    question = SurveyQuestion("seat", scale=(1, 5), is_reversed=True)
    assert asked(shop, [("seat", "importance", 10.0)], [question])["survey_importance_mean"] == 10
