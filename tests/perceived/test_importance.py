"""Relative importance, checked against its definition."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.perceived.importance import relative_importance

NAMES = ("quality", "service", "price")


@pytest.fixture(scope="module")
def scores() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    mixed = rng.normal(size=(300, 3)) @ np.array([[1, 0.6, 0], [0, 1, -0.3], [0, 0, 1]])
    return pd.DataFrame(mixed, columns=NAMES)


@pytest.fixture(scope="module")
def value(scores: pd.DataFrame) -> np.ndarray:
    return scores.to_numpy() @ [1.0, 0.5, 0.2] + np.random.default_rng(6).normal(size=300)


def r_squared(X: pd.DataFrame, y: np.ndarray) -> float:
    design = np.column_stack([np.ones(len(X)), X])
    return float(1 - (y - design @ np.linalg.lstsq(design, y, rcond=None)[0]).var() / y.var())


def test_importance_is_the_mean_gain_over_all_orders(scores: pd.DataFrame, value: np.ndarray) -> None:
    gains = dict.fromkeys(NAMES, 0.0)
    for order in permutations(NAMES):
        for place, name in enumerate(order):
            with_it, without = scores[list(order[: place + 1])], scores[list(order[:place])]
            gains[name] += (r_squared(with_it, value) - r_squared(without, value)) / 6
    assert relative_importance(scores, value).table["importance"].to_dict() == pytest.approx(gains)


def test_importance_adds_up_to_r_squared(scores: pd.DataFrame, value: np.ndarray) -> None:
    found = relative_importance(scores, value)
    assert found.r_squared == pytest.approx(r_squared(scores, value))
    assert found.table["share"].sum() == pytest.approx(1)
    assert found.r_squared_low < found.r_squared < found.r_squared_high
    assert (found.table["low"] < found.table["importance"]).all()


def test_two_copies_of_a_dimension_share_its_importance(scores: pd.DataFrame, value: np.ndarray) -> None:
    once = relative_importance(scores[["quality", "price"]], value).table["importance"]
    twice = relative_importance(scores[["quality", "price"]].assign(copy=scores["quality"]), value).table
    assert twice.loc["quality", "importance"] == pytest.approx(twice.loc["copy", "importance"])
    assert twice["importance"].sum() == pytest.approx(once.sum())


def test_a_weight_of_two_is_a_respondent_asked_twice(scores: pd.DataFrame, value: np.ndarray) -> None:
    twice = pd.concat([scores, scores.iloc[:100]]), np.concatenate([value, value[:100]])
    counted = relative_importance(scores, value, weights=np.repeat([2.0, 1.0], [100, 200]))
    np.testing.assert_allclose(counted.table["importance"], relative_importance(*twice).table["importance"])


def test_who_left_a_question_out_is_counted(scores: pd.DataFrame, value: np.ndarray) -> None:
    partly = scores.where(scores.index.to_numpy()[:, None] >= [10, 0, 5])
    found = relative_importance(partly, value)
    assert (found.n_respondents, found.n_left_out) == (290, 10)


def test_resamples_that_explain_nothing_have_no_shares() -> None:
    rare = pd.DataFrame(np.random.default_rng(0).normal(size=(12, 2)), columns=["quality", "price"])
    table = relative_importance(rare, np.eye(12)[0]).table
    assert np.isfinite(table[["share_low", "share_high"]]).all(axis=None)


def test_seventeen_columns_are_too_many() -> None:
    with pytest.raises(UsageError, match=r"17 columns have 2\^17 subsets; at most 16"):
        relative_importance(pd.DataFrame(np.eye(30, 17)), np.arange(30))
