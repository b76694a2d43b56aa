import json

import numpy as np
import pandas as pd
import pytest

from goodwill.modeling.profiles.columns import ProfileColumns


def design_of(column: list[object] | pd.Series) -> pd.DataFrame:
    X = pd.DataFrame({"a": column})
    return ProfileColumns.fit(X).design(X)


def test_text_that_reads_as_numbers_is_a_number_and_blanks_are_missing() -> None:
    design = design_of(["29.85", " ", "N/A", " 108.15 "] + ["7"] * 20)
    assert design.columns.tolist() == ["a"]
    assert design["a"].isna().tolist()[:4] == [False, True, True, False]
    assert design["a"].iloc[[0, 3]].tolist() == [29.85, 108.15]


def test_text_with_more_than_a_few_odd_cells_is_a_category() -> None:
    assert design_of(["1", "1", "2", "x"] * 5).columns.tolist() == ["a=1", "a=2", "a=x", "a=other"]


def test_codes_with_leading_zeros_are_categories() -> None:
    assert design_of(["007", "015"] * 5).columns.tolist() == ["a=007", "a=015", "a=other"]


@pytest.mark.parametrize("values", [[True, False], [1, 0], ["1", "0"], pd.array([True, False], "boolean")])
def test_yes_and_no_are_one_and_zero_however_they_are_kept(values: list[object]) -> None:
    assert design_of(pd.Series(values))["a"].tolist() == [1.0, 0.0]


def test_mixed_cells_are_read_as_text() -> None:
    design = design_of([True, 2.0, 2.5, "x "] * 5)
    assert design.columns.tolist() == ["a=1", "a=2", "a=2.5", "a=x", "a=other"]


def test_booleans_with_gaps_are_numbers() -> None:
    assert design_of([True, None, False, True])["a"].isna().tolist() == [False, True, False, False]


def test_times_are_days() -> None:
    days = pd.to_datetime(["2024-05-01", "2024-05-03", None])
    assert np.diff(design_of(pd.Series(days))["a"])[0] == 2.0
    zoned = pd.Series(days).dt.tz_localize("Europe/Paris")
    assert np.diff(design_of(zoned)["a"])[0] == 2.0
    assert design_of(pd.Series(days) - days[0])["a"].tolist()[:2] == [0.0, 2.0]


def test_infinite_numbers_are_missing_and_huge_ones_fit_single_precision() -> None:
    design = design_of([np.inf, 1e300, 1.0])
    assert design["a"].isna().tolist() == [True, False, False]
    assert np.isfinite(design["a"].astype(np.float32).iloc[1])


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ([None] * 4, "every value is missing"),
        ([""] * 4, "every value is missing"),
        ([np.inf] * 4, "every value is missing"),
        ([3.0] * 4, "every value is the same"),
        (["x"] * 4, "every value is the same"),
        (["w", "x", "y", "z"], "every value is different"),
        ([f"name {i // 2}" for i in range(400)], "no value is shared by 1% of customers"),
    ],
)
def test_useless_columns_are_left_out_with_the_reason(values: list[object], reason: str) -> None:
    columns = ProfileColumns.fit(pd.DataFrame({"a": values, "customer_id": range(len(values))}))
    assert dict(columns.left_out) == {"a": reason}


def test_a_number_that_is_only_sometimes_known_is_a_feature() -> None:
    assert design_of([3.0, None, 3.0])["a"].isna().tolist() == [False, True, False]


def test_unseen_levels_are_other_and_counted() -> None:
    columns = ProfileColumns.fit(pd.DataFrame({"plan": ["basic", "gold"] * 5}))
    fresh = pd.DataFrame({"plan": ["gold", "silver", None, "tin"]})
    assert columns.design(fresh)["plan=other"].tolist() == [0.0, 1.0, 0.0, 1.0]
    assert columns.unseen(fresh) == {"plan": 2}


def test_columns_named_like_keys_or_with_odd_signs_are_features() -> None:
    X = pd.DataFrame({"status": ["a", "b"], "x[1]": [1, 2], "x(1)": [2, 1], 7: [5, 6]})
    design = ProfileColumns.fit(X).design(X)
    assert design.columns.tolist() == ["x(1)", "x(1)'", "7", "status=a", "status=b", "status=other"]


def test_a_number_that_was_never_missing_is_taken_for_the_usual_one() -> None:
    columns = ProfileColumns.fit(pd.DataFrame({"n": [1, 2, 9]}))
    assert columns.design(pd.DataFrame({"n": [np.nan, 5.0]}))["n"].tolist() == [2.0, 5.0]
    assert ProfileColumns.from_dict(columns.to_dict()) == columns


def test_absent_columns_count_as_missing() -> None:
    X = pd.DataFrame({"n": [1, np.nan, 2], "plan": ["a", "b", "b"]})
    design = ProfileColumns.fit(X).design(pd.DataFrame({"customer_id": ["c"]}))
    assert design["n"].isna().all()
    assert design[["plan=a", "plan=b", "plan=other"]].to_numpy().sum() == 0


def test_what_is_stored_reads_the_same_columns() -> None:
    X = pd.DataFrame({"n": [1.0, 2.0], "plan": ["a", "b"], "void": [None, None]})
    columns = ProfileColumns.fit(X)
    again = ProfileColumns.from_dict(json.loads(json.dumps(columns.to_dict())))
    pd.testing.assert_frame_equal(again.design(X), columns.design(X))
    assert again.left_out == columns.left_out
