from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.optimize import check_grad
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils import estimator_checks

from goodwill.errors import FitError, UsageError
from goodwill.modeling.btyd import BGNBD
from goodwill.modeling.btyd.purchase_model import PurchaseModel
from goodwill.modeling.btyd.rows import read_rows

CHECKS = [
    estimator_checks.check_estimator_cloneable,
    estimator_checks.check_estimator_repr,
    estimator_checks.check_get_params_invariance,
    estimator_checks.check_no_attributes_set_in_init,
    estimator_checks.check_parameters_default_constructible,
    estimator_checks.check_set_params,
]


@pytest.mark.parametrize("check", CHECKS)
def test_scikit_learn_contract(known: PurchaseModel, check: object) -> None:
    check(type(known).__name__, type(known)())


def test_clone_forgets_the_fit(known: PurchaseModel) -> None:
    with pytest.raises(NotFittedError, match="is not fitted yet"):
        clone(known).p_alive(known.simulate(n=1, T=5.0, seed=0))


def test_fit_returns_the_model_itself(known: PurchaseModel) -> None:
    model = type(known)(penalty=1.0)
    assert model.fit(known.simulate(n=200, T=8.0, seed=0)) is model


def test_gradient_is_the_slope_of_the_likelihood(known: PurchaseModel) -> None:
    rows = read_rows(known.simulate(n=60, T=12.0, seed=4))
    theta = np.log([0.7, 3.0, 0.9, 2.2])

    def value(at: np.ndarray) -> float:
        return float(known.row_log_likelihood(at[:, None], rows)[0].sum())

    def slope(at: np.ndarray) -> np.ndarray:
        return known.row_log_likelihood(at[:, None], rows)[1].sum(axis=1)

    assert check_grad(value, slope, theta) < 1e-5 * np.abs(slope(theta)).max()


def test_known_parameters_are_recovered(known: PurchaseModel) -> None:
    fit = clone(known).fit(known.simulate(n=20_000, T=20.0, seed=5))
    errors = [
        (fit.params_[name] - value) / fit.standard_errors_[name] for name, value in known.params_.items()
    ]
    assert fit.converged_
    assert np.abs(errors).max() < 3.2


def test_predictions_agree_with_what_the_simulated_customers_do(known: PurchaseModel) -> None:
    X = known.simulate(n=50_000, T=12.0, seed=6, horizon=10.0)
    expected, silent = known.expected_purchases(X, t=10.0), known.p_no_purchase(X, t=10.0)
    for part in (X.frequency == 0, X.frequency == 1, X.frequency >= 2, X.recency < 6):
        error = X.purchases_after[part].std() / np.sqrt(part.sum())
        assert abs(X.purchases_after[part].mean() - expected[part].mean()) < 4 * error
        share = silent[part].mean()
        assert abs((X.purchases_after[part] == 0).mean() - share) < 4 * np.sqrt(
            share * (1 - share) / part.sum()
        )


def test_newcomers_buy_as_expected(known: PurchaseModel) -> None:
    X = known.simulate(n=100_000, T=0.0, seed=7, horizon=15.0)
    error = X.purchases_after.std() / np.sqrt(len(X))
    assert abs(X.purchases_after.mean() - known.expected_purchases_new(t=15.0)) < 4 * error


def test_newcomers_horizons_may_be_many(known: PurchaseModel) -> None:
    several = known.expected_purchases_new(t=np.array([0.0, 1.0, 5.0]))
    assert several[0] == 0
    assert several[2] == pytest.approx(known.expected_purchases_new(t=5.0))


def test_horizon_per_row_equals_one_horizon_at_a_time(known: PurchaseModel) -> None:
    X = known.simulate(n=40, T=9.0, seed=8)
    t = np.tile([2.0, 7.0], 20)
    mixed = known.expected_purchases(X, t=t), known.p_no_purchase(X, t=t)
    for horizon in (2.0, 7.0):
        assert mixed[0][t == horizon] == pytest.approx(known.expected_purchases(X, t=horizon)[t == horizon])
        assert mixed[1][t == horizon] == pytest.approx(known.p_no_purchase(X, t=horizon)[t == horizon])


def test_longer_horizons_bring_more_purchases_and_less_silence(known: PurchaseModel) -> None:
    X = known.simulate(n=100, T=9.0, seed=9)
    bought = np.array([known.expected_purchases(X, t=float(t)) for t in range(6)])
    silent = np.array([known.p_no_purchase(X, t=float(t)) for t in range(6)])
    assert (bought[0] == 0).all()
    assert (silent[0] == 1).all()
    assert (np.diff(bought, axis=0) > 0).all()
    assert (np.diff(silent, axis=0) < 0).all()


def test_silence_stays_more_likely_than_death(known: PurchaseModel) -> None:
    X = known.simulate(n=100, T=9.0, seed=9)
    assert (known.p_no_purchase(X, t=1_000.0) > 1 - known.p_alive(X) - 1e-9).all()


def test_discounted_purchases_are_the_discounted_increments(known: PurchaseModel) -> None:
    X = known.simulate(n=20, T=9.0, seed=10)
    step, place = (0.25, 0.5) if known.time_names else (1.0, 1.0)
    ends = np.arange(0.0, 150.0, step)
    bought = np.array([known.expected_purchases(X, t=end) for end in ends])
    total = np.exp(-0.2 * (ends[:-1] + place * step)) @ np.diff(bought, axis=0)
    assert known.dert(X, rate=0.2) == pytest.approx(total, rel=1e-3)


@pytest.mark.parametrize("rate", [0.0, -0.1, np.nan, np.inf])
def test_discount_rate_must_be_positive(known: PurchaseModel, rate: float) -> None:
    with pytest.raises(UsageError, match=r"must be positive|is not finite"):
        known.dert(known.simulate(n=2, T=5.0, seed=0), rate=rate)


def test_ten_thousand_purchases_and_weeks_do_not_overflow(known: PurchaseModel) -> None:
    T = 1e4 if known.time_names else 200.0
    X = pd.DataFrame({"frequency": [T, T, 0.0, 1.0], "recency": [T, T - 10, 0.0, 1.0], "T": T})
    X.loc[1, "frequency"] = np.floor(T / 2)
    value, gradient = known.row_log_likelihood(np.log([[0.3], [5.0], [0.8], [2.5]]), read_rows(X))
    assert np.isfinite(value).all()
    assert np.isfinite(gradient).all()
    for answer in (known.p_alive(X), known.expected_purchases(X, t=50.0), known.p_no_purchase(X, t=50.0)):
        assert np.isfinite(answer).all()
        assert (answer >= 0).all()


def test_no_customers_get_no_answers(known: PurchaseModel) -> None:
    nobody = known.simulate(n=0, T=5.0, seed=0)
    assert known.p_alive(nobody).shape == known.expected_purchases(nobody, t=1.0).shape == (0,)


def test_simulation_repeats_with_its_seed(known: PurchaseModel) -> None:
    once, again, other = (known.simulate(n=50, T=9.0, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(once, again)
    assert not once.equals(other)


def test_covariates_move_predictions() -> None:
    params = {"r": 0.6, "alpha": 6.0, "a": 0.8, "b": 2.0, "alpha:z": 1.0, "a:z": 0.0, "b:z": 0.0}
    model = BGNBD(covariates=["z"]).with_params(**params)
    X = pd.DataFrame({"frequency": [2.0, 2.0], "recency": [5.0, 5.0], "T": [9.0, 9.0], "z": [0.0, np.log(2)]})
    plain = BGNBD().with_params(r=0.6, alpha=3.0, a=0.8, b=2.0)
    assert model.expected_purchases(X, t=4.0)[1] == pytest.approx(plain.expected_purchases(X, t=4.0)[1])
    assert model.expected_purchases(X, t=4.0)[0] != pytest.approx(plain.expected_purchases(X, t=4.0)[0])


def test_drawn_purchases_follow_the_predictions(known: PurchaseModel) -> None:
    X = known.simulate(n=1_000, T=12.0, seed=6)
    X = X.loc[np.repeat(X.index, 40)]
    drawn = known.simulate_purchases(X, t=10.0, seed=1)
    error = drawn.std() / np.sqrt(len(X))
    assert abs(drawn.mean() - known.expected_purchases(X, t=10.0).mean()) < 4 * error
    assert (drawn == 0).mean() == pytest.approx(known.p_no_purchase(X, t=10.0).mean(), abs=0.01)
    assert drawn[X.frequency >= 2].mean() == pytest.approx(
        known.expected_purchases(X[X.frequency >= 2], t=10.0).mean(), rel=0.05
    )


def test_silence_is_the_ratio_of_likelihoods(known: PurchaseModel) -> None:
    X = known.simulate(n=200, T=12.0, seed=6)
    log_params = np.log([[value] for value in known.params_.values()])
    now, later = (
        known.row_log_likelihood(log_params, read_rows(seen))[0] for seen in (X, X.assign(T=X["T"] + 7))
    )
    assert known.p_no_purchase(X, t=7.0) == pytest.approx(np.exp(later - now), rel=1e-9)


def test_fit_without_customers_is_refused(known: PurchaseModel) -> None:
    with pytest.raises(FitError, match="0 customers made 0 repeat purchases"):
        type(known)().fit(known.simulate(n=0, T=5.0, seed=0))


@pytest.mark.parametrize("horizon", [-1.0, np.nan, np.inf])
def test_an_impossible_horizon_cannot_be_simulated(known: PurchaseModel, horizon: float) -> None:
    with pytest.raises(UsageError, match="The horizon is negative, missing or infinite"):
        known.simulate(n=3, T=6.0, seed=1, horizon=horizon)


def test_what_is_no_frame_is_told(known: PurchaseModel) -> None:
    X = known.simulate(n=3, T=6.0, seed=1).to_numpy()
    for ask in (known.fit, known.p_alive, lambda X: known.simulate_like(X, seed=1)):
        with pytest.raises(UsageError, match=r"The histories are a ndarray\. Give a frame"):
            ask(X)


@pytest.mark.parametrize("t", [[1.0, 2.0, 3.0], pd.Series([1, 2, 3], index=list("xyz"), dtype="Int64")])
def test_a_horizon_per_row_may_come_in_any_sequence(known: PurchaseModel, t: npt.ArrayLike) -> None:
    X = known.simulate(n=3, T=6.0, seed=1)
    assert np.array_equal(
        known.expected_purchases(X, t=t), known.expected_purchases(X, t=np.arange(1.0, 4.0))
    )


@pytest.mark.parametrize(
    ("ask", "reason"),
    [
        (lambda model, X: model.expected_purchases(X, t="soon"), "t holds text or times"),
        (lambda model, X: model.p_no_purchase(X, t=pd.Timedelta(days=3)), "t holds text or times"),
        (lambda model, _: model.expected_purchases_new(t="soon"), "t holds text or times"),
        (lambda model, _: model.simulate(n=-1, T=6.0, seed=1), "n: -1 is no whole number from 0 up"),
        (lambda model, _: model.simulate(n=2.5, T=6.0, seed=1), "n: 2.5 is no whole number"),
        (lambda model, _: model.simulate(n=3, T=[6.0, 7.0], seed=1), r"T has the shape \(2,\) beside n = 3"),
    ],
)
def test_arguments_that_are_none_are_told(
    known: PurchaseModel, ask: Callable[[PurchaseModel, pd.DataFrame], object], reason: str
) -> None:
    with pytest.raises(UsageError, match=reason):
        ask(known, known.simulate(n=3, T=6.0, seed=1))


def test_arguments_of_another_type_are_refused(known: PurchaseModel) -> None:
    X = known.simulate(n=2, T=5.0, seed=0)
    with pytest.raises(UsageError, match="rate: 'a' is no number"):
        known.dert(X, rate="a")  # type: ignore[arg-type]  # what is asked
    with pytest.raises(UsageError, match="seed: None is no whole number"):
        known.simulate(n=2, T=5.0, seed=None)  # type: ignore[arg-type]  # what is asked
    with pytest.raises(UsageError, match="seed: None is no whole number"):
        known.simulate_purchases(X, t=1.0, seed=None)  # type: ignore[arg-type]  # what is asked


def test_covariates_are_a_list() -> None:
    X = pd.DataFrame({"frequency": [1.0], "recency": [2.0], "T": [5.0], "age": [1.0]})
    with pytest.raises(UsageError, match="covariates: 'age' is one text"):
        BGNBD(covariates="age").fit(X)
