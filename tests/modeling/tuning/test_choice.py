"""The defaults stand unless something beats them clearly."""

import math

import pytest

from goodwill.modeling.tuning.choice import Tried, chosen, is_hopeless, untuned

DEFAULTS = Tried({"eta": 0.05}, loss=1.0, noise=0.0, seconds=1.0)
CUT_SHORT = Tried({"eta": 0.9}, loss=math.nan, noise=math.nan, seconds=0.5)


def tried(loss: float, noise: float) -> Tried:
    return Tried({"eta": loss}, loss, noise, seconds=1.0)


def test_a_gain_above_its_noise_is_used() -> None:
    tuned = chosen([DEFAULTS, CUT_SHORT, tried(0.98, 0.01)], n_folds=2, is_reproducible=True)
    assert tuned.parameters == {"eta": 0.98}
    assert (tuned.best_value, tuned.default_value, tuned.n_folds) == (0.98, 1.0, 2)
    assert "saves 2.00% of the defaults' loss on 2 folds (standard error 1.00%): it is used." in tuned.reason


def test_a_gain_within_its_noise_leaves_the_defaults() -> None:
    tuned = chosen([DEFAULTS, tried(0.98, 0.03)], n_folds=2, is_reproducible=False)
    assert (tuned.parameters, tuned.best_value, tuned.is_reproducible) == ({}, 1.0, False)
    assert "a gain that carries over needs 3.00%, so the defaults stand" in tuned.reason


def test_a_gain_below_one_percent_leaves_the_defaults_however_sure_it_is() -> None:
    tuned = chosen([DEFAULTS, tried(0.992, 0.001)], n_folds=2, is_reproducible=True)
    assert tuned.parameters == {}
    assert "saves 0.80%" in tuned.reason
    assert "needs 1.00%, so the defaults stand" in tuned.reason


def test_the_defaults_win_against_worse_trials() -> None:
    tuned = chosen([DEFAULTS, tried(1.2, 0.01)], n_folds=3, is_reproducible=True)
    assert tuned.parameters == {}


def test_trials_are_a_table_with_a_column_per_parameter() -> None:
    trials = chosen([DEFAULTS, CUT_SHORT], n_folds=2, is_reproducible=True).trials
    assert trials.columns.tolist() == ["number", "value", "noise", "state", "seconds", "eta"]
    assert trials["state"].tolist() == ["complete", "pruned"]
    assert trials["value"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("n_tried", "noise", "expected"), [(9, 0.05, False), (10, 0.05, True), (10, 0.01, False)]
)
def test_ten_trials_without_a_worthwhile_gain_are_hopeless(
    n_tried: int, noise: float, *, expected: bool
) -> None:
    assert is_hopeless([DEFAULTS, *[tried(0.98, noise)] * (n_tried - 1)]) is expected


def test_untuned_is_the_defaults_with_the_reason() -> None:
    tuned = untuned("Because.")
    assert (tuned.parameters, tuned.reason, len(tuned.trials), tuned.is_reproducible) == (
        {},
        "Because.",
        0,
        True,
    )
