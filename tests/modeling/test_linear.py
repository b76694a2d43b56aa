import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize
from scipy.special import expit
from sklearn.linear_model import GammaRegressor, LogisticRegression

from goodwill.modeling.linear import BoundedLinear
from goodwill.modeling.penalised import Loss, gamma, logistic

RNG = np.random.default_rng(0)
DESIGN = pd.DataFrame(RNG.normal(size=(500, 2)), columns=["a", "b"])
Y = (RNG.random(500) < expit(1.5 * DESIGN["a"] - DESIGN["b"] - 0.5)).to_numpy(float)
KNOWN = BoundedLinear(
    ("a", "b"), np.array([2.0, 0.0]), np.array([1.0, 0.0]), np.array([2.0, 1.0]), np.array([3.0, 0.5]), 0.25
)


@pytest.mark.parametrize(
    ("a", "b", "logit"), [(1, 0, 0.25), (3, 2, 4.25), (np.nan, 0, 1.75), (1e9, 0, 12.25), (-1e9, 0, -11.75)]
)
def test_the_logit_is_a_sum_of_bounded_columns(a: float, b: float, logit: float) -> None:
    assert KNOWN.margin(pd.DataFrame({"b": [b], "a": [a], "c": [9.0]})).tolist() == [logit]


def test_without_bounds_it_is_ridge_logistic_regression() -> None:
    Z = (DESIGN - DESIGN.mean()) / DESIGN.std(ddof=0)
    rival = LogisticRegression(C=1 / 20, tol=1e-8).fit(Z, Y)
    model = BoundedLinear.fit(DESIGN, Y, {})
    np.testing.assert_allclose(model.coefficients, rival.coef_[0], atol=1e-3)
    assert model.intercept == pytest.approx(rival.intercept_[0], abs=1e-3)


def test_bounds_leave_no_better_coefficients() -> None:
    design = pd.DataFrame(RNG.normal(size=(500, 6)) @ RNG.normal(size=(6, 6)), columns=list("abcdef"))
    y, signs = (RNG.random(500) < expit(design["a"] - design["b"])).to_numpy(float), {"b": 1, "c": -1, "e": 1}
    found = BoundedLinear.fit(design, y, signs)
    Z = ((design - design.mean()) / design.std(ddof=0)).to_numpy()
    limits = [(None, None)] + [
        {1: (0, None), -1: (None, 0)}.get(signs.get(name, 0), (None, None)) for name in design
    ]

    def loss(b: np.ndarray) -> float:
        return float(logistic(Z @ b[1:] + b[0], y)[0].mean() + 20 / 500 / 2 * b[1:] @ b[1:])

    rival = minimize(
        loss, np.zeros(7), method="L-BFGS-B", bounds=limits, options={"ftol": 1e-14, "gtol": 1e-9}
    )
    assert loss(np.array([found.intercept, *found.coefficients])) <= rival.fun + 1e-9
    np.testing.assert_allclose(found.coefficients, rival.x[1:], atol=1e-3)
    assert (found.coefficients == 0).any()


def test_predictions_hold_the_level() -> None:
    assert expit(BoundedLinear.fit(DESIGN, Y, {}).margin(DESIGN)).mean() == pytest.approx(Y.mean(), abs=1e-3)


def test_a_column_of_the_wrong_sign_counts_for_nothing() -> None:
    model = BoundedLinear.fit(DESIGN, Y, {"a": -1, "b": 1})
    assert model.coefficients.tolist() == [0, 0]
    assert model.intercept == pytest.approx(np.log(Y.mean() / (1 - Y.mean())), abs=1e-3)


def test_a_column_of_the_right_sign_is_as_if_free() -> None:
    bound, free = BoundedLinear.fit(DESIGN, Y, {"a": 1, "b": -1}), BoundedLinear.fit(DESIGN, Y, {})
    np.testing.assert_allclose(bound.coefficients, free.coefficients, atol=1e-3)


def test_missing_values_count_as_the_median_and_an_empty_column_for_nothing() -> None:
    gaps = DESIGN.assign(a=DESIGN["a"].where(DESIGN["a"] < 1), empty=np.nan, same=3.0)
    model = BoundedLinear.fit(gaps, Y, {})
    assert model.fillings.tolist() == pytest.approx([gaps["a"].median(), gaps["b"].median(), 0, 3])
    assert model.coefficients[2:].tolist() == [0, 0]
    filled, empty = (model.margin(gaps.assign(a=value)) for value in (gaps["a"].median(), np.nan))
    np.testing.assert_array_equal(filled, empty)


def test_a_larger_penalty_shrinks() -> None:
    small, large = (
        np.abs(BoundedLinear.fit(DESIGN, Y, {}, penalty=penalty).coefficients) for penalty in (1, 1e4)
    )
    assert (large < small / 5).all()


def test_a_stored_model_says_the_same() -> None:
    model = BoundedLinear.fit(DESIGN, Y, {})
    again = BoundedLinear.from_dict(json.loads(json.dumps(model.to_dict())))
    np.testing.assert_array_equal(again.margin(DESIGN), model.margin(DESIGN))
    assert replace(again, intercept=0.0).margin(DESIGN)[0] == pytest.approx(
        again.margin(DESIGN)[0] - again.intercept
    )


def test_log_linear_regression_is_that_of_the_gamma_family() -> None:
    money = np.exp(1.2 * DESIGN["a"] + 3) * RNG.gamma(4, 0.25, 500)
    Z = (DESIGN - DESIGN.mean()) / DESIGN.std(ddof=0)
    # scikit-learn halves the deviance and the penalty, both over the rows.
    rival = GammaRegressor(alpha=20 / 500, tol=1e-8, max_iter=1000).fit(Z, money)
    model = BoundedLinear.fit(DESIGN, money.to_numpy(), {}, loss=gamma)
    np.testing.assert_allclose(model.coefficients, rival.coef_, atol=1e-3)
    assert model.intercept == pytest.approx(rival.intercept_, abs=1e-3)


def test_log_linear_money_is_as_large_in_any_currency() -> None:
    money = np.exp(DESIGN["a"].to_numpy())
    small, large = (BoundedLinear.fit(DESIGN, money * unit, {}, loss=gamma) for unit in (1e-6, 1e9))
    np.testing.assert_allclose(small.coefficients, large.coefficients, atol=1e-6)


@pytest.mark.parametrize("loss", [logistic, gamma])
@pytest.mark.parametrize("place", [0, 1])
def test_slopes_and_curvatures_are_those_of_the_losses(loss: Loss, place: int) -> None:
    margin, y, step = np.array([-1.0, 0.5, 2.0]), np.array([1.0, 1.0, 0.0]), 1e-6
    rise = (loss(margin + step, y)[place] - loss(margin - step, y)[place]) / (2 * step)
    np.testing.assert_allclose(loss(margin, y)[place + 1], rise, atol=1e-8)
