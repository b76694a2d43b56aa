import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta, gamma

from goodwill.modeling.btyd import BGNBD, MBGNBD
from goodwill.modeling.btyd.rows import read_rows

PARAMS = {"r": 2.0, "alpha": 6.0, "a": 3.0, "b": 2.0}
ONE = {"frequency": [3.0, 0.0, 1.0], "recency": [7.0, 0.0, 2.0], "T": [11.0, 11.0, 2.0]}


def by_integration(customer: pd.Series, *, coin_at_zero: bool) -> float:
    """The likelihood of one history, integrated over its rate and its coin (BG/NBD, eq. 3)."""
    x, t_x, T = customer
    node, weight = np.polynomial.legendre.leggauss(150)
    rate, p = 4 * (node[:, None] + 1), (node + 1) / 2
    coins = x + coin_at_zero
    alive = (1 - p) ** coins * np.exp(-rate * T)
    died = (coins > 0) * p * (1 - p) ** (coins - 1) * np.exp(-rate * t_x)
    prior = gamma.pdf(rate, PARAMS["r"], scale=1 / PARAMS["alpha"]) * beta.pdf(p, PARAMS["a"], PARAMS["b"])
    return 2 * weight @ (rate**x * (alive + died) * prior) @ weight


@pytest.mark.parametrize("model", [BGNBD.from_params(**PARAMS), MBGNBD.from_params(**PARAMS)])
@pytest.mark.parametrize("place", [0, 2])
def test_likelihood_is_the_mixture_over_customers(model: BGNBD, place: int) -> None:
    X = pd.DataFrame(ONE).iloc[[place]]
    log_params = np.log([[value] for value in PARAMS.values()])
    value, _ = model.row_log_likelihood(log_params, read_rows(X))
    exact = by_integration(X.iloc[0], coin_at_zero=model.first_coin == 1)
    assert np.exp(value[0]) == pytest.approx(exact, rel=1e-9)


def test_one_time_buyers_are_alive_only_without_a_first_coin() -> None:
    X = pd.DataFrame(ONE)
    assert BGNBD.from_params(**PARAMS).p_alive(X)[1] == 1
    assert MBGNBD.from_params(**PARAMS).p_alive(X)[1] < 0.6


def test_silence_of_the_living_is_pareto() -> None:
    model, X = BGNBD.from_params(**PARAMS), pd.DataFrame(ONE)
    waits = ((6.0 + X["T"]) / (11.0 + X["T"])) ** (2.0 + X.frequency)
    alive = model.p_alive(X)
    assert model.p_no_purchase(X, t=5.0) == pytest.approx((1 - alive + alive * waits).to_numpy())


# mpmath 1.4, 30 digits: Fader, Hardie and Lee (2005), eq. 10, with its hypergeometric function
@pytest.mark.parametrize(
    ("a", "exact"),
    [
        (0.3, 4.538198166818646),
        (0.8, 2.859312522867396),
        (1.0, 2.441157351244083),
        (1.8, 1.4477619421864383),
        (9.0, 0.21652770306206393),
    ],
)
def test_expected_purchases_by_the_published_formula(a: float, exact: float) -> None:
    model = BGNBD.from_params(r=0.6, alpha=6.0, a=a, b=2.0)
    assert model.expected_purchases(pd.DataFrame(ONE).head(1), t=30.0)[0] == pytest.approx(exact, rel=1e-10)


def test_published_predictions() -> None:
    model = BGNBD.from_params(r=0.243, alpha=4.414, a=0.793, b=2.426)
    X = pd.DataFrame({"frequency": [26, 2], "recency": [30.86, 30.43], "T": [31.0, 38.86]})
    assert model.expected_purchases(X, t=52.0)[0] == pytest.approx(25.76, abs=0.005)
    assert model.p_alive(X)[0] == pytest.approx(0.9689, abs=5e-5)
    assert model.expected_purchases(X, t=39.0)[1] == pytest.approx(1.226, abs=5e-4)


def test_published_fit_of_bgnbd(cdnow: pd.DataFrame) -> None:
    model = BGNBD().fit(cdnow)
    assert model.converged_
    assert {name: round(value, 3) for name, value in model.params_.items()} == {
        "r": 0.243,
        "alpha": 4.414,
        "a": 0.793,
        "b": 2.426,
    }
    assert model.log_likelihood_ == pytest.approx(-9582.4, abs=0.05)


def test_published_fit_of_mbgnbd(cdnow: pd.DataFrame) -> None:
    model = MBGNBD().fit(cdnow)
    assert {name: round(value, 3) for name, value in model.params_.items()} == {
        "r": 0.525,
        "alpha": 6.183,
        "a": 0.891,
        "b": 1.614,
    }
