"""Decision economics in metrics.json, on the terminal and on the page, where an offer assumes a save rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from goodwill.config.offers import OfferSection
from goodwill.modeling.profiles.judging import HeldOut
from goodwill.modeling.profiles.predicted import ProfilePredicted
from goodwill.pipeline.economics import economics_notes, economics_sheets, with_economics
from goodwill.report.chapters.economics import contacts
from goodwill.report.words import words_of
from goodwill.wording import told

if TYPE_CHECKING:
    from conftest import Shop

SCORES = pd.DataFrame({
    "p_churn": [0.5, 0.2, 0.1], "clv_if_active": [100.0, 100.0, 40.0], "value_at_risk": [50.0, 18.0, 4.0],
    "segment": "all",
})  # fmt: skip
Y = pd.DataFrame({"churned": [True, True, False], "value": [0.0, 5.0, 20.0]})
METRICS = {"churn": {"roc_auc": 1.0}}


def offer(**settings: object) -> OfferSection:
    return OfferSection(
        **{"name": "call", "cost": 4, "channel": "phone", "assumed_save_rate": 0.2} | settings
    )


def judged(*offers: OfferSection, scores: object = SCORES, y: pd.DataFrame = Y) -> dict[str, dict]:
    return with_economics(METRICS, offers, scores, y)["churn"]["economics"]


def test_the_cost_of_an_offer_falls_due_for_everybody_contacted() -> None:
    found = judged(offer())["call"]
    assert (found["contact_cost"], found["offer_cost"], found["success_rate"]) == (4.0, 0.0, 0.2)
    assert found["policies"]["everybody"]["profit"] == pytest.approx(7.0)
    assert (found["n_customers"], found["n_churned"]) == (3, 2)


@pytest.mark.parametrize("offers", [(), (offer(assumed_save_rate=None),)])
def test_without_an_assumed_rate_nothing_is_said(offers: tuple[OfferSection, ...]) -> None:
    assert with_economics(METRICS, offers, SCORES, Y) == METRICS
    assert economics_sheets(METRICS, "USD") == [] == list(economics_notes(METRICS, "USD"))
    assert contacts(METRICS, words_of("en")) == []


def test_only_those_who_may_get_it_are_judged_and_counted() -> None:
    metrics = with_economics(METRICS, [offer(eligible={"p_churn": {"max": 0.3}})], SCORES, Y)
    (sheet,), (page,) = economics_sheets(metrics, "USD"), contacts(metrics, words_of("en"))
    assert (sheet.columns[2], {row[2] for row in sheet.rows}) == ("eligible", {"2"})
    assert page.table is not None
    assert (page.table.columns[2].head, {row[2] for row in page.table.rows}) == ("Eligible", {2})
    (note,) = economics_notes(metrics, "USD")
    assert note.endswith("% of the 2 eligible contacted.")
    assert told(note, "zh").startswith("假设 call 能留住")
    (whole,) = economics_notes(with_economics(METRICS, [offer()], SCORES, Y), "USD")
    assert "eligible" not in whole


@pytest.mark.parametrize(
    ("one", "y", "why"),
    [
        (offer(assumed_save_rate=0), Y, "its assumed_save_rate is 0"),
        (offer(), Y[["churned"]], "there is no value to lose, only churn"),
        (
            offer(eligible={"segment": ["all"]}),
            Y,
            "the backtest does not know segment, which says who gets it",
        ),
        (offer(), Y.assign(churned=True), "3 of 3 eligible customers left"),
        (
            offer(),
            Y.assign(value=[90.0, 90.0, 20.0]),
            "those who left would have brought nothing more had they stayed",
        ),
    ],
)
def test_an_offer_that_cannot_be_judged_says_why(one: OfferSection, y: pd.DataFrame, why: str) -> None:
    metrics = with_economics(METRICS, [one], SCORES, y)
    assert metrics["churn"]["economics"] == {"call": {"not_judged": why}}
    assert list(economics_notes(metrics, "USD")) == [f"Contacts with call are not judged: {why}."]
    (note,) = economics_notes(metrics, "USD")
    assert not told(note, "zh").isascii()
    assert economics_sheets(metrics, "USD") == []
    (page,) = contacts(metrics, words_of("en"))
    assert page.notes == [f"call is not judged: {why}."]


def test_profiles_are_judged_by_what_other_folds_said() -> None:
    said = ProfilePredicted(
        p_churn=np.array([0.5, 0.2, 0.1]), clv=np.array([50.0, 82.0, 36.0]),
        if_churned=np.array([[0.0, np.nan], [0.1, np.nan], [0.0, np.nan]]),
    )  # fmt: skip
    assert judged(offer(), scores=HeldOut([said, said])) == judged(offer())


def test_profiles_with_churn_alone_say_so() -> None:
    said = HeldOut([ProfilePredicted(p_churn=np.array([0.5, 0.2, 0.1]))])
    found = judged(offer(), scores=said, y=Y[["churned"]])
    assert found == {"call": {"not_judged": "there is no value to lose, only churn"}}


def test_training_judges_the_offers_of_a_shop_and_tells_it(trained: Shop) -> None:
    found = trained.answer.data["churn"]["economics"]["mail"]
    assert found["n_customers"] == trained.answer.data["backtest"]["n_customers"]
    assert [row[0] for sheet in trained.answer.sheets for row in sheet.rows].count("mail") == 4
    (page,) = (trained.output / "runs").glob("*/report.html")
    assert 'id="quality-contacts"' in page.read_text()


def test_a_row_per_rule_is_shown_in_both_languages() -> None:
    metrics = with_economics(METRICS, [offer()], SCORES, Y)
    (sheet,) = economics_sheets(metrics, "USD")
    assert sheet.rows[0] == ("call", "each by own threshold", "3", "33%", "6", "6")
    best = "one threshold, best afterwards (p_churn from 0.20)"
    assert sheet.rows[1] == ("call", best, "3", "67%", "6", "11")
    texts = [sheet.title, *sheet.columns, *(row[1] for row in sheet.rows), *economics_notes(metrics, "USD")]
    assert [text for text in texts if told(text, "zh").isascii()] == []
    (page,) = contacts(metrics, words_of("zh"))
    assert page.table is not None
    assert page.table.rows[0] == ("call", "各自阈值", 3, 1 / 3, pytest.approx(6), pytest.approx(6))
