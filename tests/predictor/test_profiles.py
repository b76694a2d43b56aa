"""The predictor of ready-made tables: what it promises of every score."""

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.predictor import ProfilePredictor


@pytest.fixture(scope="module")
def table() -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"customer_id": map(str, range(300)), "months": rng.integers(1, 60, 300)})
    return X, pd.DataFrame({"churned": rng.random(300) < 10 / (10 + X["months"])})


@pytest.fixture(scope="module")
def fitted(table: tuple[pd.DataFrame, pd.DataFrame]) -> ProfilePredictor:
    return ProfilePredictor(segments=1).fit(*table)


@pytest.mark.parametrize("index", [range(300, 0, -1), ["a", "b", "a"] * 100])
def test_scores_keep_the_index_of_what_was_sent(
    fitted: ProfilePredictor, table: tuple[pd.DataFrame, pd.DataFrame], index: list[object]
) -> None:
    sent = table[0].set_axis(index)
    pd.testing.assert_frame_equal(fitted.predict(sent), fitted.predict(table[0]).set_axis(sent.index))


def test_a_fit_does_not_depend_on_the_index(
    fitted: ProfilePredictor, table: tuple[pd.DataFrame, pd.DataFrame]
) -> None:
    X, y = table
    again = ProfilePredictor(segments=1).fit(X.set_axis(["a", "b"] * 150), y)
    pd.testing.assert_frame_equal(again.predict(X), fitted.predict(X))


@pytest.mark.parametrize("lacking", [[], ["customer_id"]])
def test_scores_do_not_depend_on_the_order_learned_from(
    table: tuple[pd.DataFrame, pd.DataFrame], lacking: list[str]
) -> None:
    X, y = table[0].drop(columns=lacking), table[1].assign(value=table[0]["months"] * 2.0)
    order = np.random.default_rng(1).permutation(len(X))
    first, again = ProfilePredictor().fit(X, y), ProfilePredictor().fit(X.iloc[order], y.iloc[order])
    pd.testing.assert_frame_equal(again.predict(X), first.predict(X), rtol=1e-9)


def test_what_cannot_be_fitted_is_refused(table: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    with pytest.raises(UsageError, match="seed: -1 is no whole number"):
        ProfilePredictor(seed=-1).fit(*table)
    with pytest.raises(UsageError, match=r"X: is a ndarray\. Give a frame"):
        ProfilePredictor().fit(table[0].to_numpy(), table[1])  # type: ignore[arg-type]  # what is asked
