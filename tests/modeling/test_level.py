"""What predictions are multiplied by, so that they add up."""

import numpy as np
import pandas as pd
import pytest

from goodwill.modeling.level import Level, level_of


def told(n: int, value: float, said: float, **expected: float) -> pd.DataFrame:
    """Return n customers in two windows, half of whom bring twice `value`, the others nothing."""
    came = np.repeat(np.tile([0.0, 2 * value], n // 2), 2)
    return pd.DataFrame(
        {"customer_id": np.repeat(np.arange(n), 2), "value": came, "said": said, **expected}
    ).assign(is_new=[False, True] * n)


def test_few_customers_are_no_reason_to_leave_what_is_expected() -> None:
    # 40 customers bring 10 each, give or take 1.6: an expectation of 11 is not contradicted.
    assert level_of(told(40, value=10.0, said=8.0, expected=11.0)).factor == pytest.approx(11 / 8)


def test_many_customers_overrule_what_is_expected() -> None:
    assert level_of(told(40_000, value=10.0, said=8.0, expected=13.0)).factor == pytest.approx(
        10 / 8, rel=0.001
    )


def test_an_expectation_that_holds_exactly_is_kept() -> None:
    assert level_of(told(400, value=10.0, said=8.0, expected=10.0)).factor == pytest.approx(10 / 8)


def test_windows_of_a_customer_are_no_more_customers() -> None:
    once, twice = told(40, value=10.0, said=8.0), told(40, value=10.0, said=8.0)
    more = pd.concat([once, twice])
    assert level_of(more) == pytest.approx(level_of(once))
    assert 1 < level_of(once).factor < level_of(told(4_000, value=10.0, said=8.0)).factor < 1.25


@pytest.mark.parametrize("name", ["value", "said", "expected"])
def test_nothing_to_compare_leaves_the_level_alone(name: str) -> None:
    assert level_of(told(40, value=10.0, said=8.0, expected=9.0).assign(**{name: 0.0})) == Level(1.0, 0.0)


def test_what_an_expectation_settles_leaves_no_chance() -> None:
    assert level_of(told(40, value=10.0, said=8.0, expected=11.0)).share == 0.0


@pytest.mark.parametrize("expected", [{}, {"expected": 13.0}])
def test_what_customers_settle_is_as_sure_as_they_are_many(expected: dict[str, float]) -> None:
    shares = [level_of(told(n, value=10.0, said=8.0, **expected)).share for n in (4_000, 40_000)]
    assert shares[0] == pytest.approx(1 / np.sqrt(4_000), rel=0.03)
    assert shares[0] / shares[1] == pytest.approx(np.sqrt(10), rel=0.03)


def test_newer_windows_overrule_older_ones_as_far_as_that_is_no_chance() -> None:
    def factor(n: int) -> float:
        rows = told(n, value=10.0, said=8.0)
        fell = rows["value"] * np.where(rows["is_new"], 0.8, 1.0)
        return level_of(rows.assign(value=fell, expected=9.0)).factor

    # The sum of all is 9, as expected; the newer half brings 8, as was said.
    assert factor(40_000) == pytest.approx(1.0, abs=0.01)
    assert factor(40) == pytest.approx(9 / 8)


def test_a_level_that_moved_is_less_sure() -> None:
    rows = told(4_000, value=10.0, said=8.0)
    others = np.where(rows["customer_id"] % 4 < 2, 16.0, 0.0)
    moved = rows.assign(value=np.where(rows["is_new"], others, rows["value"]))
    assert level_of(moved).share > level_of(rows).share > 0
