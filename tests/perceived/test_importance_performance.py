import numpy as np
import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.perceived.importance_performance import importance_performance
from goodwill.perceived.intake import Item, Survey, read_wide

MEANS = {"a": (6.0, 2.0), "b": (6.0, 6.0), "c": (2.0, 2.0), "d": (2.0, 6.0)}


def survey_of(n: int = 200, sd: float = 1.0) -> Survey:
    rng = np.random.default_rng(0)
    columns, asked = {}, []
    for item, means in MEANS.items():
        asked.append(Item(item, columns={"importance": f"{item}1", "performance": f"{item}2"}))
        columns |= {f"{item}{place}": mean + sd * rng.normal(size=n) for place, mean in enumerate(means, 1)}
    return read_wide(pd.DataFrame(columns), asked)


def test_four_corners_are_four_quadrants() -> None:
    table = importance_performance(survey_of())
    assert table["quadrant"].tolist() == ["concentrate_here", "keep_up", "low_priority", "possible_overkill"]
    assert (table["certainty"] == 1).all()
    assert table["importance_cut"].tolist() == pytest.approx([table["importance"].mean()] * 4)


def test_few_noisy_answers_leave_doubt() -> None:
    assert importance_performance(survey_of(n=8, sd=6.0))["certainty"].min() < 0.9


def test_derived_importance_takes_the_place_of_the_stated() -> None:
    derived = pd.Series({"a": 0.1, "b": 0.1, "c": 0.4, "d": 0.4, "unknown": 0.3})
    table = importance_performance(survey_of(), derived)
    assert table["quadrant"].tolist() == ["low_priority", "possible_overkill", "concentrate_here", "keep_up"]
    assert table["importance_low"].isna().all()
    assert (table["certainty"] == 1).all()


def test_a_cost_that_is_felt_to_be_high_is_badly_done() -> None:
    answers = pd.DataFrame({"i": [5, 5], "price": [7, 6], "quality": [5, 4]})
    columns = {name: {"importance": "i", "perception": name} for name in ("price", "quality")}
    asked = [Item(name, name, scale=(1, 7), columns=own) for name, own in columns.items()]
    table = importance_performance(read_wide(answers, asked))
    assert table["performance"].to_dict() == {"price": 1.5, "quality": 4.5}


def test_a_cost_without_a_scale_is_turned_between_its_answers() -> None:
    answers = pd.DataFrame({"i": [2, 6], "price": [6, 6], "quality": [5, 4]})
    columns = {name: {"importance": "i", "perception": name} for name in ("price", "quality")}
    asked = [Item(name, name, columns=own) for name, own in columns.items()]
    table = importance_performance(read_wide(answers, asked))
    assert table["performance"].to_dict() == {"price": 2.0, "quality": 4.5}


def test_without_importance_there_is_no_map() -> None:
    survey = read_wide(pd.DataFrame({"x": [1, 2]}), [Item("x", columns={"performance": "x"})])
    with pytest.raises(UsageError, match="no item has both importance and performance"):
        importance_performance(survey)


def test_one_respondent_leaves_every_doubt() -> None:
    survey = survey_of()
    alone = survey.among(np.arange(len(survey.respondents)) == 0)
    assert importance_performance(alone)["certainty"].isna().all()


def test_an_item_that_was_only_scored_stands_beside_one_whose_performance_was_asked() -> None:
    answers = pd.DataFrame({"i": [5, 5], "price": [7, 6], "quality": [5, 4]})
    sides = {"price": "score", "quality": "performance"}
    columns = {name: {"importance": "i", side: name} for name, side in sides.items()}
    asked = [Item(name, name, scale=(1, 7), columns=own) for name, own in columns.items()]
    table = importance_performance(read_wide(answers, asked))
    assert table["performance"].to_dict() == {"price": 1.5, "quality": 4.5}


def test_items_on_different_scales_are_compared_by_their_place_on_them() -> None:
    ends = {"a": (1, 5), "b": (1, 5), "c": (1, 10)}
    asked = [
        Item(
            name,
            scale=scale,
            importance_scale=(1, 5),
            columns={"importance": name, "performance": f"{name}!"},
        )
        for name, scale in ends.items()
    ]
    frame = pd.DataFrame({"a": [2, 3], "a!": [5, 4], "b": [2, 2], "b!": [4, 5], "c": [5, 4], "c!": [5, 6]})
    table = importance_performance(read_wide(frame, asked))
    assert table["quadrant"].to_dict() == {
        "a": "possible_overkill", "b": "possible_overkill", "c": "concentrate_here",
    }  # fmt: skip
    assert table["performance"].tolist() == [87.5, 87.5, 50.0]
