"""Derived weights steadied by stated ones."""

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import TableError
from goodwill.perceived.combined_weights import combined_weights

NAMES = ["a", "b", "c", "d", "e"]
STATED = pd.Series([6.0, 5.6, 5.3, 5.1, 5.0], index=NAMES)


def derived(weight: list[float], error: float) -> pd.DataFrame:
    table = pd.DataFrame({"weight": weight, "signed": weight}, index=NAMES[: len(weight)])
    return table.assign(low=table["weight"] - 1.96 * error, high=table["weight"] + 1.96 * error, error=error)


def test_certain_weights_stand() -> None:
    found = combined_weights(derived([0.1, 0.4, 0.1, 0.3, 0.1], 0.001), STATED)
    np.testing.assert_allclose(found["weight"], [0.1, 0.4, 0.1, 0.3, 0.1], atol=0.001)
    assert found["derived_share"].min() > 0.99


def test_uncertain_weights_lean_on_the_line_of_stated_importance() -> None:
    found = combined_weights(derived([0.42, 0.22, 0.18, 0.08, 0.1], 0.05), STATED)
    line = np.polyfit(STATED, [0.42, 0.22, 0.18, 0.08, 0.1], 1)
    np.testing.assert_allclose(found["weight"], np.polyval(line, STATED), atol=0.015)
    assert found["derived_share"].max() < 0.3
    assert found["weight"].between(found["low"], found["high"]).all()


def test_combining_comes_closer_to_the_truth() -> None:
    truth, rng = np.array([0.35, 0.25, 0.2, 0.12, 0.08]), np.random.default_rng(0)
    stated = pd.Series(3 + 2 * truth, index=NAMES)
    worst = []
    for _ in range(60):
        drawn = derived((truth + 0.04 * rng.normal(size=5)).tolist(), 0.04)
        found = combined_weights(drawn, stated)["weight"]
        worst.append([np.abs(weights - truth).max() for weights in (drawn["weight"], found)])
    alone, combined = np.mean(worst, axis=0)
    assert combined < 0.7 * alone


def test_the_answers_outweigh_what_was_likely() -> None:
    far = [0.1, 0.4, 0.1, 0.3, 0.1]
    found = combined_weights(derived(far, 0.03), STATED)
    np.testing.assert_allclose(found["weight"], far, atol=0.05)
    assert found["derived_share"].min() > 0.8


@pytest.mark.parametrize("stated", [STATED[:3], pd.Series(5.0, index=NAMES)])
def test_without_enough_to_lean_on_derived_weights_stand_alone(stated: pd.Series) -> None:
    given = derived([0.5, 0.3, 0.2, 0.1, 0.1][: len(stated)], 0.05)
    found = combined_weights(given, stated)
    pd.testing.assert_series_equal(found["weight"], given["weight"])
    assert found["derived_share"].eq(1).all()


def test_stated_importance_must_be_known() -> None:
    with pytest.raises(TableError, match="d, e: no stated importance"):
        combined_weights(derived([0.2] * 5, 0.05), STATED[:3])
