"""What labels of past windows say as a whole."""

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import FitError, UsageError
from goodwill.modeling.outcomes import Level, check_labels, level_of

WINDOWS = pd.DataFrame({"customer_id": ["a", "a", "b"], "horizon_days": 30})
LABELS = pd.DataFrame({"churned": [True, False, False], "value": [0.0, 3.0, 5.0]})


def told(n: int, value: float, said: float, **expected: float) -> pd.DataFrame:
    """Return n customers in two windows, half of whom bring twice `value`, the others nothing."""
    came = np.repeat(np.tile([0.0, 2 * value], n // 2), 2)
    return pd.DataFrame({"customer_id": np.repeat(np.arange(n), 2), "value": came, "said": said, **expected})


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


def test_customers_are_counted_once_however_many_windows_hold_them() -> None:
    with pytest.raises(FitError, match="nobody of 2 customers in the training windows churned"):
        check_labels(WINDOWS, LABELS.assign(churned=False))


@pytest.mark.parametrize(
    ("X", "y", "reason"),
    [
        (WINDOWS.drop(columns="horizon_days"), LABELS, "horizon_days: no such column"),
        (WINDOWS, LABELS[["churned"]], "value: no such column"),
        (WINDOWS, LABELS.head(2), "Lengths differ: 3 X, 2 y"),
        (WINDOWS, LABELS.assign(churned=np.nan), "churned: 3 of 3 values are neither True nor False"),
        (WINDOWS, LABELS.assign(churned="no"), "churned: 3 of 3 values are neither True nor False"),
        (WINDOWS, LABELS.assign(value=[1.0, np.nan, np.inf]), "value: 2 of 3 values are missing or infinite"),
        (WINDOWS, LABELS.assign(weight=-1.0), "weight: 3 of 3 values are missing, infinite or below 0"),
    ],
)
def test_labels_that_teach_nothing_are_refused(X: pd.DataFrame, y: pd.DataFrame, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        check_labels(X, y)
