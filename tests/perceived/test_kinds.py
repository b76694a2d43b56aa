"""Pains, concerns, expectations and praise."""

import numpy as np
import pytest

from goodwill.perceived.kinds import kinds_of


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The parcel was late", "pain"),
        ("Might it break?", "concern"),
        ("You should fix the slow app", "expectation"),
        ("A great shop", "praise"),
        ("Not good at all", "pain"),
        ("It was never slow", "praise"),
        ("Great but slow", "unknown"),
        ("A parcel", "unknown"),
        ("快递太慢", "pain"),
        ("担心不耐用", "concern"),
        ("希望更便宜", "expectation"),
        ("态度很好", "praise"),
        ("不满意", "pain"),
        ("", "unknown"),
        ("The app isn\u2019t good", "pain"),
        ("They weren't friendly, I can't love it", "pain"),
        ("I cannot complain", "praise"),
        ("服务不太满意，不够方便", "pain"),
        ("质量没有问题", "praise"),
        ("不是那么好用", "pain"),
        ("有没有问题", "concern"),
        ("👍👍", "praise"),
    ],
)
def test_words_tell_the_kind(text: str, kind: str) -> None:
    assert kinds_of([text])["kind"].tolist() == [kind]


def test_a_cue_is_a_whole_word() -> None:
    assert kinds_of(["Mayor Badger moved"])["kind"].tolist() == ["unknown"]


def test_words_of_the_business_are_learned_from_what_stands_beside_cues() -> None:
    taught = [f"terrible wobble {i}" for i in range(8)] + [f"great sparkle {i}" for i in range(8)]
    found = kinds_of([*taught, "wobble wobble", "sparkle sparkle"])
    assert found["kind"].tolist()[-2:] == ["pain", "praise"]
    assert found["p_kind"].iloc[-1] > 0.5


def test_ratings_tell_pain_from_praise_where_no_word_does() -> None:
    texts = [f"zorp {i}" for i in range(10)] + [f"blip {i}" for i in range(10)] + ["zorp", "blip"]
    scores = np.r_[np.full(10, 1.0), np.full(10, 5.0), np.nan, np.nan]
    assert kinds_of(texts, scores)["kind"].tolist()[-2:] == ["pain", "praise"]
    assert set(kinds_of(texts, np.full(22, 3.0))["kind"]) == {"unknown"}


def test_own_cues_replace_ours() -> None:
    assert kinds_of(["meh"], cues={"pain": ["meh"]})["kind"].tolist() == ["pain"]
