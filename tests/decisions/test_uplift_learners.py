import numpy as np
import pandas as pd
import pytest

from goodwill.decisions.uplift_learners import LEARNERS, Asked, Learner, Taught, taught

RNG = np.random.default_rng(0)
N = 3_000
X = pd.DataFrame(RNG.normal(size=(N, 3)), columns=["a", "b", "c"])
LOT = RNG.random(N) < 0.5
EFFECT = 0.5 + 0.5 * X["a"].to_numpy()
ASKED = Asked(X, X, np.abs(2 * X["b"].to_numpy()))
Y = 2 * X["b"].to_numpy() + LOT * EFFECT + RNG.normal(size=N)


@pytest.fixture(scope="module")
def known() -> Taught:
    return taught(ASKED, (Y, LOT, np.full(N, 0.5)), "money", seed=0)


@pytest.mark.parametrize("learner", LEARNERS)
def test_every_learner_finds_a_strong_effect(known: Taught, learner: Learner) -> None:
    effects = LEARNERS[learner](known, 0).expected(ASKED)
    assert effects.mean() == pytest.approx(0.5, abs=0.1)
    assert np.corrcoef(effects, EFFECT)[0, 1] > 0.8


def test_the_dr_learner_is_the_nearest(known: Taught) -> None:
    errors = {
        name: np.mean((learn(known, 0).expected(ASKED) - EFFECT) ** 2) for name, learn in LEARNERS.items()
    }
    assert min(errors, key=errors.__getitem__) == "dr"


def test_nobody_is_expected_of_by_a_model_that_has_seen_them(known: Taught) -> None:
    assert np.corrcoef(known.without[~LOT] - 2 * X["b"][~LOT], Y[~LOT] - 2 * X["b"][~LOT])[0, 1] < 0.1
