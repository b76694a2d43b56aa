"""Findings in the terms of the reader's trade."""

import re

import numpy as np
import pytest

from goodwill.evaluation.assumptions import frequency_spend, one_time_buyers
from goodwill.report import Material
from goodwill.report.chapters import trust
from goodwill.report.terms import in_own_terms
from goodwill.report.words import words_of

COUNTS = np.array([1, 2, 3, 5, 8, 13, 21] * 30)
TOLD = [
    one_time_buyers([1, 1, 1, 2]).text,
    one_time_buyers([1, 1]).text,
    one_time_buyers([]).text,
    frequency_spend(COUNTS, COUNTS * 2.0).text,
    "Orders per buying customer and month: +3% a year.",
    "35% of the one-time buyers are put above the repeaters of the same recency, as expected.",
    "Among customers with as many orders, rank correlation of spend per order with predicted value 0.28.",
    "The longest run without any order is 9 days, after 2024-05-01.",
]
SHOPS = {
    "en": r"\b(?:orders?|buy(?!-till)\w*|bought|purchas\w*|repeaters)\b",
    "zh": "订单|购买|买家|下单|回头客|复购",
}


@pytest.mark.parametrize("language", SHOPS)
@pytest.mark.parametrize("text", TOLD)
def test_a_bank_reads_of_transactions(text: str, language: str) -> None:
    said = in_own_terms(text, words_of(language, industry="bank"))
    assert not re.search(SHOPS[language], said, re.IGNORECASE), said


def test_the_findings_of_a_banks_page_are_in_its_terms() -> None:
    finding = {"name": "one_time_buyers", "level": "ok", "value": 0.5, "text": TOLD[0]}
    material = Material("bank", findings={"check": {"findings": [finding]}}, industry="bank")
    (exhibit,) = trust.exhibits(material, words_of("en", industry="bank"))
    assert "of 4 customers transacted on one day only" in str(exhibit.table)
