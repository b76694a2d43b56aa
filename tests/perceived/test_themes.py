"""Themes found in comments, beside what was planted."""

import numpy as np
import pytest

from goodwill.errors import FitError
from goodwill.perceived.themes import NO_THEME, Themes, find_themes

SUBJECTS = {"post": ("Parcel", "Courier", "Delivery"), "cost": ("Price", "Fee", "Discount")}
SAID = {
    "post": ("arrived broken", "came late", "got lost"),
    "cost": ("went up", "looks unfair", "seems high"),
}
TEXTS = [f"{who} {what}" for theme in SUBJECTS for who in SUBJECTS[theme] for what in SAID[theme]] * 3


@pytest.fixture(scope="module")
def found() -> Themes:
    return find_themes([*TEXTS, "", "42"], most=4, halves=4)


def test_the_number_and_the_members_of_themes_come_back(found: Themes) -> None:
    assert len(found.weights) == 2
    assert len(set(found.of_comment[:9])) == len(set(found.of_comment[9:18])) == 1
    assert found.stability["k"].tolist() == [2, 3, 4]


def test_what_says_nothing_has_no_theme(found: Themes) -> None:
    assert found.of_comment[-2:].tolist() == [NO_THEME, NO_THEME]
    assert found.strength[-2:].tolist() == [0, 0]


def test_same_seed_same_themes(found: Themes) -> None:
    again = find_themes([*TEXTS, "", "42"], most=4, halves=4)
    np.testing.assert_array_equal(again.of_comment, found.of_comment)


def test_the_number_may_be_given() -> None:
    given = find_themes(TEXTS, k=2)
    assert len(given.weights) == 2
    assert given.stability.empty


@pytest.mark.parametrize("texts", [[], ["Nothing alike", "here today"], ["Late parcel"] * 19])
def test_too_few_comments_are_refused(texts: list[str]) -> None:
    with pytest.raises(FitError, match=r"comments share a word with another; themes need 20"):
        find_themes(texts)


def test_a_theme_that_nobody_speaks_of_is_none() -> None:
    found = find_themes(["Late parcel"] * 12 + ["High price"] * 12, k=4)
    assert sorted(np.unique(found.of_comment, return_counts=True)[1].tolist()) == [12, 12]
    assert len(found.weights) == len(found.words) == 2


def test_comments_that_all_say_the_same_have_no_themes() -> None:
    with pytest.raises(FitError, match="words in common; themes need 3"):
        find_themes([f"slow delivery {number}" for number in range(60)])


def test_a_theme_is_named_by_what_its_comments_say() -> None:
    said = ["Parcel late", "Parcel lost"] * 10 + ["Fees", "Fees high"] * 10
    found = find_themes(said, k=2)
    assert sorted(sorted(words) for words in found.words) == [["fees", "high"], ["late", "lost", "parcel"]]
