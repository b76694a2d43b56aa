import numpy as np
import pytest

from goodwill.decisions.rates import Rates


def test_the_limits_are_those_published() -> None:
    # Newcombe (1998), Statistics in Medicine 17, Table II, Miettinen and Nurminen.
    assert Rates(9, 10, 3, 10).interval(0.95) == pytest.approx((0.1700, 0.8406), abs=1e-4)
    assert Rates(10, 10, 0, 20).interval(0.95) == pytest.approx((0.7156, 1.0), abs=1e-4)
    assert Rates(0, 10, 10, 10).interval(0.95) == pytest.approx((-1.0, -0.6636), abs=1e-4)


def test_nobody_in_either_group_is_no_proof_of_no_effect() -> None:
    nobody = Rates(0, 30, 0, 30)
    assert nobody.interval(0.95) == pytest.approx((-0.1152, 0.1152), abs=1e-4)
    assert nobody.p_value == 1.0


def test_the_test_agrees_with_the_interval() -> None:
    rates = Rates(9, 40, 2, 60)
    low, _ = rates.interval(1 - rates.p_value)
    assert low == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize(("n_control", "rate"), [(20, 0.1), (400, 0.005), (400, 0.02)])
def test_the_interval_holds_the_truth_as_often_as_it_says(n_control: int, rate: float) -> None:
    rng = np.random.default_rng(0)
    drawn = rng.binomial([8_000, n_control], rate, size=(1_000, 2)).tolist()
    limits = np.array([Rates(did, 8_000, other, n_control).interval(0.95) for did, other in drawn])
    assert 0.93 < ((limits[:, 0] <= 0) & (limits[:, 1] >= 0)).mean() < 0.98
