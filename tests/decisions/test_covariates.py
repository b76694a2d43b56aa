import pandas as pd

from goodwill.decisions.covariates import covariate_columns


def test_nothing_known_is_no_column() -> None:
    assert covariate_columns(pd.DataFrame(index=range(3))).shape == (3, 0)


def test_columns_that_say_the_same_stand_once() -> None:
    known = pd.DataFrame({"age": [1.0, 2.0, 4.0], "months": [12.0, 24.0, 48.0], "youth": [-1.0, -2.0, -4.0]})
    assert list(covariate_columns(known)) == ["age"]


def test_columns_have_no_gaps_and_unit_variance() -> None:
    columns = covariate_columns(pd.DataFrame({"age": [1.0, None, 4.0, 7.0], "city": list("abab")}))
    assert not columns.isna().to_numpy().any()
    assert columns.std(ddof=0).round(9).unique().tolist() == [1.0]
