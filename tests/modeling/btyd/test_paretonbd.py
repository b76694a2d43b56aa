from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.special import hyperu
from scipy.stats import gamma

from goodwill.modeling.btyd import ParetoNBD
from goodwill.modeling.btyd.rows import read_rows

PARAMS = {"r": 2.0, "alpha": 6.0, "s": 3.0, "beta": 9.0}
ONE = pd.DataFrame({"frequency": [3.0], "recency": [7.0], "T": [11.0]})


def over_customers(answer: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> float:
    """The mean of answer(rate, death rate) over the population of customers."""
    node, weight = np.polynomial.legendre.leggauss(150)
    rate, death = 3 * (node[:, None] + 1), 3 * (node + 1)
    prior = gamma.pdf(rate, 2.0, scale=1 / 6) * gamma.pdf(death, 3.0, scale=1 / 9)
    return 9 * weight @ (answer(rate, death) * prior) @ weight


def seen(rate: np.ndarray, death: np.ndarray, T: float = 11.0) -> np.ndarray:
    """The likelihood of ONE for known rates (Schmittlein, Morrison and Colombo 1987)."""
    both = rate + death
    return rate**3 / both * (death * np.exp(-both * 7.0) + rate * np.exp(-both * T))


def test_likelihood_is_the_mixture_over_customers() -> None:
    value, _ = ParetoNBD().row_log_likelihood(np.log([[v] for v in PARAMS.values()]), read_rows(ONE))
    assert np.exp(value[0]) == pytest.approx(over_customers(seen), rel=1e-9)


def test_alive_silent_and_expected_are_posterior_means() -> None:
    model, all_seen = ParetoNBD.from_params(**PARAMS), over_customers(seen)

    def alive(rate: np.ndarray, death: np.ndarray) -> np.ndarray:
        return rate**3 * np.exp(-(rate + death) * 11.0)

    def buys(rate: np.ndarray, death: np.ndarray) -> np.ndarray:
        return alive(rate, death) * rate / death * -np.expm1(-death * 5.0)

    assert model.p_alive(ONE)[0] == pytest.approx(over_customers(alive) / all_seen, rel=1e-9)
    assert model.expected_purchases(ONE, t=5.0)[0] == pytest.approx(over_customers(buys) / all_seen, rel=1e-9)
    silent = over_customers(lambda rate, death: seen(rate, death, T=16.0)) / all_seen
    assert model.p_no_purchase(ONE, t=5.0)[0] == pytest.approx(silent, rel=1e-9)


# mpmath 1.4, 20 digits: survival, and the integral of s (alpha + y)^-(r + x) (beta + y)^-(s + 1)
@pytest.mark.parametrize(
    ("params", "history", "exact"),
    [
        ([0.55, 10.6, 0.6, 11.7], [0.0, 0.0, 39.0], -0.5208981438821079),
        ([0.55, 10.6, 0.6, 11.7], [26.0, 30.86, 31.0], -39.14652334927988),
        ([0.05, 0.01, 0.6, 0.001], [0.0, 0.0, 39.0], -0.029246340846236164),
        ([5.0, 1.0, 0.05, 10000.0], [20.0, 30.0, 39.0], -40.61175168091326),
        ([0.5, 10.0, 0.6, 11.0], [10000.0, 9990.0, 10000.0], -10016.3510485085),
        ([0.5, 10.0, 0.6, 11.0], [10000.0, 10.0, 10000.0], 52135.92294521994),
        ([0.5, 1000.0, 5.0, 0.001], [3.0, 100.0, 10000.0], -78.06616199368283),
        ([200.0, 1000.0, 300.0, 9000.0], [4.0, 10.0, 39.0], -10.71594334671732),
    ],
)
def test_log_likelihood_of_hard_cases(params: list[float], history: list[float], exact: float) -> None:
    X = pd.DataFrame([history], columns=["frequency", "recency", "T"])
    value, _ = ParetoNBD().row_log_likelihood(np.log(params)[:, None], read_rows(X))
    assert value[0] == pytest.approx(exact, abs=1e-6, rel=1e-10)


def test_expected_purchases_are_smooth_in_s_at_one() -> None:
    at_one, near = (
        ParetoNBD.from_params(**PARAMS | {"s": s}).expected_purchases(ONE, t=9.0) for s in (1.0, 1 + 1e-7)
    )
    assert at_one == pytest.approx(near, rel=1e-6)


def test_discounted_purchases_by_the_published_formula() -> None:
    model = ParetoNBD.from_params(**PARAMS)
    rate, age = 0.05, 9.0 + 11.0
    published = (2 + 3) / (6.0 + 11.0) * rate**2 * age**3 * hyperu(3, 3, rate * age)
    assert model.dert(ONE, rate=rate)[0] == pytest.approx(model.p_alive(ONE)[0] * published, rel=1e-8)


def test_published_predictions() -> None:
    model = ParetoNBD.from_params(r=0.5534, alpha=10.5802, s=0.6061, beta=11.6562)
    X = pd.DataFrame({"frequency": [26], "recency": [30.86], "T": [31.0]})
    assert model.expected_purchases(X, t=52.0)[0] == pytest.approx(25.45, abs=0.01)
    assert model.p_alive(X)[0] == pytest.approx(0.9979, abs=5e-5)
    assert model.expected_purchases_new(t=52.0) == pytest.approx(1.473, abs=5e-4)


def test_published_fit(cdnow: pd.DataFrame) -> None:
    model = ParetoNBD().fit(cdnow)
    assert model.converged_
    assert list(model.params_.values()) == pytest.approx([0.553, 10.578, 0.606, 11.669], abs=1.2e-3)
    assert model.log_likelihood_ == pytest.approx(-9595.0, abs=0.05)
