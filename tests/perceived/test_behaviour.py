"""Surveys beside behaviour: planted discontent shows, and noise does not."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from goodwill.errors import TableError
from goodwill.features.snapshot import Snapshot
from goodwill.perceived.behaviour import SurveyGain, survey_columns, survey_gain, value_by_class


def snapshot(seed: int, day: str) -> Snapshot:
    """Build a shop whose surveyed half tells by its score who stays."""
    rng = np.random.default_rng(seed)
    n = 600
    content = rng.normal(size=n)
    is_surveyed = np.arange(n) % 2 == 0
    X = pd.DataFrame({"customer_id": [f"c{i}" for i in range(n)], "as_of": pd.Timestamp(day)})
    X = X.assign(horizon_days=90, status="scored", value_past_window=1.0, spend_past_window=1.0)
    X["n_contracts"] = rng.integers(1, 5, n)
    X["n_survey_answers"] = is_surveyed.astype(float)
    X["survey_score_mean"] = np.where(is_surveyed, content, np.nan)
    churned = rng.random(n) < 1 / (1 + np.exp(2 * content))
    value = np.where(churned, 0.0, 20.0 + 5 * content)
    y = pd.DataFrame({"churned": churned, "n_orders": 1 - churned.astype(int), "value": value})
    return Snapshot(X, y, X)


@pytest.fixture(scope="module")
def gain() -> SurveyGain:
    return survey_gain(snapshot(0, "2024-01-01"), snapshot(1, "2024-06-01"))


def test_surveys_help_those_who_answered(gain: SurveyGain) -> None:
    assert gain.columns == ["n_survey_answers", "survey_score_mean"]
    assert gain.surveyed_share == 0.5
    assert gain.churn["surveyed"].high < 0
    assert gain.value["surveyed"].mean < 0


def test_the_metrics_stand_side_by_side(gain: SurveyGain) -> None:
    auc = gain.metrics.set_index(["model", "customers"])["roc_auc"]
    assert auc["with_surveys", "surveyed"] > auc["without", "surveyed"] + 0.1


def test_dealt_out_answers_tell_nothing(gain: SurveyGain) -> None:
    auc = gain.metrics.set_index(["model", "customers"])["roc_auc"]
    assert auc["shuffled", "surveyed"] < auc["with_surveys", "surveyed"] - 0.1
    assert gain.churn["answers_alone"].high < 0


def test_nobody_surveyed_is_said() -> None:
    plain = snapshot(0, "2024-01-01")
    bare = Snapshot(*(frame.drop(columns=survey_columns(frame)) for frame in (plain.X, plain.y, plain.now)))
    with pytest.raises(
        TableError, match=r"0 of 600 customers had answered a survey before 20[0-9-]+, from which"
    ):
        survey_gain(bare, bare)


def test_perceived_value_by_tier() -> None:
    tiers = pd.Series({"a": "gold", "b": "gold", "c": "iron", "d": "iron", "e": "iron", "f": "iron"})
    found = value_by_class(pd.Series({"a": 4.0, "b": 6.0, "c": 3.0, "d": 3.0, "e": 3.0, "z": 9.0}), tiers)
    assert found.index.tolist() == ["iron", "gold"]
    assert found["surveyed_share"].tolist() == [0.75, 1.0]
    # gold: 5 ± t(1 degree of freedom) · √2 / √2
    assert found.loc["gold", ["low", "high"]].tolist() == pytest.approx([-7.706, 17.706], abs=0.001)


def test_one_value_per_customer() -> None:
    with pytest.raises(TableError, match="perceived: 1 customers stand twice"):
        value_by_class(pd.Series([1.0, 2.0], index=["a", "a"]), pd.Series({"a": "gold"}))


def test_the_mean_of_a_small_class_has_a_student_interval() -> None:
    said = pd.Series([1.0, 2.0, 3.0, 4.0, 5.0], index=list("abcde"))
    found = value_by_class(said, pd.Series("gold", index=said.index)).loc["gold"]
    expected = stats.ttest_1samp(said, 0).confidence_interval()
    assert found[["low", "high"]].tolist() == pytest.approx([expected.low, expected.high])
