"""What a predictor makes of frames that lack what it was trained on, as a web request's do."""

import numpy as np
import pandas as pd
import pytest

import goodwill as gw
from goodwill.errors import HistoryError, TableError
from goodwill.predictor import PREDICTED

Predictor = gw.CustomerValuePredictor
HISTORY = {
    "n_orders": 4.0,
    "n_order_days": 4.0,
    "days_since_first_order": 200.0,
    "days_since_last_order": 20.0,
    "spend_mean": 25.0,
    "spend_first": 20.0,
}


def request_of(**facts: object) -> pd.DataFrame:
    return pd.DataFrame([{"customer_id": "new", **facts}])


def test_the_schema_names_every_column_a_number_or_a_text(predictor: Predictor, train: gw.Snapshot) -> None:
    schema = predictor.input_schema
    assert list(schema) == list(train.now.columns)
    assert set(schema.values()) == {"double", "string"}
    assert (schema["n_orders"], schema["customer_id"]) == ("double", "string")


def test_a_history_alone_is_scored_over_the_trained_horizon(predictor: Predictor) -> None:
    row = predictor.predict(request_of(**HISTORY)).iloc[0]
    assert (row["customer_id"], row["status"], row["horizon_days"]) == ("new", "scored", 120)
    assert row[list(PREDICTED)].notna().all()


def test_columns_that_training_did_not_know_are_ignored(predictor: Predictor) -> None:
    plain = predictor.predict(request_of(**HISTORY))
    pd.testing.assert_frame_equal(predictor.predict(request_of(**HISTORY, shoe_size=44.0)), plain)


def test_no_orders_make_a_prospect(predictor: Predictor) -> None:
    row = predictor.predict(request_of(n_orders=0.0)).iloc[0]
    assert row["status"] == "prospect"
    assert row[list(PREDICTED)].isna().all()


@pytest.mark.parametrize("lacking", list(HISTORY))
def test_a_history_with_a_gap_is_incomplete_and_not_scored(predictor: Predictor, lacking: str) -> None:
    row = predictor.predict(request_of(**{**HISTORY, lacking: np.nan})).iloc[0]
    assert row["status"] == "incomplete"
    assert row[list(PREDICTED)].isna().all()


def test_a_null_horizon_is_the_trained_one(predictor: Predictor) -> None:
    given = request_of(**HISTORY, horizon_days=np.nan)
    assert predictor.predict(given)["horizon_days"].tolist() == [120]


@pytest.mark.parametrize(
    ("days", "reason"),
    [
        (45.5, "1 of 1 are no whole days"),
        (np.inf, "inf lies outside the trained horizons"),
        (900, "900 lies"),
    ],
)
def test_a_horizon_is_whole_days_within_the_trained_ones(
    predictor: Predictor, days: float, reason: str
) -> None:
    with pytest.raises(HistoryError, match=f"horizon_days: {reason}"):
        predictor.predict(request_of(**HISTORY, horizon_days=days))


@pytest.mark.parametrize("day", [5, 20240501.0, "now"])
def test_what_is_no_day_is_told(predictor: Predictor, day: object) -> None:
    with pytest.raises(HistoryError, match="as_of: 1 of 1 values are no day"):
        predictor.predict(request_of(**HISTORY, as_of=day))


def test_words_in_the_place_of_numbers_are_named(predictor: Predictor) -> None:
    with pytest.raises(TableError, match="n_orders: 1 of 1 values are no numbers"):
        predictor.predict(request_of(**HISTORY | {"n_orders": "many"}))


def test_a_null_status_is_told_from_the_history(predictor: Predictor) -> None:
    assert predictor.predict(request_of(**HISTORY, status=None))["status"].tolist() == ["scored"]


def test_a_given_status_is_kept(predictor: Predictor) -> None:
    assert predictor.predict(request_of(**HISTORY, status="inactive"))["status"].tolist() == ["inactive"]


def test_rows_keep_their_order_and_index(predictor: Predictor, train: gw.Snapshot) -> None:
    rows = train.now.iloc[::-1]
    scores = predictor.predict(rows)
    assert scores.index.equals(rows.index)
    assert scores["customer_id"].tolist() == rows["customer_id"].tolist()


def test_a_customer_is_scored_alike_alone_and_in_company(predictor: Predictor, train: gw.Snapshot) -> None:
    company = predictor.predict(train.now).iloc[[7]]
    pd.testing.assert_frame_equal(predictor.predict(train.now.iloc[[7]]), company)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"n_orders": 1.0}, "n_orders: 1 of 1 values do not fit a history of orders; it must be at least 2"),
        ({"n_orders": np.inf}, "n_orders: 1 of 1 values .* and finite"),
        ({"n_order_days": 2.5}, "n_order_days: 1 of 1 values"),
        ({"days_since_last_order": 300.0}, "days_since_last_order: 1 of 1 values"),
        ({"n_order_days": 1.0}, "days_since_last_order: 1 of 1 .* which it equals where n_order_days is 1"),
        ({"spend_first": np.inf}, "spend_mean: 1 of 1 values .* as must spend_first"),
        ({"as_of": "soon"}, "as_of: 1 of 1 values are no day. Send text such as 2024-05-01"),
        ({"as_of": "today"}, "as_of: 1 of 1 values are no day"),
    ],
)
def test_facts_that_contradict_are_refused_by_column(
    predictor: Predictor, facts: dict[str, object], words: str
) -> None:
    with pytest.raises(HistoryError, match=words):
        predictor.predict(request_of(**{**HISTORY, **facts}))


def test_days_are_answered_as_they_were_sent(predictor: Predictor) -> None:
    days = ["2025-01-01", "2025-01-01T00:00:00Z"]
    scores = predictor.predict(pd.DataFrame([HISTORY | {"as_of": day} for day in days]))
    assert scores["as_of"].tolist() == days
    assert scores["p_churn"][0] == scores["p_churn"][1]


def test_scores_are_predictions_as_arrays(predictor: Predictor, train: gw.Snapshot) -> None:
    pd.testing.assert_frame_equal(predictor.scores(train.now).frame(), predictor.predict(train.now))
