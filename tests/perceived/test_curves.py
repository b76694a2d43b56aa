"""Response curves against functions that are known."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from goodwill.perceived.curves import Responses, response_curves
from goodwill.perceived.response import ResponsePlan

RNG = np.random.default_rng(9)
SHARED = RNG.integers(0, 3, (1_500, 1))
SCORES = pd.DataFrame(SHARED + RNG.integers(1, 6, (1_500, 3)), columns=["straight", "bent", "empty"]).astype(
    float
)


@pytest.fixture(scope="module")
def found() -> Responses:
    value = SCORES["straight"] + 2 * SCORES["bent"].clip(upper=4) + RNG.normal(scale=0.5, size=1_500)
    return response_curves(SCORES, value, plan=ResponsePlan(resamples=6))


def test_curves_follow_the_function_though_dimensions_are_correlated(found: Responses) -> None:
    straight = found.curves.query("dimension == 'straight'")
    np.testing.assert_allclose(straight["gain"].iloc[1:], 1, atol=0.25)
    assert found.limits.loc["straight", "rise"] == pytest.approx(6, abs=0.5)
    assert abs(found.limits.loc["empty", "rise"]) < 0.4


def test_more_stops_paying_where_the_function_bends(found: Responses) -> None:
    assert found.limits.loc["bent", "pays_up_to"] == 4
    assert np.isnan(found.limits.loc["straight", "pays_up_to"])
    assert found.limits.loc["bent", "agreement"] == 1


def test_a_curve_is_centred_on_the_mean_outcome(found: Responses) -> None:
    bent = found.curves.query("dimension == 'bent'").set_index("score")["response"]
    value = SCORES["straight"] + 2 * SCORES["bent"].clip(upper=4)
    assert SCORES["bent"].map(bent).mean() == pytest.approx(value.mean(), abs=0.2)
    assert (found.curves["low"] <= found.curves["high"]).all()


def test_facts_held_constant_have_no_curve() -> None:
    plan = ResponsePlan({"bent": 0, "empty": 0}, resamples=1)
    assert response_curves(SCORES, SCORES["bent"], plan=plan).limits.index.tolist() == ["straight"]


def test_many_levels_are_drawn_at_few_and_yes_or_no_as_a_probability() -> None:
    fine = pd.DataFrame({"score": np.r_[RNG.normal(size=400), np.nan]})
    curves = response_curves(fine, fine["score"] > 0, plan=ResponsePlan(resamples=2)).curves
    assert len(curves) == 11
    assert curves["response"].iloc[[0, -1]].to_numpy() == pytest.approx([0, 1], abs=0.15)


def test_nothing_rises_where_everybody_gave_one_score() -> None:
    same = pd.DataFrame({"score": np.full(60, 3.0)})
    limits = response_curves(same, np.tile([1.0, 2.0, 3.0], 20), plan=ResponsePlan(resamples=2)).limits
    assert limits.loc["score", ["rise", "gain_max"]].tolist() == [0, 0]
    assert limits["pays_up_to"].isna().all()


def test_a_score_that_a_resample_lacks_adds_nothing() -> None:
    rare = pd.DataFrame({"score": [*[1.0, 2.0] * 30, 9.0, 10.0]})
    value = np.tile([0.0, 1.0], 31)
    curves = response_curves(rare, value, plan=ResponsePlan(resamples=4, seed=1)).curves
    assert curves["response"].is_monotonic_increasing


def test_a_gap_between_scores_adds_nothing() -> None:
    apart = pd.DataFrame({"score": np.repeat([1.0, 9.0], 40)})
    limits = response_curves(apart, np.tile([0.0, 1.0, 2.0, 3.0], 20), plan=ResponsePlan(resamples=1)).limits
    assert limits.loc["score", "rise"] < 0.5


def test_an_airline_s_wifi_pays_to_the_top(data_dir: Path) -> None:
    flights = pd.read_parquet(data_dir / "airline_satisfaction" / "test.parquet").head(3_000)
    wifi = flights[["Inflight wifi service"]].replace(0, np.nan)
    found = response_curves(wifi, flights["satisfaction"] == "satisfied", plan=ResponsePlan(resamples=2))
    assert found.limits["gain_max_at"].tolist() == [5]
    assert found.limits["pays_up_to"].isna().all()


def test_what_trees_learn_of_noise_is_no_rise() -> None:
    rng = np.random.default_rng(3)
    scores = pd.DataFrame(rng.integers(1, 8, (600, 2)).astype(float), columns=["empty", "full"])
    value = 0.5 * scores["full"] + rng.normal(scale=1.2, size=600)
    limits = response_curves(scores, value, plan=ResponsePlan(resamples=10)).limits
    assert limits.loc["empty", "rise"] < 0.2
    assert limits.loc["empty", "rise_low"] < 0 < limits.loc["full", "rise_low"]
    assert limits.loc["full", "rise"] == pytest.approx(3, abs=0.4)
