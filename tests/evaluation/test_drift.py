"""Drift: what moved, what chance alone moves, and what a profile keeps."""

import json

import numpy as np
import pandas as pd
import pytest

from goodwill.evaluation.drift import Profile, drift


def normal(n: int, columns: int, seed: int, shift: float = 0.0) -> pd.DataFrame:
    values = np.random.default_rng(seed).normal(shift, 1, (n, columns))
    return pd.DataFrame(values, columns=[f"x{i}" for i in range(columns)])


def test_the_index_of_two_bins_by_hand() -> None:
    profile = Profile.fit(pd.DataFrame({"plan": ["a"] * 5_000 + ["b"] * 5_000}))
    found = drift(profile, pd.DataFrame({"plan": ["a"] * 8_000 + ["b"] * 2_000})).iloc[0]
    by_hand = 0.3 * np.log(0.8 / 0.5) - 0.3 * np.log(0.2 / 0.5)
    assert found["psi"] == pytest.approx(by_hand, abs=0.01)
    assert found["distance"] == pytest.approx(0.3)


@pytest.mark.parametrize("sizes", [(60, 40), (500, 400), (5_000, 300)])
def test_chance_alone_is_no_drift_in_samples_of_any_size(sizes: tuple[int, int]) -> None:
    found = drift(Profile.fit(normal(sizes[0], 200, 0)), normal(sizes[1], 200, 1))
    assert found["is_drifted"].mean() <= 0.01


def test_chance_alone_is_no_drift_where_few_have_a_value() -> None:
    then, now = (normal(50, 200, seed).reindex(range(2_500)) for seed in (0, 1))
    found = drift(Profile.fit(then), now)
    assert found["is_drifted"].mean() <= 0.01


def test_a_shift_is_drift_and_comes_first() -> None:
    then = normal(2_000, 3, 0)
    found = drift(Profile.fit(then), normal(2_000, 3, 1).assign(x1=lambda X: X["x1"] + 1))
    assert found["column"].iloc[0] == "x1"
    assert found["is_drifted"].tolist() == [True, False, False]


def test_new_levels_are_drift() -> None:
    profile = Profile.fit(pd.DataFrame({"plan": ["a", "b"] * 500}))
    found = drift(profile, pd.DataFrame({"plan": ["c"] * 800 + ["a"] * 200}))
    assert found["is_drifted"].item()
    assert found["distance"].item() == pytest.approx(0.8)


def test_missing_values_are_told_apart_from_drift() -> None:
    then = normal(1_000, 1, 0)
    found = drift(Profile.fit(then), then.where(np.arange(1_000)[:, None] % 5 > 0)).iloc[0]
    assert found["is_missing_more"]
    assert not found["is_drifted"]


def test_a_column_that_is_gone_is_missing() -> None:
    found = drift(Profile.fit(normal(100, 2, 0)), normal(100, 1, 1)).set_index("column")
    assert found.loc["x1", "missing_share"] == 1.0
    assert found.loc["x1", "is_missing_more"]


def test_a_column_that_never_held_a_value_has_no_profile() -> None:
    assert list(Profile.fit(pd.DataFrame({"a": [1.0], "b": [None]})).columns) == ["a"]


def test_nobody_to_compare_moves_nothing() -> None:
    found = drift(Profile.fit(normal(100, 1, 0)), normal(0, 1, 1))
    assert not found["is_missing_more"].item()


def test_a_stored_profile_finds_the_same() -> None:
    then = normal(300, 2, 0).assign(plan=["a", "b", None] * 100)
    profile = Profile.fit(then, n_customers=150)
    again = Profile.from_dict(json.loads(json.dumps(profile.to_dict())))
    assert again == profile
    pd.testing.assert_frame_equal(drift(again, then), drift(profile, then))
