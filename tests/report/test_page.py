"""The page as text: whole, escaped, told in the reader's language, silent about customers."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from goodwill.report import Material, report_page
from goodwill.report.page import inert_json

MEGABYTE = 1_000_000


def headings(page: str) -> list[str]:
    return re.findall(r"<h2[^>]*>(.*?)</h2>", page)


def test_the_page_asks_nothing_of_a_network(pages: dict[str, Path]) -> None:
    page = pages["en"].read_text(encoding="utf-8")
    assert re.findall(r'(?:src|href)="(?!#)[^"]*"', page.split("<script")[0]) == []
    assert "default-src &#39;none&#39;" in page or "default-src 'none'" in page


def test_the_page_is_small_enough_to_mail(pages: dict[str, Path]) -> None:
    assert pages["en"].stat().st_size < 8 * MEGABYTE


def test_chapters_stand_in_the_order_of_the_story(pages: dict[str, Path]) -> None:
    assert headings(pages["en"].read_text(encoding="utf-8")) == [
        "What the base is worth", "Value classes", "Segments", "Who moved", "Cohorts and history",
        "Branches, owners and other groups", "How good the predictions are", "What drives it",
        "Perceived value", "What to do, and what it returned",
        "Data and assumptions", "Where this comes from",
    ]  # fmt: skip


def test_chinese_readers_find_no_english_sentence(pages: dict[str, Path]) -> None:
    page = pages["zh"].read_text(encoding="utf-8")
    titles = re.findall(r"<h[23][^>]*>(.*?)</h[23]>", page)
    assert [title for title in titles if not re.search("[\u4e00-\u9fff]", title)] == []


def test_no_customer_is_named(pages: dict[str, Path]) -> None:
    assert all("id-1" not in path.read_text(encoding="utf-8") for path in pages.values())


def test_customers_are_named_where_the_config_allows_it(material: Material) -> None:
    assert "id-1" in report_page(replace(material, identifiers=True)).split("<main")[1]


def test_without_scores_the_page_says_what_would_bring_them() -> None:
    page = report_page(Material("shop"))
    assert "run goodwill score" in page
    assert "run goodwill train" in page
    assert len(page) < MEGABYTE / 10


def test_a_ready_made_table_has_no_day_and_no_value() -> None:
    scores = pd.DataFrame({"customer_id": ["a"], "as_of": [pd.NaT], "p_churn": [0.4], "segment": ["x"]})
    page = report_page(Material("telco", scores=scores))
    assert "without a time axis" in page
    assert "Lorenz" not in page


def test_json_in_a_page_ends_no_script() -> None:
    text = inert_json({"name": "</script><script>alert(1)</script>\u2028"})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"name": "</script><script>alert(1)</script>\u2028"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_empty_base_makes_a_page(language: str) -> None:
    scores = pd.DataFrame({"customer_id": [], "status": [], "clv": [], "p_churn": [], "segment": []})
    assert "<html" in report_page(Material("shop", language=language, scores=scores))
