"""The sanity report of a training: kept in metrics.json, shown in a line per finding."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from goodwill.pipeline.sanity import sanity_sheets

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
