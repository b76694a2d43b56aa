"""Surveys: planted weights, reliability, gaps and Kano types can be found again."""

import numpy as np
import pandas as pd
import pytest

from goodwill.data.simulate import Simulated, simulate_frames, world_from


@pytest.fixture(scope="module")
def firm() -> Simulated:
    return simulate_frames(customers=4_000, seed=81, world=world_from({"surveys": {"response_share": 1.0}}))


def wide(firm: Simulated, instrument: str, side: str) -> pd.DataFrame:
    rows = firm.tables["surveys"]
    rows = rows[(rows["instrument"] == instrument) & (rows["side"] == side)]
    return rows.set_index(["customer_id", "item"])["value"].unstack()  # noqa: PD010 - one answer per item


def test_planted_weights_come_back(firm: Simulated) -> None:
    told = firm.truth["surveys"]
    feels = told.filter(like="feels_").to_numpy()
    found = np.linalg.lstsq(feels, told["overall_value"].to_numpy(), rcond=None)[0]
    np.testing.assert_allclose(found, firm.truth["dimensions"]["weight"], atol=0.03)


def test_items_of_a_dimension_correlate_by_their_reliability(firm: Simulated) -> None:
    quality = wide(firm, "servqual", "perception").filter(like="quality").corr().to_numpy()
    pairs = quality[np.triu_indices(4, 1)]
    assert pairs.mean() == pytest.approx(0.7, abs=0.06)


def test_gaps_are_negative_where_planted(firm: Simulated) -> None:
    gaps = (wide(firm, "servqual", "perception") - wide(firm, "servqual", "expectation")).mean()
    assert gaps["service_1"] == pytest.approx(4.6 - 5.9, abs=0.15)
    assert abs(gaps["emotional_1"]) < 0.25


def test_answers_keep_to_their_scales(firm: Simulated) -> None:
    spans = firm.tables["surveys"].groupby("item")["value"].agg(["min", "max"])
    assert spans.loc["recommend"].tolist() == [0, 10]
    assert spans.loc["satisfaction"].tolist() == [1, 5]
    assert spans.loc["quality_1"].tolist() == [1, 7]


def test_value_and_answer_exclude_each_other(firm: Simulated) -> None:
    rows = firm.tables["surveys"]
    is_kano = rows["instrument"] == "kano"
    assert (rows["answer"].notna() == is_kano).all()
    assert (rows["value"].isna() == is_kano).all()
    assert (rows["brand"].notna() == (rows["instrument"] == "rivals")).all()


def test_kano_answers_follow_the_planted_type(firm: Simulated) -> None:
    answers = firm.tables["surveys"].query("instrument == 'kano' and item == 'fast_delivery'")
    pairs = answers.set_index(["customer_id", "side"])["answer"].unstack()  # noqa: PD010 - one answer per side
    share = ((pairs["functional"] == "like") & (pairs["dysfunctional"] == "dislike")).mean()
    assert share == pytest.approx(0.55 + 0.45 / 25, abs=0.03)


def test_rivals_differ_as_planted(firm: Simulated) -> None:
    means = firm.tables["surveys"].query("instrument == 'rivals'").groupby(["item", "brand"])["value"].mean()
    assert means["quality", "north"] > means["quality", "ours"] > means["quality", "south"]
    assert means["price", "north"] > means["price", "ours"] > means["price", "south"]


def test_everybody_answers_once_after_joining(firm: Simulated) -> None:
    told = firm.truth["surveys"].merge(firm.tables["customers"], on="customer_id")
    assert len(told) == 4_000
    assert (told["time"] >= told["signup_time"]).all()
    assert told["time"].max() < pd.Timestamp("2025-07-01")


def test_a_share_answers_and_rivals_may_be_left_out() -> None:
    tables = simulate_frames(customers=2_000, world=world_from({"surveys": {"rivals": []}})).tables
    assert "rivals" not in set(tables["surveys"]["instrument"])
    assert 0.15 < tables["surveys"]["customer_id"].nunique() / 2_000 < 0.32


def test_the_satisfied_recommend_and_stay(firm: Simulated) -> None:
    scores = wide(firm, "nps", "score").join(firm.truth["customers"].set_index("customer_id"))
    assert scores[["recommend", "satisfaction"]].corr().iloc[0, 1] > 0.2
    assert scores[["recommend", "dropout_per_day"]].corr("spearman").iloc[0, 1] < -0.05
