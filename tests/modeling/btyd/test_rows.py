import numpy as np
import pandas as pd
import pytest

from goodwill.errors import TableError, UsageError
from goodwill.modeling.btyd.rows import Rows, in_chunks, read_rows, unique_rows

GOOD = {"frequency": [0, 2], "recency": [0.0, 3.0], "T": [4.0, 5.0]}


def test_columns_are_found_by_name_not_by_place() -> None:
    X = pd.DataFrame({"T": [4.0], "z": [7.0], "recency": [3.0], "frequency": [2]})
    rows = read_rows(X, t=1.5, extra=["z"])
    assert [float(part[0]) for part in (rows.x, rows.t_x, rows.T, rows.t, rows.extra[0])] == [2, 3, 4, 1.5, 7]


def test_horizon_may_differ_per_row() -> None:
    assert read_rows(pd.DataFrame(GOOD), t=np.array([1.0, 2.0])).t.tolist() == [1.0, 2.0]


def test_missing_column_is_named() -> None:
    with pytest.raises(TableError, match=r"lack \['T'\]"):
        read_rows(pd.DataFrame({"frequency": [1], "recency": [1.0]}))


@pytest.mark.parametrize("X", [pd.DataFrame(GOOD).to_numpy(), GOOD])
def test_what_is_no_frame_is_told(X: np.ndarray | dict) -> None:
    with pytest.raises(UsageError, match=r"Give a frame with the columns \['frequency', 'recency', 'T'\]"):
        read_rows(X)


@pytest.mark.parametrize("T", [pd.to_timedelta([4, 5], unit="D"), pd.to_datetime(["2024-01-04"] * 2)])
def test_times_are_no_numbers(T: pd.Index) -> None:
    with pytest.raises(TableError, match=r"T: .*64.* is no number\. Give numbers in one unit of time"):
        read_rows(pd.DataFrame(GOOD).assign(T=T))


@pytest.mark.parametrize("T", [["four", 5.0], [pd.Timedelta("4D"), 5.0], [pd.NA, 5.0]])
def test_what_is_no_number_is_counted(T: list) -> None:
    with pytest.raises(TableError, match="T: 1 of 2 values are no numbers"):
        read_rows(pd.DataFrame(GOOD).assign(T=pd.Series(T, dtype=object)))


def test_a_column_that_is_there_twice_is_named() -> None:
    X = pd.DataFrame(GOOD)
    with pytest.raises(TableError, match=r"more than one column \['T'\]"):
        read_rows(pd.concat([X, X[["T"]]], axis=1))


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("frequency", 0.5, "no count"),
        ("frequency", -1.0, "no count"),
        ("recency", 6.0, "outside 0 to T"),
        ("recency", -0.1, "outside 0 to T"),
        ("T", np.nan, "missing or infinite"),
        ("T", np.inf, "missing or infinite"),
    ],
)
def test_impossible_history_is_refused_with_its_count(column: str, value: float, reason: str) -> None:
    X = pd.DataFrame(GOOD, dtype=float)
    X.loc[1, column] = value
    with pytest.raises(TableError, match=f"1 of 2 histories have .*{reason}"):
        read_rows(X)


def test_ages_in_weeks_may_miss_each_other_by_rounding() -> None:
    # As the notes of `btyd_summary` say to compare with published values of CDNOW.
    days = np.arange(2, 400)
    X = pd.DataFrame({"frequency": 1, "recency": (days - 1) / 7, "T": days / 7 - 1 / 7})
    assert (X["recency"] > X["T"]).any()
    assert np.array_equal(read_rows(X).t_x, np.minimum(X["recency"], X["T"]))


def test_recency_without_repeat_purchase_is_refused() -> None:
    with pytest.raises(TableError, match="without a repeat purchase"):
        read_rows(pd.DataFrame({"frequency": [0], "recency": [1.0], "T": [2.0]}))


@pytest.mark.parametrize(("t", "reason"), [(np.ones(3), "shape"), (-1.0, "negative"), (np.nan, "missing")])
def test_impossible_horizon_is_refused(t: float, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        read_rows(pd.DataFrame(GOOD), t=t)


def test_after_moves_only_the_end_of_observation() -> None:
    rows = Rows(np.array([[1.0], [2.0], [3.0], [9.0]]))
    assert rows.after(4.0).table[:, 0].tolist() == [1.0, 2.0, 7.0, 9.0]
    assert rows.T.tolist() == [3.0]


@pytest.mark.parametrize("n_rows", [10, 30_000, 300_000])
def test_unique_rows_put_every_row_back(n_rows: int) -> None:
    table = np.random.default_rng(0).integers(0, 5, (4, n_rows)).astype(float)
    distinct, place = unique_rows(table) or (table, np.arange(n_rows))
    assert distinct.shape[1] <= 5**4
    assert (distinct[:, place] == table).all()


def test_rows_that_hardly_repeat_are_left_alone() -> None:
    assert unique_rows(np.random.default_rng(0).random((4, 250_000))) is None


def test_no_rows_stay_no_rows() -> None:
    distinct, place = unique_rows(np.empty((4, 0))) or (np.ones(1), np.ones(1))
    assert distinct.shape == (4, 0)
    assert place.size == 0


@pytest.mark.parametrize("n_rows", [5, 1_000])
def test_chunks_come_in_order(n_rows: int) -> None:
    parts = in_chunks(lambda part: np.arange(n_rows)[part], n_rows, chunk=10)
    assert np.concatenate(list(parts)).tolist() == list(range(n_rows))
