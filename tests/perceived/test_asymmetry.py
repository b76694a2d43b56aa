"""Penalties and rewards."""

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import FitError
from goodwill.perceived.asymmetry import penalty_reward

RNG = np.random.default_rng(3)
SCORES = pd.DataFrame(RNG.integers(1, 6, (900, 5)), columns=["floor", "treat", "line", "noise", "price"])
NOISE = RNG.normal(scale=0.5, size=900)


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    value = SCORES["floor"].clip(upper=3) + SCORES["treat"].clip(lower=3) + SCORES["line"] - SCORES["price"]
    return penalty_reward(SCORES, value + NOISE, level=0.999)


def test_what_is_expected_hurts_and_what_surprises_pays(found: pd.DataFrame) -> None:
    assert found["kind"].tolist() == ["basic", "excitement", "performance", "none", "contrary"]


def test_contrasts_are_against_the_middle(found: pd.DataFrame) -> None:
    # Of 1 to 5 a third is nearest to 2 of 5 levels: low is 1 and 2, the middle 3, high 4 and 5.
    assert found.loc["floor", ["low_up_to", "high_from"]].tolist() == [2, 4]
    assert found.loc["floor", "penalty"] == pytest.approx(-1.5, abs=0.15)
    assert found.loc["floor", "reward"] == pytest.approx(0, abs=0.15)
    assert found.loc["line", "balance"] == pytest.approx(0, abs=0.25)


def test_intervals_hold_the_estimate(found: pd.DataFrame) -> None:
    for name in ("penalty", "reward", "balance"):
        assert found[name].between(found[f"{name}_low"], found[f"{name}_high"]).all()


def test_two_scores_have_no_middle() -> None:
    with pytest.raises(FitError, match="a: 2 different scores; low, middle and high need 3"):
        penalty_reward(pd.DataFrame({"a": [0, 1] * 20}), np.arange(40))


def test_a_score_that_most_give_leaves_a_middle() -> None:
    mostly = pd.DataFrame({"a": np.repeat([1.0, 4.0, 5.0], [5, 15, 80])})
    assert penalty_reward(mostly, mostly["a"] + np.tile([0, 1], 50))["high_from"].tolist() == [5.0]
