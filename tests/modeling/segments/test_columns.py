import numpy as np
import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.modeling.segments.columns import LevelColumn, encode, fit_columns


def test_skewed_money_is_logged_and_plain_numbers_are_not() -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"money": rng.lognormal(4, 1.5, 500), "age": rng.normal(50, 10, 500)})
    money, age = fit_columns(X, ["money", "age"])
    assert money.unit > 0 == age.unit


def test_missing_days_are_the_longest_and_other_gaps_the_median() -> None:
    X = pd.DataFrame({"days_since_visit": [1.0, 2, 3, 4, np.nan], "size": [10.0, 20, 21, 30, np.nan]})
    encoded = encode(fit_columns(X, list(X)), X)
    assert encoded[4, 0] == encoded[3, 0]
    assert encoded[4, 1] == pytest.approx(np.median(encoded[:4, 1]), abs=0.1)


def test_tails_are_cut() -> None:
    X = pd.DataFrame({"age": [*np.linspace(20, 60, 999), 1e9]})
    assert encode(fit_columns(X, ["age"]), X).max() < 2


def test_a_yes_or_no_is_one_column_and_says_yes() -> None:
    X = pd.DataFrame(
        {"Partner": ["Yes", "No"] * 5, "Senior": [0, 1] * 4 + [1, 1], "is_new": [True, False] * 5}
    )
    labels = [label for column in fit_columns(X, list(X)) for label in column.labels]
    assert labels == ["Partner = Yes", "Senior = 1"]


def test_copies_of_a_column_are_left_out_and_levels_too() -> None:
    X = pd.DataFrame(
        {"net": ["no", "dsl", "fibre"] * 10, "tv": ["no net", "yes", "no"] * 5 + ["no net", "no", "yes"] * 5}
    )
    net, tv = fit_columns(X, ["net", "tv"])
    assert isinstance(tv, LevelColumn)
    assert "no net" not in tv.levels
    assert net.labels == ["net = dsl", "net = fibre", "net = no"]


def test_rare_levels_share_zero() -> None:
    X = pd.DataFrame({"city": ["a"] * 50 + ["b"] * 40 + ["c"] * 29 + ["d"]})
    (city,) = fit_columns(X, ["city"])
    assert city.labels == ["city = a", "city = b", "city = c"]
    assert len(np.unique(encode([city], X)[-1])) == 3


def test_keys_constants_and_empty_columns_are_left_out() -> None:
    X = pd.DataFrame(
        {"key": ["a", "b", "c", "d"], "one": 1.0, "none": [None] * 4, "nan": np.nan, "inf": np.inf}
    )
    assert fit_columns(X, list(X)) == []


def test_nullable_numbers_are_read() -> None:
    X = pd.DataFrame({"n": pd.array([1, 2, None, 4, 7], dtype="Int64")})
    assert np.isfinite(encode(fit_columns(X, ["n"]), X)).all()


def test_signed_money_is_tamed_on_both_sides() -> None:
    X = pd.DataFrame({"net": [-1e6, -10.0, 0, 10, 20, 30, 1e6, 1e5, 50, -20]})
    encoded = encode(fit_columns(X, ["net"]), X)[:, 0]
    assert (np.argsort(encoded, kind="stable") == np.argsort(X["net"], kind="stable")).all()


def test_numbers_whose_squares_overflow_are_comparable() -> None:
    X = pd.DataFrame({"huge": np.where(np.arange(40) % 2, 1e38, -1e308)})
    np.testing.assert_allclose(np.abs(encode(fit_columns(X, ["huge"]), X)), 1.0)


def test_asked_columns_must_be_there() -> None:
    with pytest.raises(UsageError, match=r"Columns \['age'\] are missing"):
        fit_columns(pd.DataFrame({"x": [1]}), ["age"])


@pytest.mark.parametrize("taught", ["bool", "int64", "float64"])
@pytest.mark.parametrize("sent", ["bool", "int8", "float64", "boolean", "Int64", "object"])
def test_a_flag_is_the_same_however_it_is_typed(taught: str, sent: str) -> None:
    flag = pd.Series([True, False, False, True, False])
    columns = fit_columns(pd.DataFrame({"flag": flag.astype(taught)}), ["flag"])
    told = encode(columns, pd.DataFrame({"flag": flag}))
    assert np.ptp(told) > 0
    assert np.array_equal(encode(columns, pd.DataFrame({"flag": flag.astype(sent)})), told)


def test_texts_that_look_like_flags_stay_apart() -> None:
    codes = pd.DataFrame({"code": ["1", "1.0", "True", "x"] * 5})
    assert len(np.unique(encode(fit_columns(codes, ["code"]), codes), axis=0)) == 4
