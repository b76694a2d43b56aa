"""Monotone boosted trees for survey outcomes."""

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import DataError, FitError, UsageError
from goodwill.perceived.response import Answered, ResponsePlan, answered, fitted_response

RNG = np.random.default_rng(4)
X = pd.DataFrame(RNG.integers(1, 8, (300, 2)).astype(float), columns=["quality", "price"])


def known(y: object, **directions: int) -> Answered:
    return answered(X, y, None, ResponsePlan(directions))  # type: ignore[arg-type]  # anything array-like


def test_costs_lower_and_benefits_raise_the_outcome() -> None:
    model = fitted_response(
        X, X["quality"] - X["price"] + RNG.normal(size=300), plan=ResponsePlan({"price": -1})
    )
    said = model.predict(np.array([[q, p] for q in (2.0, 6.0) for p in (2.0, 6.0)])).reshape(2, 2)
    assert (np.diff(said, axis=0) > 0).all()
    assert (np.diff(said, axis=1) < 0).all()


def test_the_higher_of_two_answers_is_the_event() -> None:
    found = known(np.where(X["quality"] > 4, 5, 2))
    assert found.is_binary
    assert found.y.mean() == (X["quality"] > 4).mean()


def test_who_gave_no_outcome_plays_no_part() -> None:
    found = known(X["quality"].where(X.index > 99))
    assert len(found.y) == 200
    assert found.weights.sum() == pytest.approx(1)


def test_a_resample_follows_the_weights() -> None:
    heavy = answered(X, X["quality"], np.where(X["quality"] == 7, 50.0, 1.0), ResponsePlan())
    assert heavy.drawn(np.random.default_rng(0), 1_000)[0].y.mean() > 6


def test_wrong_input_is_named() -> None:
    with pytest.raises(UsageError, match="directions names speed, which X lacks; it has quality, price"):
        known(X["quality"], speed=1)
    with pytest.raises(UsageError, match="price: 2: use 1"):
        known(X["quality"], price=2)
    with pytest.raises(FitError, match="0 respondents gave an outcome; a response needs 30"):
        known([np.nan] * 300)
    with pytest.raises(FitError, match="all 300 outcomes are 5"):
        known([5] * 300)
    with pytest.raises(DataError, match="X has 300 rows, y 1 and weights 300"):
        known([5])
