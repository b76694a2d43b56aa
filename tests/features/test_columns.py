"""Columns as plain arrays: they answer as the frame they came from does."""

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import TableError, UsageError
from goodwill.features.columns import Columns, as_frame, block_of, numbers

FRAME = pd.DataFrame({"n": [1, 2, 3], "channel": ["web", None, "shop"]}, index=[7, 5, 9])


def test_columns_hold_what_the_frame_held() -> None:
    X = Columns.of(FRAME)
    assert (len(X), "n" in X, "spend" in X) == (3, True, False)
    assert X["n"].tolist() == [1, 2, 3]
    assert Columns.of(X).arrays is X.arrays


@pytest.mark.parametrize("rows", [slice(1, 3), np.array([False, True, True])])
def test_a_part_is_those_rows(rows: slice | np.ndarray) -> None:
    part = Columns.of(FRAME).part(rows)
    assert (len(part), part["n"].tolist()) == (2, [2, 3])


@pytest.mark.parametrize("dtype", ["Int64", "Float64", "boolean", object])
def test_missing_numbers_are_nan_whatever_the_type(dtype: str) -> None:
    X = pd.DataFrame({"n": pd.array([1, None], dtype=dtype)})
    for table in (X, Columns.of(X)):
        np.testing.assert_array_equal(numbers(table, "n"), [1.0, np.nan])


@pytest.mark.parametrize("cells", [["many", 1, "2"], [pd.Timestamp("2024-01-01"), 1.0, 2.0]])
def test_a_column_of_words_is_named(cells: list[object]) -> None:
    X = pd.DataFrame({"n_orders": pd.Series(cells, dtype=object)})
    for table in (X, Columns.of(X)):
        with pytest.raises(TableError, match="n_orders: 1 of 3 values are no numbers, but text or times"):
            numbers(table, "n_orders")


@pytest.mark.parametrize("X", [None, FRAME.to_numpy(), FRAME.to_dict("list"), FRAME["n"]])
def test_columns_are_those_of_a_frame(X: object) -> None:
    with pytest.raises(UsageError, match=rf"X is a {type(X).__name__}\. Give a frame"):
        Columns.of(X)


def test_a_column_that_is_there_twice_is_refused() -> None:
    with pytest.raises(TableError, match=r"more than one column \['n'\]"):
        Columns.of(pd.concat([FRAME, FRAME[["n"]]], axis=1))


def test_an_absent_column_is_unknown() -> None:
    assert np.isnan(numbers(FRAME, "spend")).all()
    assert Columns.of(FRAME).get("spend", np.zeros(3)).tolist() == [0, 0, 0]


def test_a_column_can_be_put_in_place_of_another() -> None:
    X = Columns.of(FRAME)
    assert X.having({"n": np.zeros(3)})["n"].tolist() == [0, 0, 0]
    assert X["n"].tolist() == [1, 2, 3]


def test_columns_become_a_frame_again() -> None:
    expected = FRAME.reset_index(drop=True)
    pd.testing.assert_frame_equal(as_frame(Columns.of(FRAME)), expected, check_dtype=False)
    assert as_frame(FRAME) is FRAME
    assert block_of(FRAME, slice(0, 1))["n"].tolist() == [1]


def test_a_frame_of_columns_is_its_owner_s_to_write_in() -> None:
    X = pd.DataFrame({"as_of": pd.to_datetime(["2024-01-01", "2024-02-01"]), "spend": [1.0, 2.0]})
    frame = Columns.of(X).frame()
    frame.loc[0, ["as_of", "spend"]] = [pd.Timestamp("2025-01-01"), 9.0]
    assert frame["spend"].tolist() == [9.0, 2.0]
    assert X["spend"].tolist() == [1.0, 2.0]
    assert X["as_of"].dt.year.tolist() == [2024, 2024]
