import json
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from mlflow.exceptions import MlflowException

from goodwill.errors import HistoryError
from goodwill.features.columns import Columns
from goodwill.predictor.inputs import Inputs

SCHEMA = {"n_orders": "double", "channel": "string"}


class PlainPredictor:
    """Shows what it was given."""

    input_schema = SCHEMA

    @classmethod
    def load(cls, directory: Path) -> "PlainPredictor":
        assert directory == Path("stored")
        return cls()

    def unseen(self, X: Columns) -> dict[str, int]:
        rare = int((X["channel"] == "fax").sum())
        return {"channel": rare} if rare else {}

    def scores(self, X: Columns) -> Columns:
        if (X["n_orders"] < 0).any():
            message = "The horizon was not trained."
            raise HistoryError(message)
        return X


@pytest.fixture(autouse=True)
def serving(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return `goodwill.serving` in front of `PlainPredictor`: the real one takes a training to make."""
    module = ModuleType("goodwill.predictor")
    module.__dict__.update(load_predictor=PlainPredictor.load, Inputs=Inputs)
    monkeypatch.setitem(sys.modules, "goodwill.predictor", module)
    monkeypatch.delitem(sys.modules, "goodwill.serving", raising=False)
    return __import__("goodwill.serving").serving


def answered(serving: ModuleType, request: pd.DataFrame) -> list[list[object]]:
    model = serving.ServedPredictor()
    model.load_context(SimpleNamespace(artifacts={"predictor": "stored"}))
    records = model.predict(None, request).to_dict(orient="records")
    return [list(record.values()) for record in json.loads(json.dumps(records, allow_nan=False))]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({"n_orders": [1.5], "channel": ["web"]}, [[1.5, "web"]]),
        ({"n_orders": [1, 2]}, [[1.0, None], [2.0, None]]),
        ({"channel": ["web", None], "unknown": [1, 2]}, [[None, "web"], [None, None]]),
        ({"n_orders": ["3", " 4.5 ", None]}, [[3.0, None], [4.5, None], [None, None]]),
        ({"n_orders": [True]}, [[1.0, None]]),
        ({"n_orders": pd.array([1, None], dtype="Int64")}, [[1.0, None], [None, None]]),
        ({"n_orders": pd.array([1.5, None], dtype="Float32")}, [[1.5, None], [None, None]]),
        ({"channel": pd.Categorical(["web", None])}, [[None, "web"], [None, None]]),
        ({"channel": [7, 1.5, None]}, [[None, "7"], [None, "1.5"], [None, None]]),
        ({"channel": [None, np.nan, pd.NA]}, [[None, None]] * 3),
        ({"n_orders": []}, []),
    ],
)
def test_any_request_becomes_floats_and_text(
    serving: ModuleType, request_: dict[str, object], expected: list[list[object]]
) -> None:
    assert answered(serving, pd.DataFrame(request_)) == expected


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"n_orders": ["secret", "1", "-"]}, "n_orders: 2 of 3 values are not numbers. Send numbers"),
        ({"n_orders": [np.inf, 1]}, "n_orders: 1 of 2 values are infinite"),
        ({"n_orders": ["1e999"]}, "n_orders: 1 of 1 values are infinite"),
        ({"n_orders": [["secret"], 1]}, "n_orders: 1 of 2 values are lists or objects. Send numbers"),
        ({"channel": [{"secret": 1}]}, "channel: 1 of 1 values are lists or objects. Send text"),
        ({"secret": [1]}, "no column that the model knows. Send at least one of .'n_orders', 'channel'"),
        ({}, "no column that the model knows"),
        ({"n_orders": [-1.0]}, "The horizon was not trained"),
    ],
)
def test_a_wrong_request_is_refused_in_our_words_without_its_data(
    serving: ModuleType, request_: dict[str, object], words: str
) -> None:
    with pytest.raises(MlflowException, match=words) as caught:
        answered(serving, pd.DataFrame(request_))
    # What MLflow's server does to it before it answers.
    caught.value.message = f"Failed to predict data '{request_}'. {caught.value.message}"
    answer = json.loads(caught.value.serialize_as_json())
    assert answer == {"error_code": "INVALID_PARAMETER_VALUE", "message": str(caught.value)}
    assert "secret" not in answer["message"]


def test_an_answer_is_a_frame_of_numbers_and_text(serving: ModuleType) -> None:
    model = serving.ServedPredictor()
    model.load_context(SimpleNamespace(artifacts={"predictor": "stored"}))
    found = model.predict(None, pd.DataFrame({"n_orders": [1.0, None], "channel": ["web", "web"]}))
    plain = pd.DataFrame({"n_orders": [1.0, np.nan], "channel": ["web", "web"]})
    pd.testing.assert_frame_equal(pd.DataFrame(found), plain)
    assert found.to_dict(orient="list")["channel"] == ["web", "web"]
    found["channel"] = "shop"
    assert found.to_dict(orient="records")[1] == {"n_orders": None, "channel": "shop"}


def test_a_column_sent_twice_is_refused(serving: ModuleType) -> None:
    twice = pd.DataFrame([[1.0, 2.0, 3.0, 4.0]], columns=["n_orders", "n_orders", "other", "other"])
    with pytest.raises(MlflowException, match=r"\['n_orders'\] stand in the request more than once"):
        answered(serving, twice)


def test_the_predictor_sees_floats_and_objects(serving: ModuleType) -> None:
    seen = serving.coerced(pd.DataFrame({"n_orders": ["1"], "channel": ["web"]}), SCHEMA)
    bare = serving.coerced(pd.DataFrame({"n_orders": [1]}), SCHEMA)
    assert [column.dtype for column in seen.arrays.values()] == [np.float64, object]
    assert [column.dtype for column in bare.arrays.values()] == [np.float64, object]


def test_the_order_of_the_request_is_kept(serving: ModuleType) -> None:
    request = pd.DataFrame({"n_orders": [3, 1, 2]}, index=[7, 5, 9])
    found = serving.coerced(request, SCHEMA)
    assert found["n_orders"].tolist() == [3.0, 1.0, 2.0]


def test_the_request_is_not_written_into(serving: ModuleType) -> None:
    request = pd.DataFrame({"n_orders": ["1"]})
    serving.coerced(request, SCHEMA)
    assert request["n_orders"].tolist() == ["1"]


def test_levels_the_model_does_not_know_are_logged_without_their_names(
    serving: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    answered(serving, pd.DataFrame({"n_orders": [1, 2], "channel": ["fax", "web"]}))
    assert caplog.messages == ["channel: 1 of 2 rows hold a rare or unseen level."]


def with_inputs(serving: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = Inputs({}, horizon_days=30, shortest_days=10)
    monkeypatch.setattr(PlainPredictor, "inputs_", inputs, raising=False)
    shown = lambda orders, day, days: pd.DataFrame({"n_orders": [float(len(one)) for one in orders]})  # noqa: E731, ARG005 - a stand-in of one line
    monkeypatch.setattr(serving, "features_of_orders", shown)


def test_orders_in_a_request_become_features(serving: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    with_inputs(serving, monkeypatch)
    orders = [[{"time": "2024-01-01", "amount": 3}] * 2, None, []]
    sent = pd.DataFrame(
        {"orders": orders, "as_of": "2024-05-01", "n_orders": [9.0, 7.0, 9.0], "channel": "web"}
    )
    assert answered(serving, sent) == [[2.0, "web"], [7.0, "web"], [0.0, "web"]]


@pytest.mark.parametrize("sent", [{}, {"as_of": [None]}, {"as_of": ["soon"]}, {"as_of": ["0001-01-01"]}])
def test_orders_need_a_day(
    serving: ModuleType, monkeypatch: pytest.MonkeyPatch, sent: dict[str, list[object]]
) -> None:
    with_inputs(serving, monkeypatch)
    with pytest.raises(MlflowException, match="as_of: orders need the day to look from"):
        answered(serving, pd.DataFrame({"orders": [[]], "channel": "web", **sent}))


def test_orders_over_a_horizon_in_words_are_refused_by_its_name(
    serving: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_inputs(serving, monkeypatch)
    sent = pd.DataFrame({"orders": [[], []], "as_of": "2024-05-01", "horizon_days": ["20", "soon"]})
    with pytest.raises(MlflowException, match="horizon_days: 1 of 2 values are not numbers"):
        answered(serving, sent)


@pytest.mark.parametrize("days", [1e6, -5.0])
def test_orders_are_not_looked_at_over_horizons_that_were_not_trained(
    serving: ModuleType, monkeypatch: pytest.MonkeyPatch, days: float
) -> None:
    with_inputs(serving, monkeypatch)
    with pytest.raises(MlflowException, match="lies outside the trained horizons, 10 to 30 days"):
        answered(serving, pd.DataFrame({"orders": [[]], "as_of": "2024-05-01", "horizon_days": days}))


def test_orders_over_an_endless_horizon_are_refused(
    serving: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_inputs(serving, monkeypatch)
    with pytest.raises(MlflowException, match="horizon_days: 1 of 1 values are infinite"):
        answered(serving, pd.DataFrame({"orders": [[]], "as_of": "2024-05-01", "horizon_days": [np.inf]}))


def test_a_model_of_ready_made_columns_takes_no_orders(serving: ModuleType) -> None:
    with pytest.raises(MlflowException, match="this model reads ready-made columns"):
        answered(serving, pd.DataFrame({"orders": [[]], "as_of": "2024-05-01"}))
