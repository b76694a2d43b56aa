"""Surveys beside orders in a survey report."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from goodwill.config import Config, read_config
from goodwill.errors import UsageError
from goodwill.features.snapshot import Snapshot
from goodwill.pipeline.outcome import silent
from goodwill.pipeline.survey import survey_value
from goodwill.pipeline.survey_behaviour import behaviour_frames, measured

# Tracing lines costs whole runs two thirds more, and other tests run those lines.
pytestmark = pytest.mark.no_cover


def snapshot(seed: int) -> Snapshot:
    rng = np.random.default_rng(seed)
    content, asked = rng.normal(size=300), np.arange(300) % 2 == 0
    X = pd.DataFrame({
        "customer_id": [f"c{i}" for i in range(300)], "as_of": pd.Timestamp("2024-01-01"), "horizon_days": 90,
        "status": "scored", "value_past_window": 1.0, "spend_past_window": rng.random(300),
        "n_contracts": rng.integers(1, 4, 300), "n_survey_answers": asked.astype(float),
        "survey_score_mean": np.where(asked, content, np.nan),
    })  # fmt: skip
    churned = rng.random(300) < 1 / (1 + np.exp(2 * content))
    return Snapshot(X, pd.DataFrame({"churned": churned, "n_orders": 0, "value": 9.0 * ~churned}), X)


def test_the_gain_and_the_quarters_are_tables() -> None:
    frames = measured(snapshot(0), snapshot(1), None, 0)
    assert set(frames["survey_gain_differences"]["customers"]) == {"all", "surveyed", "answers_alone"}
    assert len(frames["value_by_tier"]) == 4
    assert frames["value_by_tier"]["n_customers"].sum() == 150


def test_tiers_of_the_scores_are_used_where_they_are_known() -> None:
    tiers = pd.Series({f"c{i}": "gold" if i < 100 else "iron" for i in range(200)})
    assert measured(snapshot(0), snapshot(1), tiers, 0)["value_by_tier"]["tier"].tolist() == ["gold", "iron"]


def test_tiers_stand_by_rank_not_by_size() -> None:
    tiers = pd.Series({f"c{i}": "platinum" if i < 60 else "lead" for i in range(300)})
    assert measured(snapshot(0), snapshot(1), tiers, 0)["value_by_tier"]["tier"].tolist() == [
        "platinum",
        "lead",
    ]
    quarters = measured(snapshot(0), snapshot(1), None, 0)["value_by_tier"]["tier"]
    assert [quarters.iloc[0], quarters.iloc[-1]] == ["quarter_1_highest", "quarter_4_lowest"]


def test_importance_alone_tells_no_perceived_value() -> None:
    past, later = (
        replace(one, X=one.X.rename(columns={"survey_score_mean": "survey_importance_mean"}))
        for one in (snapshot(0), snapshot(1))
    )
    assert set(measured(past, later, None, 0)) == {"survey_gain", "survey_gain_differences"}


def test_the_verdict_is_what_the_interval_says() -> None:
    table = measured(snapshot(0), snapshot(1), None, 0)["survey_gain_differences"]
    helps = table["high"] < 0
    assert helps.any()
    assert (table["verdict"] == "helps").equals(helps)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a shop whose customers were asked, most of them before the judged window."""
    folder = tmp_path_factory.mktemp("asked")
    rng = np.random.default_rng(0)
    who = [f"c{i:03}" for i in range(200)]
    days = pd.date_range("2023-01-01", "2024-12-31")
    orders = pd.DataFrame(
        {"customer_id": rng.choice(who, 3_000), "time": rng.choice(days, 3_000), "amount": 10.0}
    )
    orders.to_parquet(folder / "orders.parquet")
    answers = pd.DataFrame(
        {"customer_id": who, "item": "happy", "side": "score", "value": rng.integers(1, 6, 200)}
    )
    answers["time"] = rng.choice(pd.date_range("2023-06-01", "2024-03-01"), 200)
    answers.to_parquet(folder / "answers.parquet")
    text = f"""
name: asked
tables:
  transactions: {{source: {folder}/orders.parquet}}
  surveys: {{source: {folder}/answers.parquet}}
snapshot: {{as_of: 2025-01-01, horizon_days: 30}}
surveys: {{behaviour: true, items: [{{item: happy, measure: overall, scale: [1, 5]}}]}}
output: {folder}/out
tracking: {{uri: "sqlite:///{folder}/mlflow.db"}}
"""
    (folder / "asked.yaml").write_text(text)
    return folder


def test_what_the_survey_adds_is_reported_with_the_tiers_of_the_scores(shop: Path) -> None:
    (shop / "out").mkdir(exist_ok=True)
    tiers = pd.DataFrame({"customer_id": [f"c{i:03}" for i in range(200)], "tier": ["gold", "iron"] * 100})
    tiers.to_parquet(shop / "out" / "scores.parquet")
    answer = survey_value(read_config(shop / "asked.yaml"))
    behaviour = answer.data["behaviour"]
    assert {row["tier"] for row in behaviour["by_tier"]} == {"gold", "iron"}  # type: ignore[index]  # JSON
    titles = [sheet.title for sheet in answer.sheets]
    assert (
        "Perceived value by value tier: mean score of the outcome questions, as answered before 2024-12-02"
        in titles
    )
    assert any("judged on the 30 days from 2024-12-02" in title for title in titles)
    assert "those who answer differ from those who do not" in answer.notes[-2]


def test_scores_without_tiers_do_not_hinder(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shop / "out").mkdir(exist_ok=True)
    pd.DataFrame({"customer_id": ["c000"]}).to_parquet(shop / "out" / "scores.parquet")
    seen: list[object] = []
    monkeypatch.setattr(
        "goodwill.pipeline.survey_behaviour.measured", lambda _, __, tiers, ___: seen.append(tiers) or {}
    )
    behaviour_frames(read_config(shop / "asked.yaml"), silent)
    behaviour_frames(read_config(shop / "asked.yaml", [f"output={shop}/elsewhere"]), silent)
    assert seen == [None, None]


def test_a_survey_alone_says_what_is_missing(shop: Path) -> None:
    config: Config = read_config(shop / "asked.yaml", ["tables.transactions=null", f"output={shop}/alone"])
    with pytest.raises(UsageError, match=r"surveys\.behaviour needs transactions or contracts"):
        behaviour_frames(config, silent)
    assert "surveys.behaviour needs" in survey_value(config).data["missing"]["behaviour"]  # type: ignore[index]  # JSON
