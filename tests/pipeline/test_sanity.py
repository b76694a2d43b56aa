"""The sanity report of a training: kept in metrics.json, shown in a line per finding."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from goodwill.config import Config
from goodwill.pipeline.sanity import sanity_sheets
from goodwill.pipeline.train import train_models

if TYPE_CHECKING:
    from conftest import Shop


def test_every_training_keeps_its_findings(trained: Shop) -> None:
    sanity = json.loads((trained.output / "metrics.json").read_text())["sanity"]
    assert {"one_time_above_repeaters", "stability", "spend_independence"} <= set(sanity["findings"])
    assert {"cohort", "stage"} <= set(sanity["calibration"])


def test_a_line_per_finding_is_shown(trained: Shop) -> None:
    (sheet,) = [sheet for sheet in trained.answer.sheets if sheet.title == "Does it make sense?"]
    assert len(sheet.rows) == len(trained.answer.data["sanity"]["findings"])
    assert {row[1] for row in sheet.rows} <= {"ok", "look", "problem"}


def test_without_findings_nothing_is_shown() -> None:
    assert sanity_sheets({}) == []


def test_a_ready_made_table_has_its_findings_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    months = rng.integers(1, 60, 200)
    left = np.where(rng.random(200) < 10 / (10 + months), "Yes", "No")
    members = pd.DataFrame({"customer_id": map(str, range(200)), "months": months, "left": left})
    members.to_parquet("members.parquet")
    profiles = {"source": "members.parquet", "churn": {"column": "left"}}
    outcome = train_models(
        Config.model_validate({"name": "club", "tuning": {"trials": 0}, "tables": {"profiles": profiles}})
    )
    (sheet,) = [sheet for sheet in outcome.sheets if sheet.title == "Does it make sense?"]
    names = [row[0] for row in sheet.rows]
    assert names == ["churn by decile", "churn by column", "churn between folds", "plain churn"]
    stored = json.loads(Path("models/club/metrics.json").read_text())["sanity"]
    assert set(stored["calibration"]) == {"decile of p_churn", "churn by column"}
    assert "Do the predictions make sense?" in Path(outcome.data["files"]["report"]).read_text()
