"""Factor scores of several questions."""

import numpy as np
import pandas as pd
import pytest

from goodwill.perceived.factor_scores import dimension_factors, factor_scores
from goodwill.perceived.intake import Item, read_wide
from goodwill.perceived.reliability import alpha_of


def measured(reliabilities: list[float], n: int = 4_000) -> tuple[np.ndarray, pd.DataFrame]:
    rng = np.random.default_rng(0)
    true, keep = rng.normal(size=n), np.array(reliabilities)
    return true, pd.DataFrame(
        np.sqrt(keep) * true[:, None] + np.sqrt(1 - keep) * rng.normal(size=(n, len(keep)))
    )


def test_two_questions_count_the_same_and_have_the_reliability_of_spearman_and_brown() -> None:
    _, answers = measured([0.6, 0.6])
    scores, reliable = factor_scores(answers, np.ones(len(answers)))
    standard = answers / answers.std()
    assert np.corrcoef(scores, standard.sum(axis=1))[0, 1] == pytest.approx(1)
    assert reliable == pytest.approx(alpha_of(np.corrcoef(answers, rowvar=False)))


def test_scores_are_as_reliable_as_said_and_more_so_than_the_mean_of_unlike_questions() -> None:
    true, answers = measured([0.9, 0.6, 0.3])
    scores, reliable = factor_scores(answers, np.ones(len(answers)))
    assert np.corrcoef(scores, true)[0, 1] ** 2 == pytest.approx(reliable, abs=0.02)
    assert reliable > np.corrcoef(answers.mean(axis=1), true)[0, 1] ** 2 + 0.1


def test_scores_are_in_units_of_what_is_measured() -> None:
    true, answers = measured([0.7, 0.7, 0.7, 0.7])
    scores, _ = factor_scores(5 + 2 * answers, np.ones(len(answers)))
    assert np.polyfit(true, scores, 1) == pytest.approx([1, 0], abs=0.04)


def test_weights_count_people() -> None:
    _, answers = measured([0.8, 0.5, 0.4], 200)
    times = np.arange(200) % 3
    twice = answers.loc[answers.index.repeat(times)]
    weighed, counted = factor_scores(answers, times.astype(float)), factor_scores(twice, np.ones(len(twice)))
    assert weighed[1] == pytest.approx(counted[1], abs=1e-6)


@pytest.mark.parametrize("columns", [["a"], ["a", "still"], ["a", "against"]])
def test_without_something_shared_the_first_column_stands(columns: list[str]) -> None:
    table = pd.DataFrame({"a": [1.0, 2, 4, 7], "still": [3.0] * 4, "against": [7.0, 6, 4, 1]})
    scores, reliable = factor_scores(table[columns], np.ones(4))
    assert scores.tolist() == [1, 2, 4, 7]
    assert np.isnan(reliable)


def test_dimensions_are_scored_one_by_one() -> None:
    rng = np.random.default_rng(1)
    answers = pd.DataFrame(rng.integers(1, 8, (30, 3)).astype(float), columns=["a", "b", "c"])
    answers["b"] = np.clip(answers["a"] + 1, 1, 7)
    asked = [
        Item(name, "one" if name != "c" else "two", scale=(1, 7), columns={"score": name}) for name in "abc"
    ]
    scores, reliable = dimension_factors(read_wide(answers, asked))
    assert scores["two"].tolist() == answers["c"].tolist()
    assert reliable.isna().to_dict() == {"one": False, "two": True}
