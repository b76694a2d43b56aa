import numpy as np
import pandas as pd

from goodwill.decisions.lesson import Lesson
from goodwill.decisions.qini import qini_area
from goodwill.decisions.uplift_stages import fit_mixture

RNG = np.random.default_rng(0)
N = 4_000
X = pd.DataFrame(RNG.normal(size=(N, 2)), columns=["a", "b"])
USUAL = RNG.exponential(size=N)


def correlation(effect: np.ndarray, noise: float) -> float:
    mixture = fit_mixture(Lesson(X, USUAL, effect + noise * RNG.normal(size=N)))
    return float(np.corrcoef(mixture.predict(X, USUAL), effect)[0, 1])


def test_each_kind_of_effect_is_found() -> None:
    assert correlation(0.5 * X["a"].to_numpy(), 2.0) > 0.95
    assert correlation(USUAL * (0.3 + 0.3 * X["a"].to_numpy()), 2.0) > 0.95
    assert correlation(2.0 * (np.abs(X["a"].to_numpy()) > 1), 2.0) > 0.6


def test_what_a_customer_does_anyway_decides_where_nothing_else_is_known() -> None:
    mixture = fit_mixture(Lesson(X[[]], USUAL, 0.5 * USUAL + RNG.normal(size=N)))
    apart = mixture.predict(X[[]], USUAL) - 0.5 * USUAL
    assert np.abs(apart / mixture.spread(X[[]], USUAL)).max() < 3


def test_an_effect_a_twentieth_of_the_spread_is_ranked_nearly_as_by_its_oracle() -> None:
    rng, n = np.random.default_rng(5), 20_000
    x, usual = pd.DataFrame(rng.normal(size=(n, 2)), columns=["a", "b"]), rng.gamma(2.0, size=n)
    effect = usual * (0.02 + 0.03 * x["a"].to_numpy())
    noise = 20 * effect.std() * 2  # contributions of a fair lot have twice the outcome's spread
    mixture = fit_mixture(Lesson(x, usual, effect + noise * rng.normal(size=n)))
    assert qini_area(mixture.predict(x, usual), effect) > 0.7 * qini_area(effect, effect)
    assert qini_area(usual, effect) < 0.5 * qini_area(effect, effect)


def test_noise_alone_is_pulled_to_one_effect_for_all() -> None:
    mixture = fit_mixture(Lesson(X, np.ones(N), 1 + 5 * RNG.normal(size=N)))
    assert mixture.predict(X, np.ones(N)).std() < 0.15


def test_where_trees_and_stories_differ_less_is_known() -> None:
    bend = 2.0 * (np.abs(X["a"].to_numpy()) > 1)
    mixture = fit_mixture(Lesson(X, USUAL, bend + 2 * RNG.normal(size=N)))
    assert mixture.bent_weight > 0.9
    assert (mixture.spread(X, USUAL) >= mixture.plain.spread(X, USUAL)).all()
