from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy.special import betaln
from scipy.stats import beta

from goodwill.errors import TableError, UsageError
from goodwill.modeling.btyd import BGBB
from goodwill.modeling.btyd.rows import read_rows

MODEL = BGBB.from_params(alpha=2.0, beta=3.0, gamma=2.0, delta=4.0)
ONE = pd.DataFrame({"frequency": [2.0], "recency": [3.0], "T": [5.0]})


def over_customers(answer: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> float:
    """The mean of answer(chance to buy, chance to stop) over the population of customers."""
    node, weight = np.polynomial.legendre.leggauss(60)
    buy, stop = (node[:, None] + 1) / 2, (node + 1) / 2
    prior = beta.pdf(buy, 2.0, 3.0) * beta.pdf(stop, 2.0, 4.0)
    return weight @ (answer(buy, stop) * prior) @ weight / 4


def alive(buy: np.ndarray, stop: np.ndarray, T: int = 5) -> np.ndarray:
    return buy**2 * (1 - buy) ** (T - 2) * (1 - stop) ** T


def seen(buy: np.ndarray, stop: np.ndarray, T: int = 5) -> np.ndarray:
    """The likelihood of ONE for known chances (Fader, Hardie and Shang 2010, eq. 4)."""
    died = [buy**2 * (1 - buy) ** (end - 2) * stop * (1 - stop) ** end for end in range(3, T)]
    return alive(buy, stop, T) + sum(died)


def test_likelihood_is_the_mixture_over_customers() -> None:
    log_params = np.log([[value] for value in MODEL.params_.values()])
    value, _ = MODEL.row_log_likelihood(log_params, read_rows(ONE))
    assert np.exp(value[0]) == pytest.approx(over_customers(seen), rel=1e-9)


def test_histories_of_all_lengths_are_mixed_by_hand() -> None:
    X = pd.DataFrame({"frequency": [0.0, 2.0, 1.0], "recency": [0.0, 2.0, 4.0], "T": [0.0, 900.0, 5.0]})
    rows, (a, b, c, d) = read_rows(X), MODEL.params_.values()
    ends = [np.append(np.arange(t_x, T), T) for t_x, T in zip(rows.t_x, rows.T, strict=True)]
    by_hand = [
        np.log(np.sum(np.exp(betaln(a + x, b + end - x) + betaln(c + (end < T), d + end))))
        for x, T, end in zip(rows.x, rows.T, ends, strict=True)
    ]
    value, gradient = MODEL.row_log_likelihood(np.log([[a], [b], [c], [d]]), rows)
    assert value == pytest.approx(np.array(by_hand) - betaln(a, b) - betaln(c, d), rel=1e-12)
    assert np.isfinite(gradient).all()


def test_alive_silent_expected_and_discounted_are_posterior_means() -> None:
    all_seen = over_customers(seen)

    def stream(worth: Callable[[np.ndarray], np.ndarray]) -> float:
        return over_customers(lambda buy, stop: alive(buy, stop) * buy * (1 - stop) * worth(stop)) / all_seen

    next_alive = over_customers(lambda buy, stop: alive(buy, stop) * (1 - stop)) / all_seen
    silent = over_customers(lambda buy, stop: seen(buy, stop, T=8)) / all_seen
    assert MODEL.p_alive(ONE)[0] == pytest.approx(next_alive, rel=1e-9)
    assert MODEL.p_no_purchase(ONE, t=3)[0] == pytest.approx(silent, rel=1e-9)
    three = stream(lambda stop: 1 + (1 - stop) + (1 - stop) ** 2)
    assert MODEL.expected_purchases(ONE, t=3)[0] == pytest.approx(three, rel=1e-9)
    assert MODEL.dert(ONE, rate=np.log(1.1))[0] == pytest.approx(
        stream(lambda stop: 1 / (0.1 + stop)), rel=1e-9
    )


@pytest.mark.parametrize("change", [{"T": 5.5}, {"recency": 2.5}, {"recency": 1.0}])
def test_histories_that_count_no_opportunities_are_refused(change: dict[str, float]) -> None:
    with pytest.raises(TableError, match="1 of 1 histories have fractions of opportunities"):
        MODEL.p_alive(ONE.assign(**change))


def test_fractions_of_opportunities_are_refused() -> None:
    with pytest.raises(UsageError, match="whole number of opportunities"):
        MODEL.expected_purchases(ONE, t=1.5)
    with pytest.raises(UsageError, match="whole number of opportunities"):
        MODEL.simulate(n=3, T=5.0, seed=1, horizon=1.5)


def test_published_fit(donations: pd.DataFrame) -> None:
    model = BGBB().fit(donations, sample_weight=donations.custs.to_numpy())
    assert model.converged_
    assert list(model.params_.values()) == pytest.approx([1.204, 0.750, 0.657, 2.783], abs=6e-4)
    assert model.log_likelihood_ == pytest.approx(-33225.6, abs=0.05)


def test_published_predictions(donations: pd.DataFrame) -> None:
    model = BGBB.from_params(alpha=1.204, beta=0.750, gamma=0.657, delta=2.783)
    best = donations.head(1)
    assert model.expected_purchases(best, t=5)[0] == pytest.approx(3.75, abs=0.005)
    assert model.p_alive(best)[0] == pytest.approx(0.93, abs=0.005)
