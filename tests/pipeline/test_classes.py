"""Value classes from training to scoring: kept, reported, fixed or moved."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from goodwill.pipeline.classes import scored_sheet, strategy_sheet, trained_sheets
from goodwill.pipeline.score import Request, score_customers
from goodwill.pipeline.train import train_models
from goodwill.predictor import DIMENSIONS, NOT_COMPUTABLE
from goodwill.value.defaults import rules_of

if TYPE_CHECKING:
    from conftest import Shop


def test_metrics_hold_limits_sizes_and_stability(trained: Shop) -> None:
    found = json.loads((trained.output / "metrics.json").read_text())["classes"]
    assert (found["version"], found["as_of"], found["industry"]) == (1, "2025-01-01", "retail")
    assert set(found["sizes"]) == set(DIMENSIONS)
    assert found["limits"]["tier"]["value"] == sorted(found["limits"]["tier"]["value"])
    assert 0.8 < found["stability"]["tier"] <= 1
    assert found["not_computable"]["holding"] == "needs balances or contracts"


def test_segments_are_profiled(trained: Shop) -> None:
    profiles = json.loads((trained.output / "metrics.json").read_text())["segments"]["profiles"]
    assert sum(row["share"] for row in profiles.values()) == pytest.approx(1)
    assert {"customers", "value_share", "p_churn_mean", "clv_mean"} <= set(next(iter(profiles.values())))


def test_every_scored_customer_has_a_class_where_one_can_be_had(scored_once: Shop) -> None:
    answer = scored_once.answer
    scores = pd.read_parquet(scored_once.output / "scores.parquet")
    assert scores[list(DIMENSIONS)].notna().all(axis=None)
    assert (scores.loc[scores["status"] == "scored", "tier"] != NOT_COMPUTABLE).all()
    assert answer.data["classes"]["tier"] == scores["tier"].value_counts().to_dict()
    assert "Value classes" in [sheet.title for sheet in answer.sheets]


def test_a_class_does_not_depend_on_how_far_ahead_a_score_looks(copied: Shop) -> None:
    score_customers(copied.config(), Request(horizon_days=(60, 90)))
    scores = pd.read_parquet(copied.output / "scores.parquet")
    short, whole = (scores[scores["horizon_days"] == h].set_index("customer_id") for h in (60, 90))
    for name in ("behaviour", "spending", "rfm", "relationship"):
        assert (short[name] == whole[name]).all()
    assert (short["tier"] == whole["tier"]).mean() > 0.8


@pytest.mark.no_cover  # as slow again where lines are traced, which other tests run
@pytest.mark.parametrize(("adjust", "version"), [("fixed", 1), ("refit", 2)])
def test_a_later_training_keeps_or_moves_the_limits(copied: Shop, adjust: str, version: int) -> None:
    answer = train_models(copied.config("snapshot.as_of=2025-03-01", f"classes.adjust={adjust}"))
    found = answer.data["classes"]
    assert found["version"] == version
    assert bool(found["moves"]) == bool(found["changed_by_limits"]) == (adjust == "refit")
    assert any(sheet.title.startswith("Limits that moved") for sheet in answer.sheets) == (adjust == "refit")


@pytest.mark.no_cover  # as slow again where lines are traced, which other tests run
def test_a_former_predictor_that_cannot_be_read_is_told_and_left(copied: Shop) -> None:
    (copied.output / "predictor" / "classes.json").write_text("{}")
    answer = train_models(copied.config())
    assert any(note.startswith("The former predictor is left out of account") for note in answer.notes)
    assert "moves" not in answer.data["classes"]


def test_sheets_say_what_cannot_be_computed() -> None:
    sheet = scored_sheet(
        {"tier": {"gold": 1, "lead": 1}, "need": {NOT_COMPUTABLE: 2}}, {"need": "needs surveys"}
    )
    assert list(sheet.rows) == [
        ("tier", "gold 1 (50%) · lead 1 (50%)"),
        ("need", "not computable: needs surveys"),
    ]


def test_the_strategy_of_a_class_is_shown_with_it() -> None:
    sheet = strategy_sheet({"tier": {"gold": 2, "lead": 0}}, rules_of("bank"), "zh")
    assert list(sheet.rows) == [("tier", "黄金 (gold)", "找出升级为铂金客户的途径。")]


def test_a_figure_that_is_missing_is_a_dash() -> None:
    rows = {"gold": {"customers": 3, "share": 1.0, "clv_mean": None}}
    (sheet,) = trained_sheets({"classes": {"tier": rows, "version": 2}})
    assert sheet.title == "Value tiers: limits version 2"
    assert list(sheet.rows) == [["gold", "3", "100.0%", "–"]]


def test_money_that_rounds_to_zero_has_no_sign() -> None:
    rows = {"lead": {"customers": 2, "share": 1.0, "clv_total": -0.004, "value_share": -1e-7}}
    (sheet,) = trained_sheets({"classes": {"tier": rows, "version": 1}})
    assert [str(cell) for cell in sheet.rows[0][3:5]] == ["0.00", "0.0%"]


def test_fewer_segments_than_were_asked_for_are_told() -> None:
    profiles = {"all_customers": {"customers": 3, "share": 1.0}}
    (sheet,) = trained_sheets({"segments": {"k": 1, "asked": 8, "stability": None, "profiles": profiles}})
    assert sheet.title == "Segments: k 1 of 8 asked for (too few different customers), stability –"


def test_tiers_that_cannot_be_computed_make_no_table() -> None:
    assert trained_sheets({"classes": {"tier": {NOT_COMPUTABLE: {"customers": 3, "share": 1.0}}}}) == []


def test_what_classes_tell_is_kept_beside_the_scores(scored_once: Shop) -> None:
    place = (scored_once.output / "scores.parquet").resolve()
    told = json.loads(place.with_name("classes.json").read_text())
    n = scored_once.answer.data["customers"]
    assert sum(row["customers"] for row in told["pyramid"]) == n
    assert sum(row["customers"] for row in told["matrix"]) == n
    assert [row["value"] for row in told["concentration"]] == ["today", "predicted"]
    assert {row["kind"] for row in told["sellers"]} >= {"best"}
    assert {row["class"] for row in told["categories"]} == {"all", *told["sizes"]["tier"]} - {NOT_COMPUTABLE}
    titles = [sheet.title for sheet in scored_once.answer.sheets]
    assert "Best and slow sellers by tier; more of them are in classes.json" in titles
    assert sum(row["customers"] for row in told["performance"]["branch_id"]) > 0.5 * n
    assert told["cohorts"]
    assert {"dimension", "class", "strategy_en", "strategy_zh"} <= set(told["strategies"][0])
    assert told["migration"] == {}


def test_a_later_scoring_tells_who_moved_since(copied: Shop) -> None:
    for as_of in ("2025-01-01", "2025-02-01"):
        answer = score_customers(copied.config(), Request(as_of=as_of))
    told = json.loads((copied.output / "scores.parquet").resolve().with_name("classes.json").read_text())
    counts = pd.DataFrame(told["migration"]["tier"]["counts"]).T
    assert told["migration"]["since"] == "2025-01-01"
    assert counts.drop(columns="left").to_numpy().sum() == answer.data["customers"]
