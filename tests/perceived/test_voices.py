"""Comments as evidence."""

import pandas as pd
import pytest
from scipy import stats

from goodwill.errors import TableError
from goodwill.perceived.voices import Voices, voices

SAID = {
    "service": ("Parcel", "Courier", "Delivery"),
    "economic": ("Price", "Fee", "Discount"),
}
HOW = {"service": ("was late", "came broken", "got lost"), "economic": ("is fair", "is great", "went down")}
ROWS = [
    {"text": f"{what} {how}", "score": 2.0 if theme == "service" else 4.5}
    for theme, subjects in SAID.items()
    for what in subjects
    for how in HOW[theme]
]


@pytest.fixture(scope="module")
def heard() -> Voices:
    rows = [*ROWS * 4, *ROWS[:9], {"text": "", "score": None}]
    return voices(pd.DataFrame(rows), k=2)


def test_themes_have_their_dimension_share_and_kind(heard: Voices) -> None:
    themes = heard.themes
    assert themes["dimension"].tolist() == ["service", "economic"]
    assert themes["n_comments"].tolist() == [45, 36]
    assert themes["share"].tolist() == [45 / 82, 36 / 82]
    assert themes["share"].between(themes["low"], themes["high"]).all()
    assert themes["pain_share"].iloc[0] > 0.6
    assert themes["praise_share"].iloc[1] > 0.6


def test_sentiment_follows_the_ratings(heard: Voices) -> None:
    assert heard.themes["sentiment"].iloc[0] < -0.5 < 0.5 < heard.themes["sentiment"].iloc[1]


def test_every_comment_is_told_apart(heard: Voices) -> None:
    last = heard.comments.iloc[-1]
    assert len(heard.comments) == 82
    assert last[["theme", "dimension"]].isna().all()
    assert last["kind"] == "unknown"


def test_typical_comments_are_different_ones(heard: Voices) -> None:
    assert heard.typical.groupby("theme").size().tolist() == [3, 3]
    assert heard.typical["text"].is_unique


def test_without_ratings_or_known_words_there_is_neither_sentiment_nor_dimension() -> None:
    heard = voices(pd.DataFrame(ROWS * 2)[["text"]], k=2, dimension_words={"risk": ["safe"]})
    assert heard.themes[["sentiment", "dimension"]].isna().all().all()


def test_words_without_spaces_point_by_what_they_hold() -> None:
    texts = [f"{what}{how}" for what in ("快递", "配送") for how in ("晚到", "丢失", "破损")] * 4
    assert set(voices(pd.DataFrame({"text": texts}), k=1).themes["dimension"]) == {"service"}


def test_text_is_wanted() -> None:
    with pytest.raises(TableError, match="comments has no column text; it has comment"):
        voices(pd.DataFrame({"comment": ["x"]}))


def test_the_sentiment_of_a_theme_has_a_student_interval() -> None:
    scores = [2.0, 3.0, 1.0, 2.0, 2.5, 1.5, 4.0, 2.0, 3.0, 4.5, 5.0, 3.5, 4.0, 4.0, 5.0, 3.0, 4.5, 2.0]
    told = voices(pd.DataFrame(ROWS * 2).assign(score=[*scores, *[None] * 18]), k=2)
    for theme in told.themes.to_dict("records"):
        own = told.comments.loc[told.comments["theme"] == theme["theme"], "sentiment"].dropna()
        known = stats.ttest_1samp(own, 0).confidence_interval()
        assert [theme["sentiment_low"], theme["sentiment_high"]] == pytest.approx([known.low, known.high])
