import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import ConvergenceWarning

from goodwill.errors import FitError, UsageError
from goodwill.modeling.btyd import BGNBD, ParetoNBD

TRUE = BGNBD().with_params(r=0.6, alpha=6.0, a=0.8, b=2.0)
HISTORIES = TRUE.simulate(n=3_000, T=40.0, seed=1)


def test_weights_count_customers() -> None:
    few = HISTORIES.head(500).round(0)
    repeated = BGNBD().fit(pd.concat([few, few, few]))
    weighted = BGNBD().fit(few, sample_weight=np.full(500, 3.0))
    assert weighted.n_customers_ == repeated.n_customers_ == 1_500
    assert weighted.log_likelihood_ == pytest.approx(repeated.log_likelihood_, rel=1e-12)
    assert weighted.standard_errors_ == pytest.approx(repeated.standard_errors_, rel=1e-4)


@pytest.mark.parametrize("weight", [np.full(3_000, -1.0), np.full(3_000, np.nan), np.full(3_000, "much")])
def test_impossible_weights_are_refused(weight: np.ndarray) -> None:
    with pytest.raises(UsageError, match="sample_weight: 3000 of 3000 values are missing, infinite or below"):
        BGNBD().fit(HISTORIES, sample_weight=weight)


@pytest.mark.parametrize("weight", [np.ones(2), np.ones((3_000, 1)), "much", 1.0])
def test_there_is_a_weight_for_each_row(weight: object) -> None:
    with pytest.raises(UsageError, match=r"sample_weight has the shape .* beside 3000 rows"):
        BGNBD().fit(HISTORIES, sample_weight=weight)


@pytest.mark.parametrize("penalty", [-1.0, np.nan, np.inf, "much", None])
def test_an_impossible_penalty_is_refused(penalty: object) -> None:
    with pytest.raises(UsageError, match=r"`penalty` is .*; it weighs a prior"):
        BGNBD(penalty=penalty).fit(HISTORIES)


def test_unit_of_time_changes_only_parameters_in_time() -> None:
    weeks = BGNBD(penalty=1.0).fit(HISTORIES)
    days = BGNBD(penalty=1.0).fit(HISTORIES.assign(recency=HISTORIES.recency * 7, T=HISTORIES["T"] * 7))
    expected = weeks.params_ | {"alpha": 7 * weeks.params_["alpha"]}
    assert days.params_ == pytest.approx(expected, rel=1e-5)


def test_fit_of_many_distinct_rows_starts_from_a_sample() -> None:
    X = TRUE.simulate(n=210_000, T=np.random.default_rng(0).uniform(20, 60, 210_000), seed=2)
    model = BGNBD().fit(X)
    surplus = {
        name: (model.params_[name] - value) / model.standard_errors_[name]
        for name, value in TRUE.params_.items()
    }
    assert model.converged_
    assert max(abs(error) for error in surplus.values()) < 3


def test_standard_errors_are_those_of_repeated_samples() -> None:
    seeds = range(30)
    fits = [
        ParetoNBD().with_params(r=0.9, alpha=6.0, s=0.9, beta=9.0).simulate(n=800, T=40.0, seed=seed)
        for seed in seeds
    ]
    models = [ParetoNBD().fit(X) for X in fits]
    spread = np.std([np.log(model.params_["r"]) for model in models])
    stated = np.mean([model.standard_errors_["r"] / model.params_["r"] for model in models])
    assert stated == pytest.approx(spread, rel=0.3)


def test_no_repeat_purchase_cannot_be_fitted() -> None:
    with pytest.raises(FitError, match="0 repeat purchases in 120000 units"):
        BGNBD().fit(HISTORIES.assign(frequency=0.0, recency=0.0))


def test_no_repeat_purchase_can_be_fitted_with_a_penalty() -> None:
    model = BGNBD(penalty=1.0).fit(HISTORIES.assign(frequency=0.0, recency=0.0))
    assert model.converged_
    assert model.expected_purchases_new(t=40.0) < 0.01


def test_customers_of_no_age_cannot_be_fitted() -> None:
    with pytest.raises(FitError, match="in 0 units of time"):
        BGNBD().fit(HISTORIES.assign(frequency=0.0, recency=0.0, T=0.0))


def test_alike_customers_warn_with_advice() -> None:
    alike = pd.DataFrame({"frequency": [2.0] * 50, "recency": [9.0] * 50, "T": [10.0] * 50})
    with pytest.warns(ConvergenceWarning, match="did not converge: .*penalty"):
        model = BGNBD().fit(alike)
    assert not model.converged_
    assert model.message_


@pytest.mark.parametrize("model", [BGNBD(covariates=["z"]), ParetoNBD(covariates=("z",))])
def test_covariates_are_recovered(model: BGNBD) -> None:
    shape = {"a": 0.8, "b": 2.0} if isinstance(model, BGNBD) else {"s": 0.8, "beta": 9.0}
    names = [f"{name}:z" for name in model.covariate_signs]
    truth = {"r": 0.9, "alpha": 6.0, **shape, **dict.fromkeys(names, 0.4)}
    z = np.random.default_rng(0).normal(size=20_000)
    true = type(model)(covariates=["z"]).with_params(**truth)
    X = true.simulate_like(pd.DataFrame({"T": np.full(z.size, 40.0), "z": z}), seed=3)
    fit = model.fit(X)
    errors = [(fit.params_[name] - truth[name]) / fit.standard_errors_[name] for name in truth]
    assert fit.converged_
    assert np.abs(errors).max() < 3.2


def test_world_without_dropout_names_the_parameter_without_limit() -> None:
    loyal = BGNBD().with_params(r=0.9, alpha=6.0, a=1e-6, b=1e6).simulate(n=2_000, T=40.0, seed=1)
    with pytest.warns(ConvergenceWarning, match=r"[ab] \(no limit in the data\) ran to its bound"):
        model = BGNBD().fit(loyal)
    assert model.p_alive(loyal).min() > 0.99
    assert model.standard_errors_["r"] < 0.1
    assert np.isnan(model.standard_errors_["b"])
