"""A currency that changed between training, scoring and the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from goodwill.pipeline.found_model import find_model
from goodwill.pipeline.report import write_report
from goodwill.pipeline.score import Request, score_customers

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Shop


def test_another_currency_than_that_of_training_is_told(copied: Shop) -> None:
    asked = copied.config("currency=EUR", "score.reasons=off")
    told = "The model was trained with amounts in USD, and the config now says EUR: nothing is converted."
    assert any(note.startswith(told) for note in score_customers(asked, Request()).notes)
    assert not any("nothing is converted" in note for note in copied.answer.notes)


def test_the_registry_tells_the_currency_of_a_model_trained_elsewhere(copied: Shop) -> None:
    elsewhere = copied.config(f"output={copied.folder}/elsewhere")
    found = find_model(elsewhere, "models:/shop/1")
    assert (found.currency, found.notes("USD"), len(found.notes("EUR"))) == ("USD", [], 1)


def test_another_currency_than_that_of_training_and_scores_is_told(scored_once: Shop, tmp_path: Path) -> None:
    write_report(scored_once.config("currency=EUR"), out=tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Amounts were read as USD when the model was trained" in page
