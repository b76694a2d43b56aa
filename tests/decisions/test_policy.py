import numpy as np
import pytest

from goodwill.decisions.policy import best_arms, policy_value

RNG = np.random.default_rng(0)
N = 4_000
NEED = RNG.normal(size=N)
GOT = RNG.integers(0, 3, N)
MARGIN = 1 + NEED * (GOT == 1) + 0.5 * (GOT == 2) + RNG.normal(size=N)
SEEN = MARGIN, GOT, np.full((N, 3), 1 / 3)


def test_nobody_is_treated_at_a_loss() -> None:
    assert best_arms(np.array([[0.5, -1.0]]), np.array([1.0, 0.0])).tolist() == [0]


def test_policies_are_worth_what_they_would_have_brought() -> None:
    wanted = np.where(NEED > 0.5, 1, 2)
    ours = policy_value("ours", wanted, SEEN, costs=[0.0, 0.0])
    assert ours.low < 1 + np.maximum(NEED, 0.5).mean() < ours.high
    assert policy_value("all", np.full(N, 2), SEEN, costs=[0.0, 0.3]).value == pytest.approx(1.2, abs=0.1)
    assert policy_value("none", np.zeros(N, dtype=int), SEEN, costs=[9.0, 9.0]).treated_share == 0.0


def test_chances_that_differ_are_weighed() -> None:
    chance = np.where(NEED > 0, 0.8, 0.2)
    got = (RNG.random(N) < chance).astype(int)
    seen = NEED + got, got, np.column_stack([1 - chance, chance])
    assert policy_value("all", np.ones(N, dtype=int), seen, costs=[0.0]).value == pytest.approx(1.0, abs=0.1)
