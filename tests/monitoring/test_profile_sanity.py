"""What cross-validated models of a ready-made table are told about themselves."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from goodwill.evaluation.findings import Finding
from goodwill.modeling.profiles.columns import ProfileColumns
from goodwill.modeling.profiles.comparison import LABELS, LEARNED, Judgement
from goodwill.modeling.profiles.folds import folds
from goodwill.modeling.profiles.judging import BASELINES, HeldOut
from goodwill.modeling.profiles.predicted import ProfilePredicted
from goodwill.monitoring.profile_sanity import profile_sanity
from goodwill.monitoring.sanity import Sanity

N = 2000
RNG = np.random.default_rng(0)
X = pd.DataFrame({
    "months": RNG.integers(1, 60, N), "plan": RNG.choice(["basic", "gold", "silver"], N),
    "coin": RNG.choice([0, 1], N),
})  # fmt: skip
P = np.where(X["plan"] == "gold", 0.2, 0.6) * np.exp(-X["months"] / 60)
MEAN = 10.0 + X["months"]
Y = pd.DataFrame({"churned": (RNG.random(N) < P).astype(float), "value": MEAN * RNG.gamma(4, 1 / 4, N)})


def said(p: np.ndarray, clv: np.ndarray) -> ProfilePredicted:
    return ProfilePredicted(np.asarray(p), np.asarray(clv), 0.2 * np.asarray(clv), 1.8 * np.asarray(clv))


def judgement(*told: ProfilePredicted, served_by: Mapping[str, str] | None = None) -> Judgement:
    dealt = [folds(Y["churned"].to_numpy(), 5, seed) for seed, _ in enumerate(told)]
    same = said(np.full(N, Y["churned"].mean()), np.full(N, Y["value"].mean()))
    plain = HeldOut([same for _ in told])
    baselines = {name: plain for names in BASELINES.values() for name in names}
    served = dict.fromkeys(LABELS.values(), LEARNED) | dict(served_by or {})
    return Judgement({}, HeldOut(told), baselines, served, dealt)


def report(*told: ProfilePredicted, y: pd.DataFrame = Y, **settings: Mapping[str, str]) -> Sanity:
    return profile_sanity(X, y, judgement(*told, **settings), ProfileColumns.fit(X))


def by_name(found: Sanity) -> dict[str, Finding]:
    return {finding.name: finding for finding in found.findings}


def test_a_model_that_knows_the_truth_passes() -> None:
    findings = by_name(report(said(P, MEAN), said(P, MEAN)))
    assert {finding.level for finding in findings.values()} == {"ok"}
    assert set(findings) == {
        "churn_by_decile", "churn_by_column", "churn_between_folds", "plain_churn", "value_by_decile",
        "value_by_column", "intervals_by_decile", "intervals_by_column", "value_between_folds", "plain_clv",
    }  # fmt: skip


def test_the_group_that_is_predicted_wrongly_is_named() -> None:
    wrong = np.where(X["plan"] == "gold", 3 * P, P)
    found = report(said(wrong, np.where(X["plan"] == "gold", 2 * MEAN, MEAN)))
    churn, value = (by_name(found)[f"{what}_by_column"] for what in ("churn", "value"))
    assert churn.level == "problem"
    assert "worst group: plan = gold (predicted" in churn.text
    assert "worst group: plan = gold (predicted" in value.text
    assert found.calibration["churn by column"]["group"].str.startswith("months [").sum() == 10


def test_value_off_in_each_group_is_a_share_of_value_however_many_columns_there_are() -> None:
    finding = by_name(report(said(P, 1.5 * Y["value"].to_numpy())))["value_by_column"]
    assert finding.value == pytest.approx(0.5)


def test_each_label_is_told_of_the_customers_that_have_it() -> None:
    partly = Y.assign(churned=Y["churned"].where(X["coin"] == 1), value=Y["value"].where(X["months"] > 30))
    found = report(said(P, MEAN), y=partly)
    n_told = {by: table["n_customers"].sum() for by, table in found.calibration.items() if "decile" in by}
    assert n_told == {"decile of p_churn": (X["coin"] == 1).sum(), "decile of clv": (X["months"] > 30).sum()}
    assert {finding.level for finding in found.findings} == {"ok"}


def test_folds_that_differ_beyond_chance_are_told() -> None:
    steady = said(P, MEAN)
    odd = folds(Y["churned"].to_numpy(), 5, 0)[0][1]
    off = np.isin(np.arange(N), odd)
    findings = by_name(report(said(np.where(off, 1 - P, P), np.where(off, 2 * MEAN, MEAN)), steady))
    assert findings["churn_between_folds"].level == "problem"
    assert findings["value_between_folds"].level == "problem"
    assert "chance of churn moves by" in findings["churn_between_folds"].text


def test_what_a_plain_model_would_cost_is_told_or_that_it_serves() -> None:
    findings = by_name(report(said(P, MEAN), served_by={"clv": "mean"}))
    assert findings["plain_churn"].value > 0.05
    assert "Serving prior instead would raise the loss of churn by" in findings["plain_churn"].text
    assert findings["plain_clv"].text.startswith("A plain model (mean) predicts value better")
