"""Odd surveys, drawn at random: each ends in tables, sheets and a page, or in one clear error."""

import json
import warnings

import numpy as np
import pandas as pd
import pytest

from goodwill.config.surveys import SurveysSection
from goodwill.errors import DataError
from goodwill.perceived.intake import Item, Survey, read_wide
from goodwill.perceived.pictures import survey_pictures
from goodwill.pipeline import survey_utility
from goodwill.pipeline.rows import as_rows
from goodwill.pipeline.survey_report import survey_report
from goodwill.pipeline.survey_sheets import survey_notes, survey_sheets
from goodwill.pipeline.survey_utility import utility_of
from goodwill.pipeline.survey_words import LANGUAGES

# Tracing lines costs whole runs two thirds more, and other tests run those lines.
pytestmark = pytest.mark.no_cover

ANSWERS = ("like", "must_be", "neutral", "live_with", "dislike")
SCALES = {"nps": (0, 10), "csat": (1, 5), "overall": (1, 7)}


def drawn(seed: int) -> Survey:
    """Return a survey of few people, with blanks, constants, tiny groups and waves, and no scale at times."""
    rng = np.random.default_rng(seed)
    n = int(rng.choice([1, 2, 6, 12, 30, 80]))
    columns: dict[str, object] = {}
    items = []
    for name in rng.choice(["quality", "service", "price", "own"], rng.integers(1, 4), replace=False):
        for place in range(rng.integers(1, 4)):
            sides = ["perception", *(side for side in ("expectation", "importance") if rng.random() < 0.7)]
            named = {side: f"{name}{place}{side}" for side in sides}
            columns |= {column: _answered(rng, n, (1, 7)) for column in named.values()}
            scale = (1.0, 7.0) if rng.random() < 0.5 else None
            items.append(Item(f"{name}{place}", str(name), scale=scale, columns=named))
    for measure, scale in SCALES.items():
        if rng.random() < 0.6:
            columns[measure] = _answered(rng, n, scale)
            items.append(Item(measure, measure=measure, scale=scale, columns={"score": measure}))
    columns |= {side: rng.choice(ANSWERS, n) for side in ("there", "gone")}
    items.append(Item("app", columns={"functional": "there", "dysfunctional": "gone"}))
    columns["who"] = rng.choice(np.array(["a", "b", "c", None], dtype=object), n, p=[0.5, 0.3, 0.1, 0.1])
    columns["year"] = rng.integers(0, 3, n).astype(float)
    columns["wave"] = rng.choice(["w1", "w2", "w3"], n, p=[0.5, 0.45, 0.05])
    columns["weight"] = rng.uniform(0.2, 3, n)
    frame = pd.DataFrame(columns)
    silent = [item.columns["perception"] for item in items if "perception" in item.columns]
    frame.loc[frame["who"] == "b", silent[: rng.integers(0, len(silent) + 1)]] = np.nan
    return read_wide(frame, items, groups=["who", "year"])


def _answered(rng: np.random.Generator, n: int, scale: tuple[int, int]) -> np.ndarray:
    spread = rng.choice([0, 1, 2])
    given = np.clip(np.rint(np.mean(scale) + spread * rng.normal(size=n)), *scale)
    return np.where(rng.random(n) < rng.choice([0, 0.1, 0.6]), np.nan, given)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("weights", ["stated", "combined"])
def test_an_odd_survey_ends_in_tables(seed: int, weights: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey_utility, "RESAMPLES", 2)
    monkeypatch.setattr(survey_utility, "REFERENCES", 1)
    survey = drawn(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        report = survey_report(survey, SurveysSection.model_validate({"weights": weights}), 0)
        for language in LANGUAGES:
            assert len(survey_sheets(report, language)) >= 1
            assert survey_notes(report, language)
        pictures = survey_pictures(report.frames, {}, "en")
    assert all("nan" not in picture for picture in pictures.values())
    for name, frame in report.frames.items():
        json.dumps(as_rows(frame), allow_nan=False)
        if name.endswith("_by_group") and "n" in frame:
            assert (frame["n"] >= 5).all()


def test_no_response_is_learned_from_fewer_than_five_scores() -> None:
    asked = [
        Item("a", "quality", columns={"score": "a"}),
        Item("nps", measure="csat", columns={"score": "y"}),
    ]
    survey = read_wide(pd.DataFrame({"a": [1, 2, 3, 4, *[None] * 40], "y": [1, 2, 3, 4] * 11}), asked)
    scores = survey.wide("score")[["a"]].rename(columns={"a": "quality"})
    with pytest.raises(DataError, match="no dimension was scored by 5 respondents"):
        utility_of(survey, scores, survey.wide("score")["nps"], 0.95, 0)


@pytest.mark.parametrize(("is_reversed", "named"), [(False, ["d"]), (True, [])])
def test_a_question_asked_the_other_way_round_is_named(*, is_reversed: bool, named: list[str]) -> None:
    rng = np.random.default_rng(0)
    felt = rng.normal(3, 1, 200)
    answers = {name: np.clip(np.rint(felt + rng.normal(0, 1, 200)), 1, 5) for name in "abcd"}
    turned = {name: is_reversed and name == "d" for name in "abcd"}
    items = [
        Item(name, "quality", scale=(1.0, 5.0), is_reversed=turned[name], columns={"score": name})
        for name in "abcd"
    ]
    survey = read_wide(pd.DataFrame(answers | {"d": 6 - answers["d"]}), items)
    notes = " ".join(survey_notes(survey_report(survey, SurveysSection(), 0), "en"))
    assert [name for name in "abcd" if f"{name} (-" in notes] == named
    assert ("Against the other questions" in notes) == bool(named)
