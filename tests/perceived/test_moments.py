"""Second moments and their resamples."""

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import DataError, FitError
from goodwill.perceived.moments import MAX_GROUPS, moments


def test_groups_of_respondents_vary_as_single_ones_do() -> None:
    rng = np.random.default_rng(2)
    X = pd.DataFrame({"a": rng.normal(size=10 * MAX_GROUPS)})
    drawn = moments(X, X["a"] ** 2, replicates=400).drawn
    # The variance of a normal variable's sample variance is 2 / n.
    assert drawn[:, 0, 0].std() == pytest.approx(np.sqrt(2 / len(X)), rel=0.15)


def test_rows_must_match() -> None:
    with pytest.raises(DataError, match="X has 3 rows, y 2 and weights 3"):
        moments(pd.DataFrame({"a": [1.0, 2.0, 3.0]}), [1.0, 2.0])


def test_a_single_respondent_is_too_few() -> None:
    with pytest.raises(FitError, match=r"1 respondents answered all of 1 columns.*at least 3"):
        moments(pd.DataFrame({"a": [1.0]}), [1.0])


def test_an_answer_that_never_varies_is_named() -> None:
    X = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": 5.0})
    with pytest.raises(FitError, match="b: everybody gave the same answer"):
        moments(X, [1.0, 2.0, 3.0, 5.0])
