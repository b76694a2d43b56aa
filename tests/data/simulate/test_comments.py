"""Comments: themes in words, in two languages, and pain from those who suffer."""

import pytest

from goodwill.data.simulate import Simulated, simulate_frames, world_from
from goodwill.data.simulate.phrases import THEMES


def speak(**extra: object) -> Simulated:
    return simulate_frames(
        customers=2_000, seed=91, world=world_from({"comments": {"per_customer": 1.0} | extra})
    )


@pytest.fixture(scope="module")
def english() -> Simulated:
    return speak()


def test_every_comment_has_its_truth_in_the_same_order(english: Simulated) -> None:
    comments, truth = english.tables["comments"], english.truth["comments"]
    assert comments["customer_id"].tolist() == truth["customer_id"].tolist()
    assert set(truth["theme"]) == {theme.name for theme in THEMES} | {"none"}


def test_words_belong_to_the_theme(english: Simulated) -> None:
    texts = english.tables["comments"]["text"][english.truth["comments"]["theme"] == "delivery"]
    assert texts.str.startswith(("The delivery", "My parcel", "The courier", "Shipping")).all()


def test_a_share_of_comments_has_no_theme(english: Simulated) -> None:
    assert (english.truth["comments"]["theme"] == "none").mean() == pytest.approx(0.15, abs=0.03)


def test_pain_comes_from_the_dissatisfied(english: Simulated) -> None:
    both = english.truth["comments"].merge(english.truth["customers"], on="customer_id")
    mood = both.groupby("kind")["satisfaction"].mean()
    assert mood["praise"] > mood["none"] > mood["pain"]


def test_comments_may_be_chinese() -> None:
    texts = speak(language="zh").tables["comments"]["text"]
    assert not texts.str.contains("[A-Za-z ]", regex=True).any()


def test_themes_have_phrases_for_every_kind_in_both_languages() -> None:
    assert {len(words.said) for theme in THEMES for words in (theme.en, theme.zh)} == {4}
