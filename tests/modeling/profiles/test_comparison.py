import numpy as np
import pandas as pd
import pytest

from goodwill.errors import FitError
from goodwill.modeling.profiles.comparison import compared
from goodwill.modeling.profiles.judging import dealt_folds, held_out
from goodwill.modeling.profiles.model import ProfileModel

FEW_TREES = {target: {"trees": 20} for target in ("churn", "clv")}


def table(n: int = 150, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    X = pd.DataFrame({"a": rng.normal(size=n), "b": rng.normal(size=n)})
    churned = rng.random(n) < 1 / (1 + np.exp(1 - 2 * X["a"]))
    return X, pd.DataFrame({"churned": churned, "value": np.exp(X["b"] + rng.normal(size=n) / 2)})


def test_the_report_has_the_layout_of_metrics_json() -> None:
    X, y = table()
    steps: list[tuple[str, int | None, int | None]] = []
    judgement = compared(
        X, y, ProfileModel(parameters=FEW_TREES), repeats=1, progress=lambda *step: steps.append(step)
    )
    churn, clv = judgement.metrics["churn"], judgement.metrics["clv"]
    assert set(churn["baselines"]) == {"prior", "logistic"}
    assert set(clv["baselines"]) == {"mean", "linear"}
    assert churn["ci"]["roc_auc"][0] < churn["roc_auc"] < churn["ci"]["roc_auc"][1]
    assert 0.6 < clv["coverage"] < 0.95
    assert judgement.metrics["backtest"]["n_customers"] == 150
    assert steps[-1] == ("Cross-validating", 5, 5)


def test_no_customer_is_judged_by_a_model_that_saw_it() -> None:
    X, y = table(60)
    folds = dealt_folds(y, repeats=2)
    model = ProfileModel(served_by={"churn": "prior"})
    said = held_out(X, y[["churned"]], model, folds)
    seen, held = folds[0][0]
    expected = y["churned"].iloc[seen].mean()
    assert said.repeats[0].p_churn[held] == pytest.approx(expected, abs=1e-5)
    assert said.p_churn == pytest.approx((said.repeats[0].p_churn + said.repeats[1].p_churn) / 2)
    assert said.clv is None


def test_folds_repeat_with_the_seed_and_spread_churners() -> None:
    _, y = table()
    first, again = (dealt_folds(y, repeats=1, seed=3)[0] for _ in range(2))
    assert all((a[1] == b[1]).all() for a, b in zip(first, again, strict=True))
    shares = [y["churned"].iloc[held].mean() for _, held in first]
    assert np.ptp(shares) < 0.05


def test_a_plain_model_serves_what_it_predicts_better() -> None:
    X, y = table(120)
    noise = y.assign(churned=np.random.default_rng(1).random(120) < 0.5)[["churned"]]
    judgement = compared(X, noise, ProfileModel(parameters={"churn": {"trees": 60}}), repeats=1)
    assert judgement.served_by == {"churn": "prior"}
    served, prior = judgement.served.p_churn, judgement.baselines["prior"].p_churn
    np.testing.assert_array_equal(served, prior)
    assert judgement.metrics["churn"]["log_loss"] == pytest.approx(
        judgement.metrics["churn"]["baselines"]["prior"]["log_loss"]
    )


def test_losses_of_money_below_zero_are_squared() -> None:
    X, y = table(60)
    judgement = compared(X, y[["value"]] - 3, ProfileModel(parameters=FEW_TREES), repeats=1)
    assert judgement.metrics["clv"]["rmse"] <= judgement.metrics["clv"]["baselines"]["mean"]["rmse"]


def test_three_churners_are_too_few_to_judge() -> None:
    X, y = table(40)
    y = y.assign(churned=np.arange(40) < 3)
    with pytest.raises(FitError, match="at least 4 on each side"):
        compared(X, y, ProfileModel())


def test_a_value_too_rare_for_folds_is_counted_in_the_whole_table() -> None:
    value = pd.DataFrame({"value": [100.0] + [0.0] * 39})
    with pytest.raises(FitError, match="1 of 40 labelled customers have another value than all others"):
        dealt_folds(value)


def test_one_repetition_where_rows_abound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goodwill.modeling.profiles.folds.MANY_ROWS", 100)
    _, y = table(120)
    assert len(dealt_folds(y)) == 1
    assert len(dealt_folds(y.head(90))) == 2
    assert dealt_folds(pd.DataFrame(index=range(9))) == []


def test_labels_that_few_rows_share_are_spread_over_all_folds() -> None:
    _, y = table(100)
    place = np.arange(100)
    y = y.assign(churned=y["churned"].astype(float).mask(place >= 70), value=y["value"].mask(place < 40))
    (folds,) = dealt_folds(y, repeats=1)
    held = [y.iloc[rows] for _, rows in folds]
    assert sorted(np.concatenate([rows for _, rows in folds])) == list(range(100))
    for counts in ([part["churned"].sum() for part in held], [part["value"].notna().sum() for part in held]):
        assert max(counts) - min(counts) <= 2


def test_parameters_are_chosen_anew_from_the_rows_of_each_fold() -> None:
    X, y = table()
    model, asked = ProfileModel(parameters=FEW_TREES), []

    def retuned(seen: pd.DataFrame, labels: pd.DataFrame) -> ProfileModel:
        asked.append(set(seen.index))
        assert list(labels) == ["churned"]
        return model.unfitted(parameters={"churn": {"trees": 20, "max_depth": 1}})

    judgement = compared(X, y, model, retuned={"churn": retuned})
    (dealt,) = judgement.folds
    assert asked == [set(seen) for seen, _ in dealt]
    assert judgement.gains.keys() == {"churn"}


@pytest.mark.parametrize(("depth", "tuned_depth"), [(1, 3), (3, 1)])
def test_tuned_parameters_serve_where_they_win_on_rows_they_did_not_see(depth: int, tuned_depth: int) -> None:
    X, y = table(300)
    crossed = y[["churned"]].assign(churned=(X["a"] * X["b"] > 0) | y["churned"])
    model = ProfileModel(parameters={"churn": {"trees": 30, "max_depth": depth}})
    other = model.unfitted(parameters={"churn": {"trees": 30, "max_depth": tuned_depth}})
    judgement = compared(X, crossed, model, retuned={"churn": lambda *_: other.unfitted()})
    alone = held_out(X, crossed, other if tuned_depth > depth else model, judgement.folds)
    assert judgement.gains["churn"].is_sure is (tuned_depth > depth)
    np.testing.assert_array_equal(judgement.served.p_churn, alone.p_churn)
