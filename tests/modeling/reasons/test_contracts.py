"""Why a contract holder is predicted as they are: what a model of renewals says, by theme."""

import numpy as np
import pandas as pd
import pytest

from goodwill.modeling.reasons import Contributions, contributions
from goodwill.modeling.reasons.contracts import shared
from goodwill.modeling.served import ServedModel

Frames = tuple[pd.DataFrame, pd.DataFrame]


@pytest.fixture(scope="module")
def renewed() -> Frames:
    """Contracts, one in three of which ends with the period at hand; the last customer holds none."""
    n = 300
    X = pd.DataFrame({"customer_id": range(n), "as_of": pd.Timestamp("2024-01-01"), "horizon_days": 20})
    X = X.assign(
        n_contracts_running=[1] * (n - 1) + [0], n_periods=1 + np.arange(n) % 7, n_visits=np.arange(n) % 5
    )
    X = X.assign(contract_price_total=30.0, contract_period_days=30.0, days_to_next_payment=10.0)
    X = X.assign(value_past_window=30.0)
    ends = np.arange(n) % 3 == 0
    days = np.where(ends, 10.0, 20.0)
    return X, pd.DataFrame({"churned": ends, "value": np.where(ends, 0.0, 30.0), "contract_days": days})


@pytest.mark.parametrize(
    "served_by",
    [
        {"churn": "hazard", "clv": "hazard"},
        {"churn": "hazard"},
        {"clv": "hazard"},
        {"churn": "hazard", "clv": "past_window"},
    ],
)
def test_points_and_money_add_up_for_holders_and_others(served_by: dict[str, str], renewed: Frames) -> None:
    X, y = renewed
    model = _served(served_by, X, y)
    why, said = contributions(model, X), model.predict(X)
    np.testing.assert_allclose(why.points.sum(axis=1) + why.typical_p_churn, said.p_churn, atol=1e-5)
    np.testing.assert_allclose(why.money.sum(axis=1) + why.typical_clv, said.clv, atol=1e-4)


def test_several_contracts_keep_what_the_model_says_of_them(renewed: Frames) -> None:
    X, y = renewed
    several = X.assign(n_contracts_running=X["n_contracts_running"] * (1 + (np.arange(len(X)) % 4 == 0)))
    model = _served({"churn": "hazard", "clv": "hazard"}, several, y)
    why, said = contributions(model, several), model.predict(several)
    np.testing.assert_allclose(why.points.sum(axis=1) + why.typical_p_churn, said.p_churn, atol=1e-5)
    np.testing.assert_allclose(why.money.sum(axis=1) + why.typical_clv, said.clv, atol=1e-4)


def test_money_of_several_contracts_adds_up_to_their_payments(renewed: Frames) -> None:
    X, y = renewed
    second, place = (
        np.where(np.arange(len(X)) % 4 == 0, 5.0 + np.arange(len(X)) % 3, np.nan),
        "contract_second_",
    )
    X = X.assign(n_contracts_running=X["n_contracts_running"] * (1 + np.isfinite(second)))
    X = X.assign(
        contract_largest_payment=30.0, days_to_largest_payment=10.0, contract_largest_period_days=30.0
    )
    X = X.assign(contract_largest_periods=2.0, contract_second_payment=second)
    X = X.assign(**{f"{place}days_to_payment": 9.0, f"{place}period_days": 30.0, f"{place}periods": 1.0})
    model = _served({"churn": "hazard", "clv": "hazard"}, X, y)
    why, said = contributions(model, X), model.predict(X)
    np.testing.assert_allclose(why.points.sum(axis=1) + why.typical_p_churn, said.p_churn, atol=1e-5)
    np.testing.assert_allclose(why.money.sum(axis=1) + why.typical_clv, said.clv, atol=1e-4)
    assert said.payments is not None
    np.testing.assert_allclose(said.clv[4::4], said.payments.mean[4::4])


def test_retention_curves_add_up_too(renewed: Frames) -> None:
    X, y = (frame.iloc[:-1] for frame in renewed)
    model = _served({"churn": "shifted_beta_geometric", "clv": "hazard"}, X, y)
    why, said = contributions(model, X), model.predict(X)
    np.testing.assert_allclose(why.points.sum(axis=1) + why.typical_p_churn, said.p_churn, atol=1e-9)
    np.testing.assert_allclose(why.money.sum(axis=1) + why.typical_clv, said.clv, atol=1e-9)


def test_each_theme_has_what_is_due_to_it(renewed: Frames) -> None:
    late, dear = np.arange(100), np.arange(50, 150)
    X = renewed[0].assign(days_to_next_payment=10.0, contract_price_total=30.0)
    X.loc[late, "days_to_next_payment"], X.loc[dear, "contract_price_total"] = 25.0, 60.0
    why = contributions(_served({"churn": "hazard", "clv": "hazard"}, *renewed), X)
    points, money = (_by_theme(why, part) for part in (why.points, why.money))
    assert (points.loc[late, "payment_due"] < -0.1).all()
    assert (points["payment_due"].drop(late)[:-1] > 0.1).all()
    assert (money.loc[dear, "contract_price"] > 3.0).all()
    assert points.loc[:298, "contract_price"].abs().max() < 1e-12
    assert points.loc[:298, "tenure"].std() > 1e-3


def test_trees_of_the_hazard_share_with_the_columns_they_read(renewed: Frames) -> None:
    X = pd.concat([renewed[0].iloc[:-1]] * 4, ignore_index=True)
    X = X.assign(customer_id=X.index, wish=X.index % 2)
    ends = (X["wish"] == 1) & (X.index % 5 > 0)
    y = pd.DataFrame({"churned": ends, "value": 30.0 * ~ends, "contract_days": 20.0 - 10.0 * ends})
    why = contributions(_served({"churn": "hazard"}, X, y), X)
    wish = _by_theme(why, why.points)["wish"]
    assert (wish[X["wish"] == 1] > 0.1).all()
    assert (wish[X["wish"] == 0] < -0.1).all()


def test_without_a_contract_the_reasons_are_those_of_the_model(renewed: Frames) -> None:
    X, y = renewed
    plain = contributions(ServedModel(parameters={"trees": 3}).fit(X, y, X), X)
    why = contributions(_served({"churn": "hazard"}, X, y), X)
    np.testing.assert_allclose(why.points[-1, : len(plain.themes)], plain.points[-1])
    nobody = X.assign(n_contracts_running=0)
    assert (
        contributions(_served({"churn": "hazard"}, X, y), nobody).themes[: len(plain.themes)] == plain.themes
    )


def test_where_two_themes_act_together_one_order_is_exact() -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(9, 4)), columns=list("abcd"))
    themes = {name: [name] for name in X}

    def says(rows: pd.DataFrame) -> np.ndarray:
        a, b, c, d = rows.to_numpy().T
        return np.column_stack([a * b + c * d + a, a * d - b])

    other = X.iloc[[np.argsort(says(X)[:, 0])[4]]].to_numpy()
    a = (X["a"] - other[0, 0]) * ((X["b"] + other[0, 1]) / 2 + 1)
    np.testing.assert_allclose(shared(says, X, themes, n_orders=1)[:, 0, 0], a)


def test_a_target_of_the_model_keeps_its_themes(renewed: Frames) -> None:
    X, y = renewed
    plain = contributions(ServedModel(parameters={"trees": 3}).fit(X, y, X), X)
    money = contributions(_served({"churn": "hazard"}, X, y), X).money
    np.testing.assert_allclose(money.sum(axis=1), plain.money.sum(axis=1))


def _served(served_by: dict[str, str], X: pd.DataFrame, y: pd.DataFrame) -> ServedModel:
    return ServedModel(served_by=served_by, parameters={"trees": 3}).fit(X, y, X)


def _by_theme(why: Contributions, parts: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(parts, columns=list(why.themes))
