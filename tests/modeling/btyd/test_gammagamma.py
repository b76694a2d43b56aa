import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.optimize import check_grad
from scipy.stats import gamma
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from goodwill.errors import FitError, TableError, UsageError
from goodwill.modeling.btyd import GammaGamma
from goodwill.modeling.btyd.gammagamma import gamma_gamma_log_likelihood, with_a_mean
from goodwill.modeling.btyd.rows import Rows

TRUE = GammaGamma.from_params(p=6.25, q=3.74, v=15.44)


def spenders(n: int, seed: int = 1) -> pd.DataFrame:
    frequency = np.random.default_rng(seed).poisson(2.0, n).astype(float)
    return TRUE.simulate_like(pd.DataFrame({"frequency": frequency}), seed=seed)


def test_likelihood_is_the_mixture_over_customers() -> None:
    def one(scale: float) -> float:
        return gamma.pdf(30.0, 6.25 * 2, scale=1 / (2 * scale)) * gamma.pdf(scale, 3.74, scale=1 / 15.44)

    rows = Rows(np.array([[2.0], [30.0], [60.0], [0.0]]))
    value, _ = gamma_gamma_log_likelihood(np.log([[6.25], [3.74], [15.44]]), rows)
    assert np.exp(value[0]) == pytest.approx(quad(one, 0, 5, epsabs=0)[0], rel=1e-7)


def test_gradient_is_the_slope_of_the_likelihood() -> None:
    X = spenders(50).query("frequency > 0")
    rows = Rows(np.array([X.frequency, X.monetary_value, X.frequency, X.frequency]))
    error = check_grad(
        lambda theta: gamma_gamma_log_likelihood(theta[:, None], rows)[0].sum(),
        lambda theta: gamma_gamma_log_likelihood(theta[:, None], rows)[1].sum(axis=1),
        np.log([2.0, 3.0, 20.0]),
    )
    assert error < 1e-4


def test_known_parameters_are_recovered() -> None:
    model = GammaGamma().fit(spenders(20_000))
    errors = [
        (model.params_[name] - value) / model.standard_errors_[name] for name, value in TRUE.params_.items()
    ]
    assert model.converged_
    assert np.abs(errors).max() < 3


def test_conditional_mean_lies_between_own_and_population() -> None:
    X = pd.DataFrame({"frequency": [0, 1, 100], "monetary_value": [np.nan, 90.0, 90.0]})
    mean = TRUE.conditional_mean(X)
    assert mean[0] == pytest.approx(TRUE.population_mean()) == pytest.approx(35.22, abs=0.005)
    assert mean[0] < mean[1] < mean[2] < 90.0


def test_unit_of_money_changes_only_the_scale() -> None:
    X = spenders(2_000)
    cents = GammaGamma(penalty=1.0).fit(X.assign(monetary_value=X.monetary_value * 100)).params_
    euros = GammaGamma(penalty=1.0).fit(X).params_
    assert cents == pytest.approx(euros | {"v": 100 * euros["v"]}, rel=1e-4)


@pytest.mark.parametrize("scale", [1e-9, 1e12])
def test_tiny_and_huge_amounts_fit(scale: float) -> None:
    X = spenders(1_000)
    assert GammaGamma().fit(X.assign(monetary_value=X.monetary_value * scale)).converged_


def test_weights_count_customers() -> None:
    X = spenders(300)
    weighted = GammaGamma().fit(X, sample_weight=np.full(300, 2.0))
    assert weighted.log_likelihood_ == pytest.approx(GammaGamma().fit(pd.concat([X, X])).log_likelihood_)


def test_infinite_mean_spend_is_refused() -> None:
    heavy = GammaGamma.from_params(p=2.0, q=0.6, v=10.0)
    X = heavy.simulate_like(pd.DataFrame({"frequency": np.full(2_000, 3.0)}), seed=1)
    with pytest.raises(FitError, match=r"q is 0\.\d+; at or below 1 the mean spend is infinite"):
        GammaGamma().fit(X)


def test_with_a_penalty_a_mean_spend_exists() -> None:
    heavy = GammaGamma.from_params(p=2.0, q=0.6, v=10.0)
    X = heavy.simulate_like(pd.DataFrame({"frequency": np.full(2_000, 3.0)}), seed=1)
    model = GammaGamma(penalty=1.0).fit(X)
    assert model.converged_
    assert 1 < model.params_["q"] < 1.5
    assert 0 < model.standard_errors_["q"] < 0.1
    means = model.conditional_mean(X)
    assert np.corrcoef(np.log(means), np.log(X["monetary_value"]))[0, 1] > 0.95
    assert means.sum() == pytest.approx(X["monetary_value"].sum(), rel=0.15)


def test_a_penalty_hardly_moves_what_the_data_determine() -> None:
    X = spenders(5_000)
    free, bound = GammaGamma().fit(X), GammaGamma(penalty=1.0).fit(X)
    moved = [(bound.params_[name] - free.params_[name]) / free.standard_errors_[name] for name in "pqv"]
    assert np.abs(moved).max() < 1
    assert bound.conditional_mean(X) == pytest.approx(free.conditional_mean(X), rel=0.05)


@pytest.mark.parametrize("theta", [(0.3, -0.5, 0.7), (1.8, 1.0, 2.7)])
def test_gradient_of_the_likelihood_with_a_mean_is_its_slope(theta: tuple[float, ...]) -> None:
    rows = Rows(np.array([[1.0, 5.0], [3.0, 9.0], [3.0, 45.0], [0.0, 0.0]]))
    at = np.array(theta)[:, None]
    steps = 1e-6 * np.eye(3)[:, :, None]
    slopes = [(with_a_mean(at + step, rows)[0] - with_a_mean(at - step, rows)[0]) / 2e-6 for step in steps]
    np.testing.assert_allclose(with_a_mean(at, rows)[1], slopes, rtol=1e-5)


@pytest.mark.parametrize(("frequency", "spend"), [([0, 0], [0, 0]), ([2, 3], [5.0, 5.0]), ([2, 0], [5.0, 0])])
def test_spend_that_does_not_vary_is_refused(frequency: list[int], spend: list[float]) -> None:
    with pytest.raises(FitError, match="cannot show how spend varies"):
        GammaGamma().fit(pd.DataFrame({"frequency": frequency, "monetary_value": spend}))


@pytest.mark.parametrize("spend", [0.0, -5.0, np.nan, np.inf])
def test_repeat_buyers_must_spend(spend: float) -> None:
    with pytest.raises(TableError, match=r"1 of 2 histories .* Net refunds"):
        GammaGamma().fit(pd.DataFrame({"frequency": [2, 3], "monetary_value": [spend, 5.0]}))


def test_fractions_of_purchases_are_refused() -> None:
    with pytest.raises(TableError, match="1 of 2 histories have a frequency that is no count"):
        GammaGamma().fit(pd.DataFrame({"frequency": [2, 2.5], "monetary_value": [4.0, 5.0]}))


def test_impossible_weights_are_refused() -> None:
    with pytest.raises(UsageError, match="sample_weight: 300 of 300 values are missing, infinite or below 0"):
        GammaGamma().fit(spenders(300), sample_weight=np.full(300, -1.0))


def test_a_mean_that_does_not_exist_is_refused() -> None:
    heavy = GammaGamma.from_params(p=2.0, q=1.0, v=10.0)
    for ask in (heavy.population_mean, lambda: heavy.conditional_mean(spenders(3))):
        with pytest.raises(UsageError, match="q is 1; at or below 1 the mean spend does not exist"):
            ask()


def test_what_is_no_frame_is_told() -> None:
    with pytest.raises(UsageError, match="Give a frame with the columns"):
        GammaGamma().fit(spenders(30).to_numpy())


def test_missing_column_is_named() -> None:
    with pytest.raises(TableError, match=r"lack \['monetary_value'\]"):
        GammaGamma().fit(pd.DataFrame({"frequency": [1]}))


def test_independence_holds_in_a_world_where_it_holds() -> None:
    check = GammaGamma.independence(spenders(5_000))
    assert check.holds
    assert check.n_repeat_buyers == (spenders(5_000).frequency > 0).sum()


def test_dependence_is_seen() -> None:
    X = spenders(5_000)
    check = GammaGamma.independence(X.assign(monetary_value=X.monetary_value * (1 + X.frequency)))
    assert not check.holds
    assert check.spearman > 0.3


@pytest.mark.parametrize("frequency", [[0, 2, 3], [2, 2, 2]])
def test_independence_of_too_few_is_unknown(frequency: list[int]) -> None:
    X = pd.DataFrame({"frequency": frequency, "monetary_value": [1.0, 2.0, 3.0]})
    check = GammaGamma.independence(X)
    assert np.isnan(check.p_value)
    assert not check.holds


def test_independence_of_nobody_does_not_hold() -> None:
    assert not GammaGamma.independence(spenders(0)).holds


def test_unfitted_model_says_so() -> None:
    for ask in (clone(TRUE).conditional_mean, lambda X: clone(TRUE).simulate_like(X, seed=0)):
        with pytest.raises(NotFittedError, match="Call `fit`"):
            ask(pd.DataFrame())
    with pytest.raises(NotFittedError, match="Call `fit`"):
        clone(TRUE).population_mean()


def test_json_round_trip() -> None:
    model = GammaGamma(penalty=0.5).fit(spenders(500))
    again = GammaGamma.from_dict(model.to_dict())
    assert again.to_dict() == model.to_dict()
    assert again.penalty == 0.5


def test_published_fit(cdnow: pd.DataFrame) -> None:
    model = GammaGamma().fit(cdnow)
    assert {name: round(value, 2) for name, value in model.params_.items()} == {
        "p": 6.25,
        "q": 3.74,
        "v": 15.44,
    }
    assert model.conditional_mean(cdnow.query("frequency == 0"))[0] == pytest.approx(35.17, abs=0.01)
