import numpy as np
import pytest

from goodwill.decisions.adjustment import plain_difference
from goodwill.decisions.tails import TOLERATED_ERROR, bootstrap_t, lean

LOT = np.arange(900) % 9 == 0


def test_bootstrap_t_is_the_t_interval_where_nothing_leans() -> None:
    found = plain_difference(np.random.default_rng(0).normal(size=900), LOT)
    assert lean(found, 0.95) < TOLERATED_ERROR
    assert bootstrap_t(found, LOT, 0.95, seed=0) == pytest.approx(found.interval(0.95), abs=0.1 * found.error)


def test_bootstrap_t_reaches_towards_the_tail() -> None:
    found = plain_difference(np.random.default_rng(0).exponential(size=900) ** 2, LOT)
    low, high = bootstrap_t(found, LOT, 0.95, seed=0)
    assert lean(found, 0.95) > TOLERATED_ERROR
    assert high - found.estimate > 1.2 * (found.estimate - low)


def test_a_difference_without_error_stays_a_point() -> None:
    found = plain_difference(LOT.astype(float), LOT)
    assert lean(found, 0.95) == 0.0
    assert bootstrap_t(found, LOT, 0.95, seed=0) == (1.0, 1.0)
