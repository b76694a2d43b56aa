import json

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression, Ridge

from goodwill.modeling.penalised import Loss, logistic, squared
from goodwill.modeling.profiles.linear import Linear, Ramps, rescaled


def numbers(n: int = 400, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {"a": rng.normal(size=n), "b": rng.exponential(size=n), "c": rng.integers(0, 2, n) * 1.0}
    )


def test_two_knots_and_a_ridge_are_those_of_scikit_learn() -> None:
    X = numbers()
    y = (X["a"] + X["c"] > 0.5).to_numpy(float)
    scaled = ((X - X.mean()) / X.std(ddof=0)).to_numpy()
    [ours] = Linear.path(X, y, logistic, (2.0,), n_knots=2)
    theirs = LogisticRegression(C=0.5, tol=1e-10, max_iter=1000).fit(scaled, y)
    np.testing.assert_allclose(ours.margin(X), theirs.decision_function(scaled), atol=1e-5)


def test_squared_loss_is_ridge_regression() -> None:
    X = numbers()
    y = (2 * X["a"] - X["b"]).to_numpy(float)
    scaled = ((X - X.mean()) / X.std(ddof=0)).to_numpy()
    [ours] = Linear.path(X, y, squared, (5.0,), n_knots=2)
    np.testing.assert_allclose(ours.margin(X), Ridge(alpha=5.0).fit(scaled, y).predict(scaled), atol=1e-8)


def test_ramps_bend_where_a_line_cannot() -> None:
    X = numbers()
    y = np.abs(X["a"].to_numpy())
    bent, straight = (
        Linear.path(X[["a"]], y, squared, (1.0,), n_knots=n)[0].margin(X[["a"]]) for n in (9, 2)
    )
    assert np.mean((bent - y) ** 2) < 0.1 * np.mean((straight - y) ** 2)


@pytest.mark.parametrize("loss", [logistic, squared])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_column_held_to_one_direction_keeps_it(loss: Loss, sign: int) -> None:
    X = numbers()
    y = (np.sin(3 * X["a"]) > 0).to_numpy(float)
    [model] = Linear.path(X, y, loss, (1.0,), signs={"a": sign})
    grid = pd.DataFrame({"a": np.linspace(-4, 4, 50), "b": 1.0, "c": 0.0})
    assert (sign * np.diff(model.margin(grid)) >= -1e-6).all()


def test_missing_cells_have_an_effect_of_their_own() -> None:
    X = pd.DataFrame({"a": [1.0, 2.0, np.nan, np.nan] * 20})
    y = np.array([0.0, 0.0, 5.0, 5.0] * 20)
    said = Linear.fit(X, y, squared, 0.01).margin(X)
    assert said[2] == pytest.approx(5.0, abs=0.1)


def test_a_column_of_mostly_zeros_is_cut_among_the_others() -> None:
    X = pd.DataFrame({"a": [0.0] * 95 + [1.0, 2.0, 3.0, 4.0, 100.0]})
    assert len(Ramps.fit(X).knots["a"]) > 4


def test_without_columns_the_answer_is_the_mean() -> None:
    design = pd.DataFrame(index=range(4))
    model = Linear.fit(design, np.array([0.0, 0.0, 0.0, 1.0]), logistic, 1.0)
    assert (1 / (1 + np.exp(-model.margin(design)))).tolist() == pytest.approx([0.25] * 4)


def test_rows_told_apart_perfectly_stay_finite() -> None:
    X = pd.DataFrame({"a": np.arange(40.0) * 1e12})
    model = Linear.fit(X, (np.arange(40) > 19).astype(float), logistic, 0.001)
    assert np.isfinite(model.margin(X)).all()


def test_what_is_stored_answers_the_same() -> None:
    X = numbers()
    model = Linear.fit(X, X["a"].to_numpy(), squared, 1.0)
    again = Linear.from_dict(json.loads(json.dumps(model.to_dict())))
    np.testing.assert_array_equal(again.margin(X), model.margin(X))


def test_rescaling_halves_logits_that_are_twice_too_sure() -> None:
    rng = np.random.default_rng(0)
    true = rng.normal(size=20_000)
    churned = (rng.random(20_000) < 1 / (1 + np.exp(-true - 0.5))).astype(float)
    intercept, slope = rescaled(2 * true, churned, prior=25.0)
    assert (intercept, slope) == (pytest.approx(0.5, abs=0.05), pytest.approx(0.5, abs=0.03))


def test_rescaling_trusts_few_rows_little() -> None:
    assert rescaled(np.array([-1.0, 1.0]), np.array([1.0, 0.0]), prior=25.0)[1] > 0.9


def test_rescaling_never_turns_an_order() -> None:
    churned = np.array([1.0, 1.0, 1.0, 0.0] * 200)
    intercept, slope = rescaled(np.where(churned > 0, -3.0, 3.0), churned, prior=1.0)
    assert (intercept, slope) == (pytest.approx(np.log(3), abs=1e-3), 0.0)


def test_steps_that_overshoot_are_halved() -> None:
    rng = np.random.default_rng(67)
    for _ in range(100):
        X = pd.DataFrame({"a": rng.standard_t(1, size=9), "b": rng.standard_t(1, size=9)})
        y = np.array([0.0, 1.0, *(rng.random(7) < 0.3)])
        [model] = Linear.path(X, y, logistic, (1e-8,), n_knots=2)
        said = expit(model.margin(X))
        assert said.sum() == pytest.approx(y.sum(), abs=1e-3)


def test_a_search_that_is_cut_short_still_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goodwill.modeling.penalised._MOST_STEPS", 1)
    X = numbers()
    model = Linear.fit(X, (X["a"] > 0).to_numpy(float), logistic, 1.0)
    assert np.corrcoef(model.margin(X), X["a"])[0, 1] > 0.5


def test_a_column_without_a_known_cell_says_nothing() -> None:
    X = numbers()
    y = (X["a"] > 0).to_numpy(float)
    model = Linear.fit(X.assign(void=np.nan), y, logistic, 1.0)
    np.testing.assert_array_equal(model.margin(X.assign(void=3.0)), Linear.fit(X, y, logistic, 1.0).margin(X))
