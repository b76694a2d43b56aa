"""How much value respondents report, from one question or several."""

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.perceived.intake import Item, Survey, read_wide
from goodwill.perceived.reported_value import reported_value

MEASURES = {"happy": "csat", "tell": "nps", "again": "repurchase", "worth": "overall", "ease": "effort"}


def asked(answers: pd.DataFrame) -> Survey:
    items = [
        Item(name, scale=(0, 10), measure=MEASURES.get(name), columns={"score": name}) for name in answers
    ]
    return read_wide(answers, items)


def followers(n: int = 2_000) -> tuple[np.ndarray, pd.DataFrame]:
    rng = np.random.default_rng(0)
    value = rng.normal(size=n)
    noise = rng.normal(size=(n, 3)) * [0.4, 0.8, 1.6]
    answers = np.clip(np.rint(5 + 1.2 * (value[:, None] + noise)), 0, 10)
    return value, pd.DataFrame(answers, columns=["happy", "tell", "again"])


def test_the_question_of_overall_value_stands_alone() -> None:
    _, answers = followers(50)
    worth = pd.Series(np.arange(50) % 11, dtype=float)
    found = reported_value(asked(answers.assign(worth=worth)))
    assert found.tolist() == (10 * worth).tolist()


def test_what_several_questions_share_is_closer_to_the_truth_than_each_and_than_their_mean() -> None:
    value, answers = followers()
    found = np.corrcoef(reported_value(asked(answers)), value)[0, 1]
    others = [np.corrcoef(column, value)[0, 1] for column in (*answers.to_numpy().T, answers.mean(axis=1))]
    assert found > max(others)


def test_who_skipped_a_question_is_scored_by_the_others() -> None:
    _, answers = followers(200)
    answers.loc[0] = [9, np.nan, np.nan]
    answers.loc[1] = np.nan
    found = reported_value(asked(answers)).to_numpy()
    assert found[0] > np.nanmean(found)
    assert np.isnan(found[1])


@pytest.mark.parametrize("again", [[5.0] * 6, [9.0, 7.0, 6.0, 4.0, 2.0, 1.0]])
def test_questions_that_share_nothing_leave_the_first(again: list[float]) -> None:
    happy = [1.0, 2.0, 4.0, 6.0, 7.0, 9.0]
    found = reported_value(asked(pd.DataFrame({"happy": happy, "again": again})))
    np.testing.assert_allclose(found, [10 * answer for answer in happy])


def test_any_outcome_is_better_than_none() -> None:
    found = reported_value(asked(pd.DataFrame({"ease": [1.0, 3.0], "colour": [1.0, 2.0]})))
    assert found.tolist() == [10.0, 30.0]
    with pytest.raises(UsageError, match="no item has a `measure`"):
        reported_value(asked(pd.DataFrame({"colour": [1.0, 2.0]})))
