"""Pairs that work together are named, and pairs that do not are not."""

import numpy as np
import pandas as pd
import pytest

from goodwill.perceived.interactions import interactions
from goodwill.perceived.response import ResponsePlan

RNG = np.random.default_rng(11)
X = pd.DataFrame(RNG.integers(1, 6, (700, 3)).astype(float), columns=["a", "b", "c"])
NOISE = RNG.normal(scale=0.7, size=700)


def test_a_product_is_found() -> None:
    best = interactions(X, X["a"] * X["c"] + X["b"] + NOISE, references=3).iloc[0]
    assert best[["first", "second", "matters"]].tolist() == ["a", "c", True]
    # Over scores of mean 3 and variance 2 the product's own part is 4 of 40 in the joint effect.
    assert best["h_squared"] == pytest.approx(0.1, abs=0.03)


def test_a_sum_is_no_interaction() -> None:
    found = interactions(X, X["a"] + X["b"] + NOISE, references=3)
    assert not found["matters"].any()
    assert found["h_squared"].max() < 0.05


def test_yes_or_no_is_judged_in_log_odds() -> None:
    # A logistic response is additive in log odds although the probability is not.
    p = 1 / (1 + np.exp(-(X["a"] + X["b"] - 6)))
    found = interactions(X, RNG.random(700) < p, references=3)
    assert not found["matters"].any()


def test_only_the_strongest_dimensions_are_paired() -> None:
    wide = pd.DataFrame(RNG.normal(size=(200, 10))).add_prefix("x")
    wide["held"] = RNG.normal(size=200)
    value = wide["x3"] * 3 + wide["x7"] + RNG.normal(size=200)
    found = interactions(wide, value, plan=ResponsePlan({"held": 0}), references=1)
    assert len(found) == 8 * 7 / 2
    assert {"x3", "x7"} <= set(found["first"]) | set(found["second"])


def test_a_single_dimension_has_no_pair() -> None:
    assert interactions(X[["a"]], X["a"] + NOISE, references=1).empty


def test_nothing_varies_in_a_flat_world() -> None:
    found = interactions(X.assign(a=1.0, b=2.0)[["a", "b"]], NOISE, references=1)
    assert found[["h_squared", "variance_share"]].to_numpy().tolist() == [[0, 0]]
