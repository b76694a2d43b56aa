"""Linear weights of dimensions."""

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import FitError
from goodwill.perceived.weights import derived_weights


@pytest.fixture(scope="module")
def scores() -> pd.DataFrame:
    rng = np.random.default_rng(5)
    mixed = rng.normal(size=(300, 3)) @ np.array([[1, 0.6, 0], [0, 1, -0.3], [0, 0, 1]])
    return pd.DataFrame(mixed, columns=["quality", "service", "price"])


@pytest.fixture(scope="module")
def value(scores: pd.DataFrame) -> np.ndarray:
    return scores.to_numpy() @ [1.0, 0.5, 0.2] + np.random.default_rng(6).normal(size=300)


def test_weights_ignore_units_and_what_lowers_value(scores: pd.DataFrame) -> None:
    standard = scores / scores.std()
    value = standard @ [1.0, -0.1, 3.0]
    found = derived_weights(scores * [10, 1, 0.1], value).table
    assert found["weight"].round(6).to_dict() == {"quality": 0.25, "service": 0.0, "price": 0.75}
    assert found["low"].iloc[0] < 0.25 < found["high"].iloc[0]


def test_reliability_gives_back_what_error_of_measurement_took() -> None:
    rng = np.random.default_rng(1)
    common = rng.normal(size=(20_000, 1))
    true = np.sqrt(0.5) * common + np.sqrt(0.5) * rng.normal(size=(20_000, 2))
    seen = pd.DataFrame(true + [1.0, 0.0] * rng.normal(size=(20_000, 2)), columns=["a", "b"])
    value = true @ [0.7, 0.3]
    naive = derived_weights(seen, value).table["weight"]["a"]
    mended = derived_weights(seen, value, reliability=pd.Series({"a": 0.5, "b": 1.0})).table["weight"]["a"]
    assert naive < 0.56
    assert mended == pytest.approx(0.7, abs=0.02)


def test_impossible_reliabilities_are_refused(scores: pd.DataFrame, value: np.ndarray) -> None:
    alike = pd.DataFrame({"a": scores["quality"], "b": scores["quality"] + 0.01 * scores["price"]})
    with pytest.raises(FitError, match="lower than their correlations allow"):
        derived_weights(alike, value, reliability=pd.Series({"a": 0.5, "b": 0.5}))
    with pytest.raises(FitError, match="reliability of b is missing"):
        derived_weights(alike, value, reliability=pd.Series({"a": 0.5}))


def test_items_asked_the_other_way_round_are_refused(scores: pd.DataFrame) -> None:
    with pytest.raises(FitError, match="none of 1 dimensions raises the outcome"):
        derived_weights(scores[["quality"]], -scores["quality"])
