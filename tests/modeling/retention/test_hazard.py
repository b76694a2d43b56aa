"""The boosted hazard: time-varying columns, competing reasons, a start, storage."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

from goodwill.errors import FitError, TableError, UsageError
from goodwill.modeling.retention import DiscreteHazard


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    draw = np.random.default_rng(3)
    return pd.DataFrame(
        {"price": draw.choice([10.0, 20.0], 4000), "plan": draw.choice(["a", "b"], 4000), "period": 1}
    )


@pytest.fixture(scope="module")
def reason(rows: pd.DataFrame) -> np.ndarray:
    draw = np.random.default_rng(4).random(4000)
    dear = np.where(rows["price"] > 15, 0.3, 0.1)
    return np.where(draw < dear, 1, np.where(draw < dear + 0.1, 2, 0))


@pytest.fixture(scope="module")
def competing(rows: pd.DataFrame, reason: np.ndarray) -> DiscreteHazard:
    return DiscreteHazard(parameters={"colsample_bynode": 1.0}).fit(rows, reason)


def test_each_reason_has_its_own_hazard(competing: DiscreteHazard) -> None:
    asked = pd.DataFrame({"price": [10.0, 20.0], "plan": ["a", "a"], "period": [1, 1]})
    found = competing.hazard_by_reason(asked)
    np.testing.assert_allclose(found, [[0.1, 0.1], [0.3, 0.1]], atol=0.05)
    np.testing.assert_allclose(competing.hazard(asked), found.sum(axis=1))


def test_the_hazards_add_up_to_what_happened(
    competing: DiscreteHazard, rows: pd.DataFrame, reason: np.ndarray
) -> None:
    assert competing.hazard(rows).mean() == pytest.approx((reason > 0).mean(), rel=0.01)


def test_trees_go_on_from_a_start(rows: pd.DataFrame) -> None:
    start = np.where(rows["plan"] == "a", -1.0, -3.0)
    ended = (np.random.default_rng(5).random(4000) < 1 / (1 + np.exp(-start))).astype(int)
    model = DiscreteHazard(parameters={"trees": 1, "eta": 1e-6}).fit(rows, ended, start=start)
    np.testing.assert_allclose(model.hazard(rows, start=start), 1 / (1 + np.exp(-start)), rtol=1e-4)


def test_a_stored_hazard_is_the_same(competing: DiscreteHazard, rows: pd.DataFrame) -> None:
    described, trees = competing.to_parts()
    again = DiscreteHazard.from_parts(json.loads(json.dumps(described)), trees)
    np.testing.assert_array_equal(again.hazard_by_reason(rows), competing.hazard_by_reason(rows))


def test_nobody_ended_is_told(rows: pd.DataFrame) -> None:
    with pytest.raises(FitError, match="0 of 4000 periods ended, for 0 reasons"):
        DiscreteHazard().fit(rows, np.zeros(4000))


def test_a_start_is_of_one_reason(rows: pd.DataFrame, reason: np.ndarray) -> None:
    with pytest.raises(FitError, match="a start only where there is one reason"):
        DiscreteHazard().fit(rows, reason, start=np.zeros(4000))


def test_an_unfitted_hazard_says_so(rows: pd.DataFrame) -> None:
    with pytest.raises(NotFittedError, match="Call `fit` with person-periods first"):
        DiscreteHazard().hazard(rows)


@pytest.mark.parametrize("code", [np.nan, -1, 0.5])
def test_what_is_no_code_of_a_reason_is_counted(rows: pd.DataFrame, reason: np.ndarray, code: float) -> None:
    with pytest.raises(UsageError, match="y: 1 of 4000 values are no whole numbers from 0 up"):
        DiscreteHazard().fit(rows, np.append(reason[1:], code))


def test_lengths_that_differ_are_told(rows: pd.DataFrame, reason: np.ndarray) -> None:
    with pytest.raises(UsageError, match="Lengths differ: 4000 X, 10 y"):
        DiscreteHazard().fit(rows, reason[:10])


@pytest.mark.parametrize("start", [np.full(4000, -np.inf), np.zeros(3), np.zeros((4000, 2))])
def test_a_start_is_a_logit_for_each_period(
    rows: pd.DataFrame, reason: np.ndarray, start: np.ndarray
) -> None:
    with pytest.raises(UsageError, match=r"beside 4000 periods\. Give one logit"):
        DiscreteHazard().fit(rows, reason == 1, start=start)


def test_an_unknown_parameter_is_named(rows: pd.DataFrame, reason: np.ndarray) -> None:
    with pytest.raises(UsageError, match=r"`parameters` holds \['tres'\]; there are .*'trees'"):
        DiscreteHazard(parameters={"tres": 5}).fit(rows, reason)


def test_a_learned_column_must_be_there(competing: DiscreteHazard, rows: pd.DataFrame) -> None:
    with pytest.raises(UsageError, match=r"lack \['price'\], which the hazard was learned from"):
        competing.hazard(rows.drop(columns="price"))


def test_what_is_no_frame_of_periods_is_told(rows: pd.DataFrame, reason: np.ndarray) -> None:
    with pytest.raises(UsageError, match=r"The periods are a ndarray\. Give a frame"):
        DiscreteHazard().fit(rows.to_numpy(), reason)
    with pytest.raises(TableError, match=r"more than one column \['plan'\]"):
        DiscreteHazard().fit(pd.concat([rows, rows[["plan"]]], axis=1), reason)
