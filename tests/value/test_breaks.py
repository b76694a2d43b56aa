from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from goodwill.value import breaks
from goodwill.value.breaks import natural_breaks


def squares(values: np.ndarray, limits: list[float]) -> float:
    level = np.searchsorted(limits, values, side="right")
    return sum(float(((part := values[level == i]) - part.mean()).sum() ** 2 + part.var() * len(part))
               for i in np.unique(level))  # fmt: skip


def test_gaps_are_found() -> None:
    assert natural_breaks(np.array([3.0, 1.0, 2.0, 50.0, 52.0, 9.0, 10.0]), 2) == [9.0, 50.0]


@given(st.lists(st.integers(0, 60), min_size=6, max_size=14).filter(lambda v: len(set(v)) > 3))
def test_no_other_limits_leave_less_within(values: list[int]) -> None:
    numbers = np.array(values, dtype=float)
    found = squares(numbers, natural_breaks(numbers, 2))
    rivals = combinations(sorted(set(numbers))[1:], 2)
    assert found <= min(squares(numbers, list(limits)) for limits in rivals) + 1e-6


def test_ties_stay_together_however_many() -> None:
    assert natural_breaks(np.repeat([1.0, 2.0, 3.0], [800, 5, 1]), 2) == [2.0, 3.0]


@pytest.mark.parametrize("most_moves", [1, 50])
def test_moved_limits_rise_at_rest_or_not(monkeypatch: pytest.MonkeyPatch, most_moves: int) -> None:
    monkeypatch.setattr(breaks, "_MOST_MOVES", most_moves)
    values = np.random.default_rng(1).lognormal(0, 2, 3_000)
    limits = natural_breaks(values, 3)
    assert limits == sorted(set(limits))


def test_many_values_are_gathered_first() -> None:
    rng = np.random.default_rng(0)
    values = np.concatenate([rng.normal(center, 1, 4_000) for center in (0, 20, 60)])
    low, high = natural_breaks(values, 2)
    assert 4 < low < 18
    assert 25 < high < 60
    assert {low, high} <= set(values)
