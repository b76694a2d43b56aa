import numpy as np
import pandas as pd
import pytest

from goodwill.modeling.btyd import GammaGamma
from goodwill.modeling.histories import spends_of
from goodwill.modeling.shrinking import fitted_or_shrunk
from goodwill.modeling.spend import spend_model, within_shape

SHAPE = 4.0


def buyers(means: np.ndarray, seed: int = 0) -> pd.DataFrame:
    """Customers with 1 to 9 purchases each, gamma around means of their own."""
    draw = np.random.default_rng(seed)
    n = draw.integers(1, 10, len(means))
    bought = draw.gamma(SHAPE, means[:, None] / SHAPE, (len(means), 9))
    orders = pd.DataFrame(np.where(np.arange(9) < n[:, None], bought, np.nan))
    told = {"spend_mean": orders.mean(axis=1), "spend_std": orders.std(axis=1), "spend_first": orders[0]}
    return pd.DataFrame({"n_orders": n, **told, "truth": means})


def lognormal(n: int = 1500) -> pd.DataFrame:
    return buyers(np.random.default_rng(1).lognormal(3, 1.8, n))


def error(model: GammaGamma, X: pd.DataFrame) -> float:
    said = model.conditional_mean(spends_of(X, 1.0))
    return float(np.abs(np.log(said / X["truth"])).mean())


def test_small_spenders_are_not_drawn_to_the_mean_of_all() -> None:
    X = lognormal()
    free, held = (
        make(spends_of(X, 1.0).frame()) for make in (free_fit, lambda spends: spend_model(spends, X))
    )
    assert free.params_["p"] < SHAPE / 2
    assert held.params_["p"] == pytest.approx(SHAPE, rel=0.1)
    assert held.params_["q"] > 1
    assert error(held, X) < 0.5 * error(free, X)


def free_fit(spends: pd.DataFrame) -> GammaGamma:
    return fitted_or_shrunk(GammaGamma, spends)


def test_where_customers_differ_as_the_model_says_its_fit_stands() -> None:
    scale = np.random.default_rng(2).gamma(3.7, 1.0, 3000)
    X = buyers(100 / scale)
    spends = spends_of(X, 1.0).frame()
    assert spend_model(spends, X).params_ == free_fit(spends).params_


def test_the_unit_of_money_changes_only_the_scale() -> None:
    X = lognormal(400)
    cents = X.assign(**{name: 100 * X[name] for name in ("spend_mean", "spend_std", "spend_first")})
    in_euros, in_cents = (spend_model(spends_of(each, 1.0).frame(), each).params_ for each in (X, cents))
    assert in_cents == pytest.approx(in_euros | {"v": 100 * in_euros["v"]}, rel=1e-4)


def test_few_repeat_buyers_or_even_purchases_tell_no_shape() -> None:
    X = lognormal(400)
    assert within_shape(X[X["n_orders"] > 1].head(29)) is None
    assert within_shape(X.assign(spend_std=0.0)) is None
    assert within_shape(X.assign(n_orders=1, spend_std=np.nan)) is None
