"""Sentiment learned from ratings."""

import numpy as np
import pytest

from goodwill.errors import DataError
from goodwill.perceived import sentiment as learning
from goodwill.perceived.sentiment import sentiment

TEXTS = ["zorp today", "blip today", "zorp again", "blip again"] * 20


def test_words_foretell_the_rating_of_the_unrated() -> None:
    scores = np.where(np.arange(80) < 70, np.tile([1.0, 5.0], 40), np.nan)
    found = sentiment(TEXTS, scores)
    assert found.is_foretold
    assert found.correlation > 0.9
    np.testing.assert_allclose(found.of_comment[70:], np.tile([-1, 1], 5), atol=0.3)


def test_of_many_ratings_a_sample_teaches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "MOST", 60)
    found = sentiment(TEXTS, np.where(np.arange(80) < 78, np.tile([1.0, 5.0], 40), np.nan))
    assert (found.n_rated, found.is_foretold) == (78, True)
    np.testing.assert_allclose(found.of_comment, np.tile([-1, 1], 40), atol=0.3)


def test_a_rating_is_its_comment_s_sentiment() -> None:
    found = sentiment(TEXTS, np.tile([1.0, 5.0], 40))
    assert found.of_comment[:2].tolist() == [-1, 1]


def test_chance_foretells_nothing() -> None:
    scores = np.where(np.arange(80) < 70, np.random.default_rng(0).normal(size=80), np.nan)
    found = sentiment(TEXTS, scores)
    assert not found.is_foretold
    assert np.isnan(found.of_comment[70:]).all()


@pytest.mark.parametrize(
    ("scores", "n_rated"), [([np.nan] * 4, 0), ([3.0, 3.0, 3.0, np.nan], 3), ([1, 5, 1, 5], 4)]
)
def test_few_or_equal_ratings_teach_nothing(scores: list[float], n_rated: int) -> None:
    found = sentiment(TEXTS[:4], scores)
    assert (found.n_rated, found.is_foretold) == (n_rated, False)
    assert np.isnan(found.correlation)


def test_the_same_words_for_all_foretell_nothing() -> None:
    found = sentiment(["zorp"] * 60, np.tile([1.0, 5.0], 30))
    assert not found.is_foretold


def test_a_score_per_text() -> None:
    with pytest.raises(DataError, match="2 texts, 1 scores"):
        sentiment(["a", "b"], [1.0])
