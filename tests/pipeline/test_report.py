"""The report from what jobs left: of a run, of the latest scores, and of nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.files import swap_link, write_json
from goodwill.pipeline.evidence import class_frames, evidence_json, read_evidence
from goodwill.pipeline.report import class_texts, material_of, write_report
from goodwill.pipeline.runs import run_in_force
from goodwill.pipeline.score import Request, score_customers
from goodwill.value.defaults import rules_of

if TYPE_CHECKING:
    from conftest import Shop


def text_of(place: Path) -> str:
    return place.read_text(encoding="utf-8").split("<main")[1].split("<script>")[0]


def test_training_leaves_a_report_and_the_aggregates_behind_it(trained: Shop) -> None:
    run = run_in_force(trained.output)
    frames, facts = read_evidence(run)
    judged = {"calibration", "churn_gains", "deciles", "clv_gains", "churn_lift", "clv_lift"}
    assert judged | {"cohorts", "months", "segments", "classes"} <= set(frames)
    assert len(facts["digests"]["transactions"]["digest"]) > 8
    assert "What the base is worth" in text_of(run / "report.html")
    assert "customers scored" in text_of(run / "report.html")


@pytest.mark.parametrize(
    ("language", "usage", "renewed"), [("en", "Usage", "Renewed"), ("zh", "使用行为", "已续约")]
)
def test_classes_and_dimensions_go_by_the_names_of_their_industry(
    untrained: Shop, tmp_path: Path, language: str, usage: str, renewed: str
) -> None:
    config = untrained.config(f"language={language}")
    write_json(tmp_path / "evidence.json", evidence_json(class_frames(rules_of("subscription")), {}))
    names, _ = class_texts(config, tmp_path)
    assert (names["dimensions"], names["lifecycle"]["repeat"]) == ({"behaviour": usage}, renewed)
    assert material_of(config, tmp_path, None, None, pd.DataFrame()).class_names == names
    write_json(tmp_path / "evidence.json", evidence_json(class_frames(rules_of("retail")), {}))
    assert class_texts(config, tmp_path)[0]["dimensions"] == {}
    assert class_texts(config, None)[0] == {"dimensions": {}}


def test_the_page_speaks_in_the_terms_of_the_runs_industry(
    untrained: Shop, trained: Shop, tmp_path: Path
) -> None:
    write_json(tmp_path / "evidence.json", evidence_json({}, {"industry": "bank"}))
    config, nothing = untrained.config(), pd.DataFrame()
    assert material_of(config, tmp_path, None, None, nothing).industry == "bank"
    assert material_of(config, None, None, None, nothing).industry == "retail"
    asked = untrained.config("classes.industry=bank")
    assert material_of(asked, None, None, None, nothing).industry == "bank"
    assert read_evidence(run_in_force(trained.output))[1]["industry"] == "retail"


def test_no_customer_stands_in_what_training_left(trained: Shop) -> None:
    run = run_in_force(trained.output)
    ids = score_ids(trained)
    assert not any(f'"{one}"' in (run / "evidence.json").read_text() for one in ids)


def score_ids(shop: Shop) -> list[str]:
    return pd.read_parquet(shop.folder / "data/customers.parquet")["customer_id"].astype(str).tolist()


def test_the_report_tells_the_latest_scores_and_who_moved(copied: Shop) -> None:
    for day in ("2025-01-01", "2025-03-01"):
        score_customers(copied.config(), Request(as_of=day))
    told = write_report(copied.config("language=zh"))
    page = text_of(copied.output / "report.html")
    assert told.data["report"] == str(copied.output / "report.html")
    assert "客户迁移" in page
    assert "2025-03-01" in page


def test_what_tiers_buy_is_told_of_the_latest_scores_alone(scored_once: Shop, tmp_path: Path) -> None:
    write_report(scored_once.config(), out=tmp_path / "page.html")
    assert 'id="class-sellers"' in text_of(tmp_path / "page.html")
    assert 'id="class-sellers"' not in text_of(run_in_force(scored_once.output) / "report.html")


def test_scores_of_a_former_model_are_told(copied: Shop) -> None:
    config, place = copied.config("score.reasons=off"), copied.output / "report.html"
    score_customers(config, Request())
    write_report(config)
    assert "Read this first" not in text_of(place)
    latest = copied.output / "scores.parquet"
    former = latest.resolve().parent.with_name("version=7")
    latest.resolve().parent.rename(former)
    swap_link(latest, former / latest.name)
    write_report(config)
    assert "These scores were made by version 7." in text_of(place)
    assert "In the backtest the total" not in text_of(place)


def test_groups_are_compared_by_carried_columns(scored_once: Shop, tmp_path: Path) -> None:
    write_report(scored_once.config("score.carry=[branch_id]"), out=tmp_path / "page.html")
    assert "By branch" in text_of(tmp_path / "page.html")


def test_without_results_the_error_names_the_commands(untrained: Shop, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no results yet"):
        write_report(untrained.config(f"output={tmp_path / 'out'}"))


def test_a_report_is_html(trained: Shop) -> None:
    with pytest.raises(UsageError, match=r"Let the name end in \.html"):
        write_report(trained.config(), out=Path("report.pdf"))


def test_a_check_alone_makes_a_page(untrained: Shop, tmp_path: Path) -> None:
    config = untrained.config(f"output={tmp_path / 'out'}")
    (tmp_path / "out").mkdir()
    (tmp_path / "out/check.json").write_text(
        json.dumps({"findings": [], "tables": {"orders": {"rows_read": 3}}})
    )
    write_report(config)
    assert "Rows read" in text_of(tmp_path / "out/report.html")
