"""A currency that changed between training, scoring and the report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from goodwill.pipeline.currencies import currency_doubts
from goodwill.pipeline.dossier import tell_customer
from goodwill.pipeline.found_model import find_model
from goodwill.pipeline.monitor import monitor_model
from goodwill.pipeline.plan import plan_offers
from goodwill.pipeline.report import write_report
from goodwill.pipeline.score import Request, score_customers
from goodwill.wording import told

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Shop
    from goodwill.config import Config
    from goodwill.pipeline.outcome import Outcome

# Tracing lines costs whole runs two thirds more, and other tests run those lines.
pytestmark = pytest.mark.no_cover


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


def test_all_currencies_that_earlier_jobs_read_are_told(copied: Shop, tmp_path: Path) -> None:
    score_customers(copied.config("currency=EUR", "score.reasons=off"), Request())
    plan_offers(copied.config("currency=GBP"), 2.0)
    assert json.loads((copied.output / "plan.json").read_text())["currency"] == "GBP"
    write_report(copied.config("currency=CNY"), out=tmp_path / "report.html")
    assert "Amounts were read as EUR, USD, GBP when" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_another_currency_is_told_before_anybody_is_scored(copied: Shop, tmp_path: Path) -> None:
    write_report(copied.config("currency=CNY"), out=tmp_path / "report.html")
    assert "Amounts were read as USD when" in (tmp_path / "report.html").read_text(encoding="utf-8")


TOLD = "Amounts were in USD when the model was trained or the customers were scored, and the config now says "
JOBS: dict[str, Callable[[Config], Outcome]] = {
    "plan": lambda config: plan_offers(config, 2.0),
    "monitor": monitor_model,
    "customer": lambda config: tell_customer(config, "C0000000", out=config.output_dir / "one.html"),
}


@pytest.mark.parametrize("job", JOBS)
def test_every_job_that_tells_amounts_tells_of_another_currency(copied: Shop, job: str) -> None:
    score_customers(copied.config("score.reasons=off"), Request())
    assert any(note.startswith(f"{TOLD}EUR: ") for note in JOBS[job](copied.config("currency=EUR")).notes)
    assert not any("nothing is converted" in note for note in JOBS[job](copied.config()).notes)


def test_monitoring_tells_which_kept_scores_are_in_another_currency(copied: Shop) -> None:
    score_customers(copied.config("currency=EUR", "score.reasons=off"), Request(as_of="2025-01-01"))
    for day in ("2025-02-01", "2025-03-01"):
        score_customers(copied.config("score.reasons=off"), Request(as_of=day))
    (note,) = [note for note in monitor_model(copied.config(), as_of="2025-03-01").notes if "EUR" in note]
    assert note == (
        "Kept scores of 2025-01-01 are in EUR, and the config now says USD: nothing is converted, so their "
        "value is not comparable. Score these days again, or set `currency` as it was."
    )
    assert told(note, "zh").startswith("2025-01-01 的已保存评分以 EUR 计")


def test_the_latest_scores_in_another_currency_are_told_once(copied: Shop) -> None:
    score_customers(copied.config("score.reasons=off"), Request())
    notes = monitor_model(copied.config("currency=EUR")).notes
    assert len([note for note in notes if "nothing is converted" in note]) == 1


def test_a_dossier_shows_the_doubt_in_the_language_of_the_reader(scored_once: Shop, tmp_path: Path) -> None:
    config = scored_once.config("currency=EUR", "language=zh")
    tell_customer(config, "C0000000", out=tmp_path / "one.html")
    page = (tmp_path / "one.html").read_text(encoding="utf-8")
    assert told(currency_doubts(config)[0], "zh") in page
    assert "金额以 USD 计，而配置现在写的是 EUR" in page
