import json

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import FitError, UsageError
from goodwill.evaluation.metrics import churn_metrics, clv_metrics
from goodwill.modeling.profiles.model import ProfileModel

FEW_TREES = {target: {"trees": 20} for target in ("churn", "clv")}
Table = tuple[pd.DataFrame, pd.DataFrame]


def table(n: int = 400, seed: int = 0) -> Table:
    """Draw subscribers who leave early on short plans and bring money by their plan."""
    rng = np.random.default_rng(seed)
    months, plan = rng.integers(1, 60, n), rng.choice(["basic", "gold"], n)
    X = pd.DataFrame({"months": months, "plan": plan, "charges": rng.gamma(2, 20, n)})
    X["charges"] = X["charges"].round(2).astype(str)
    churned = rng.random(n) < 0.9 * np.exp(-months / 15)
    value = np.where(churned, 0.0, months * np.where(plan == "gold", 3.0, 1.0) * rng.gamma(4, 1 / 4, n))
    return X, pd.DataFrame({"churned": churned, "value": value})


@pytest.fixture(scope="module")
def fitted() -> ProfileModel:
    return ProfileModel(seed=1).fit(*table())


def test_churn_and_value_of_fresh_customers_are_ranked_and_levelled(fitted: ProfileModel) -> None:
    X, y = table(2000, seed=9)
    said = fitted.predict(X)
    churn, clv = churn_metrics(y["churned"], said.p_churn), clv_metrics(y["value"], said.clv)
    assert churn["roc_auc"] > 0.78
    assert churn["ece"] < 0.05
    assert clv["ngini"] > 0.6
    assert abs(clv["bias"]) < 0.1


def test_intervals_hold_fresh_values(fitted: ProfileModel) -> None:
    X, y = table(2000, seed=9)
    said = fitted.predict(X)
    inside = (said.clv_low <= y["value"]) & (y["value"] <= said.clv_high)
    assert inside.mean() >= 0.78
    assert (said.clv_low <= said.clv).all()
    assert (said.clv <= said.clv_high).all()


def test_value_is_what_the_active_and_the_churned_bring(fitted: ProfileModel) -> None:
    said = fitted.predict(table()[0])
    mixed = (1 - said.p_churn) * said.clv_if_active + said.p_churn * said.clv_if_churned
    np.testing.assert_allclose(mixed, said.clv, atol=1e-9)
    assert (said.value_at_risk >= 0).all()
    np.testing.assert_array_equal(said.clv_if_churned, 0.0)


def test_same_data_and_seed_give_the_same_answer(fitted: ProfileModel) -> None:
    X, y = table()
    again = ProfileModel(seed=1).fit(X, y).predict(X)
    np.testing.assert_array_equal(again.p_churn, fitted.predict(X).p_churn)
    np.testing.assert_array_equal(again.clv, fitted.predict(X).clv)


def test_what_is_stored_predicts_the_same(fitted: ProfileModel) -> None:
    X, _ = table(50, seed=3)
    described, trees = fitted.to_parts()
    again = ProfileModel.from_parts(json.loads(json.dumps(described)), trees).predict(X)
    for name in ("p_churn", "clv", "clv_low", "clv_high", "clv_if_active"):
        np.testing.assert_array_equal(getattr(again, name), getattr(fitted.predict(X), name))


def test_one_label_alone_answers_for_that_label_alone() -> None:
    X, y = table(60)
    churn = ProfileModel(served_by={"churn": "logistic"}).fit(X, y[["churned"]])
    value = ProfileModel(served_by={"clv": "linear"}).fit(X, y[["value"]])
    assert churn.predict(X).clv is None
    assert churn.predict(X).value_at_risk is None
    said = value.predict(X)
    assert (said.p_churn, said.clv_if_active, said.value_at_risk) == (None, None, None)
    again = ProfileModel.from_parts(*churn.to_parts())
    np.testing.assert_array_equal(again.predict(X).p_churn, churn.predict(X).p_churn)


def test_constants_serve_where_asked() -> None:
    X, y = table(60)
    said = ProfileModel(served_by={"churn": "prior", "clv": "mean"}).fit(X, y).predict(X)
    assert said.p_churn == pytest.approx(y["churned"].mean(), abs=1e-6)
    assert said.clv == pytest.approx(y["value"].mean())


def test_losses_are_predicted_below_zero() -> None:
    X, y = table()
    said = ProfileModel().fit(X, y[["value"]] - 60).predict(X)
    assert said.clv.min() < 0 < said.clv.max()
    assert np.corrcoef(said.clv, y["value"])[0, 1] > 0.5


@pytest.mark.parametrize("unit", [1e12, 1e-9])
def test_the_currency_changes_nothing(unit: float) -> None:
    X, y = table(120)
    plain, scaled = (ProfileModel().fit(X, y[["value"]] * factor).predict(X).clv for factor in (1.0, unit))
    np.testing.assert_allclose(scaled / unit, plain, rtol=1e-3)


def test_churn_held_to_fall_with_a_column_does() -> None:
    X, y = table()
    signs = {"churn": {"months": -1}}
    model = ProfileModel(monotone=signs).fit(X.assign(noise=y["churned"].sample(frac=1, random_state=0)), y)
    grid = pd.DataFrame({"months": range(1, 60), "plan": "gold", "charges": "30", "noise": 0})
    assert (np.diff(model.predict(grid).p_churn) <= 1e-9).all()


@pytest.mark.parametrize(
    ("target", "plain", "sign"), [("churn", "logistic", 1), ("clv", "linear", -1), ("clv", "model", -1)]
)
def test_whatever_serves_keeps_a_direction_against_the_data(target: str, plain: str, sign: int) -> None:
    X, y = table(200)
    label = {"churn": "churned", "clv": "value"}[target]
    model = ProfileModel(monotone={target: {"months": sign}}, served_by={target: plain}).fit(X, y[[label]])
    said = model.predict(pd.DataFrame({"months": range(1, 60), "plan": "gold", "charges": "30"}))
    answer = said.p_churn if target == "churn" else said.clv
    assert (sign * np.diff(answer) >= -1e-9).all()


def test_only_numbers_can_be_held_to_a_direction() -> None:
    X, y = table(40)
    with pytest.raises(UsageError, match=r"plan not among the numbers that are features .months, charges."):
        ProfileModel(monotone={"churn": {"plan": 1}}).fit(X, y)


def test_unseen_levels_and_absent_columns_are_survived(fitted: ProfileModel) -> None:
    fresh = pd.DataFrame({"plan": ["tin", None], "months": [3, None]})
    assert np.isfinite(fitted.predict(fresh).p_churn).all()
    assert fitted.unseen(fresh) == {"plan": 1}


def test_twenty_rows_with_gaps_and_useless_columns_are_enough() -> None:
    X, y = table(20)
    X = X.assign(void=np.nan, same="x", mail=[f"{i}@x" for i in range(20)])
    X.loc[::3, "months"] = None
    model = ProfileModel().fit(X, y)
    assert set(model.columns_.left_out) == {"void", "same", "mail"}
    assert model.predict(X).p_churn[y["churned"]].mean() > y["churned"].mean()


def test_two_churners_are_enough_and_one_is_not() -> None:
    X, y = table(30)
    rare = y.assign(churned=[True] * 2 + [False] * 28)
    assert np.isfinite(ProfileModel().fit(X, rare).predict(X).p_churn).all()
    with pytest.raises(FitError, match="1 of 30 labelled customers churned"):
        ProfileModel().fit(X, y.assign(churned=[True] + [False] * 29))


@pytest.mark.parametrize("churned", [True, False])
def test_labels_of_one_kind_are_refused(churned: bool) -> None:  # noqa: FBT001 - parametrised
    X, y = table(30)
    with pytest.raises(FitError, match=r"of 30 labelled customers churned.*Check `churn.positive`"):
        ProfileModel().fit(X, y.assign(churned=churned))


def test_one_customer_is_refused() -> None:
    X, _ = table(1)
    with pytest.raises(FitError, match="0 of 1 labelled"):
        ProfileModel().fit(X, pd.DataFrame({"churned": [False]}))


def test_equal_values_are_refused() -> None:
    X, _ = table(30)
    with pytest.raises(FitError, match="30 labelled customers with 1 different values"):
        ProfileModel().fit(X, pd.DataFrame({"value": [5.0] * 30}))


def test_a_single_buyer_among_many_is_survived() -> None:
    X, _ = table(40)
    said = ProfileModel().fit(X, pd.DataFrame({"value": [100.0] + [0.0] * 39})).predict(X)
    assert np.isfinite(said.clv).all()


def test_a_table_without_features_is_refused() -> None:
    _, y = table(30)
    with pytest.raises(
        FitError, match=r"No column of the table can be a feature .same: every value is the same."
    ):
        ProfileModel().fit(pd.DataFrame({"same": ["x"] * 30}), y)
    with pytest.raises(FitError, match=r"a feature .there is none beside the key and the labels.\. Add"):
        ProfileModel().fit(pd.DataFrame({"customer_id": range(30)}), y)


def test_a_table_without_labels_is_refused() -> None:
    with pytest.raises(UsageError, match="neither `churned` nor `value`"):
        ProfileModel().fit(table(30)[0], pd.DataFrame(index=range(30)))


def test_abundant_rows_are_judged_on_one_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goodwill.modeling.profiles.folds.MANY_ROWS", 300)
    monkeypatch.setattr("goodwill.modeling.profiles.recipe.MANY_ROWS", 300)
    X, y = table(400)
    said = ProfileModel(parameters=FEW_TREES).fit(X, y).predict(X)
    assert churn_metrics(y["churned"], said.p_churn)["roc_auc"] > 0.75


def test_a_row_with_one_label_teaches_that_one() -> None:
    X, y = table(400)
    no_value, no_churn = np.arange(400) < 100, np.arange(400) >= 300
    mixed = y.assign(churned=y["churned"].astype(float).mask(no_churn), value=y["value"].mask(no_value))
    model = ProfileModel(parameters=FEW_TREES).fit(X, mixed)
    alone = ProfileModel(parameters=FEW_TREES)
    churn = alone.unfitted().fit(X[~no_churn], y.loc[~no_churn, ["churned"]]).predict(X)
    value = alone.unfitted().fit(X[~no_value], y.loc[~no_value, ["value"]]).predict(X)
    np.testing.assert_allclose(model.predict(X).p_churn, churn.p_churn)
    np.testing.assert_allclose(model.predict(X).clv, value.clv)


def test_without_a_row_that_has_both_labels_nothing_is_left_after_churn() -> None:
    X, y = table(400)
    is_first = np.arange(400) < 200
    apart = y.assign(churned=y["churned"].astype("boolean").mask(~is_first), value=y["value"].mask(is_first))
    both = ProfileModel(parameters=FEW_TREES).fit(X, y.assign(value=y["value"] + 1)).predict(X)
    assert both.clv_if_churned.min() > 0
    assert ProfileModel(parameters=FEW_TREES).fit(X, apart).predict(X).clv_if_churned.max() == 0


TABLE = pd.DataFrame({"customer_id": map(str, range(40)), "months": np.arange(40.0)})
LABEL = pd.DataFrame({"churned": np.arange(40) % 2 == 0})


@pytest.mark.parametrize(
    ("settings", "y", "reason"),
    [
        ({}, LABEL.head(3), "Lengths differ: 40 X, 3 y"),
        ({}, LABEL.assign(churned="no"), "churned: a label holds text or times"),
        ({"level": 4}, LABEL, "level: 4 must lie between 0 and 1"),
        (
            {"served_by": {"churn": "magic"}},
            LABEL,
            "'churn' by 'magic', but there is: model, logistic, prior",
        ),
        ({"served_by": {"value": "mean"}}, LABEL, "'value' by 'mean', but there is: churn, clv"),
    ],
)
def test_what_no_table_can_teach_is_told(settings: dict, y: pd.DataFrame, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        ProfileModel(**settings).fit(TABLE, y)
