"""Derived weights steadied by stated ones."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from goodwill.errors import TableError
from goodwill.perceived.combined_weights import combined_weights
from goodwill.perceived.weights import DerivedWeights

NAMES = ["a", "b", "c", "d", "e"]
STATED = pd.Series([6.0, 5.6, 5.3, 5.1, 5.0], index=NAMES)
TRUTH = np.array([0.35, 0.25, 0.2, 0.12, 0.08])
TOGETHER_1 = np.eye(5) - 1 / 5


def derived(weight: list[float], error: float, covariance: np.ndarray | None = None) -> DerivedWeights:
    names = NAMES[: len(weight)]
    table = pd.DataFrame({"weight": weight, "signed": weight}, index=names)
    table = table.assign(low=table["weight"] - 1.96 * error, high=table["weight"] + 1.96 * error)
    spread = error**2 * (np.eye(len(weight)) - 1 / len(weight)) if covariance is None else covariance
    return DerivedWeights(table, pd.DataFrame(spread, names, names))


def test_certain_weights_stand() -> None:
    found = combined_weights(derived([0.1, 0.4, 0.1, 0.3, 0.1], 1e-7), STATED)
    np.testing.assert_allclose(found["weight"], [0.1, 0.4, 0.1, 0.3, 0.1], atol=0.001)
    assert found["derived_share"].min() > 0.99


def test_weights_on_the_line_stay_there_with_narrower_intervals() -> None:
    slope = STATED - STATED.mean()
    on_line = (0.2 + 0.15 * slope).tolist()
    found = combined_weights(derived(on_line, 0.05), STATED)
    np.testing.assert_allclose(found["weight"], on_line, atol=2e-3)
    assert (found["high"] - found["low"]).max() < 2 * 1.96 * 0.05
    assert found["derived_share"].max() < 0.5


def test_uncertain_weights_lean_on_the_line_of_stated_importance() -> None:
    weight = np.array([0.42, 0.22, 0.18, 0.08, 0.1])
    found = combined_weights(derived(weight.tolist(), 0.05), STATED)
    line = np.polyval(np.polyfit(STATED, weight, 1), STATED)
    share = found["derived_share"]
    np.testing.assert_allclose(found["weight"], share * weight + (1 - share) * line, atol=1e-3)
    assert share.between(0.1, 0.4).all()
    assert found["weight"].between(found["low"], found["high"]).all()


def test_importance_that_foretells_the_opposite_is_not_leant_on() -> None:
    weight = (0.2 + 0.3 * (STATED - STATED.mean())).tolist()
    along, against = (combined_weights(derived(weight, 0.05), stated) for stated in (STATED, 12 - STATED))
    assert along["derived_share"].max() < 0.2
    assert against["derived_share"].min() > 0.5


def test_no_dimension_is_foretold_to_weigh_less_than_nothing() -> None:
    weight = np.array([0.8, 0.2, 0, 0, 0])
    line = np.polyval(np.polyfit(STATED, weight, 1), STATED)
    found = combined_weights(derived(weight.tolist(), 0.3), STATED)
    assert line.min() < 0
    assert found["weight"].min() > 0.01


def test_errors_that_go_together_move_together() -> None:
    """Where only the difference of b and c is uncertain, nothing else moves."""
    unsure = np.array([0, 1, -1, 0, 0.0])
    covariance = 0.05**2 * np.outer(unsure, unsure) + 1e-9 * TOGETHER_1
    weight = np.array([0.32, 0.3, 0.12, 0.14, 0.12])
    found = combined_weights(derived(weight.tolist(), 0.05, covariance), STATED)["weight"] - weight
    np.testing.assert_allclose(found[["a", "d", "e"]], 0, atol=1e-3)
    assert found["b"] == pytest.approx(-found["c"], abs=1e-3)


@pytest.mark.parametrize(("misled", "least", "most"), [(0.0, 0.0, 0.7), (0.1, 0.7, 1.0)])
def test_combining_comes_closer_where_stated_importance_is_right(
    misled: float, least: float, most: float
) -> None:
    rng = np.random.default_rng(0)
    stated = pd.Series(3 + 2 * (TRUTH + misled * np.array([-1, 1, 0, 1, -1])), index=NAMES)
    found = [surveyed(stated, rng) for _ in range(100)]
    alone, combined = np.mean([errors for errors, _ in found], axis=0)
    assert least * alone < combined < (1.1 if misled else most) * alone


@pytest.mark.parametrize("misled", [0.0, 0.05, 0.1, 0.2])
def test_intervals_cover_also_where_stated_importance_misleads(misled: float) -> None:
    rng = np.random.default_rng(1)
    stated = pd.Series(3 + 2 * (TRUTH + misled * np.array([-1, 1, 0, 1, -1])), index=NAMES)
    covered = np.mean([is_covered.mean() for _, is_covered in (surveyed(stated, rng) for _ in range(200))])
    assert 0.93 < covered < 0.99


def surveyed(stated: pd.Series, rng: np.random.Generator) -> tuple[list[float], pd.Series]:
    error = 0.04 * TOGETHER_1 @ rng.normal(size=5)
    drawn = derived((TRUTH + error).tolist(), 0.04, 0.04**2 * TOGETHER_1)
    found = combined_weights(drawn, stated)
    errors = [float(np.abs(table["weight"] - TRUTH).max()) for table in (drawn.table, found)]
    return errors, (found["low"] <= TRUTH) & (found["high"] >= TRUTH)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0.01, 1), min_size=5, max_size=5),
    st.lists(st.floats(1, 7), min_size=5, max_size=5),
    st.floats(0.001, 1),
)
def test_weights_add_up_to_one_and_know_no_units(
    weight: list[float], stated: list[float], error: float
) -> None:
    parts = (np.array(weight) / sum(weight)).tolist()
    said = pd.Series(np.round(stated, 2), index=NAMES)
    found = combined_weights(derived(parts, error), said)
    assert found["weight"].sum() == pytest.approx(1)
    assert found["derived_share"].between(0, 1 + 1e-9).all()
    assert (found["low"] <= found["weight"]).all()
    assert (found["weight"] <= found["high"]).all()
    pd.testing.assert_frame_equal(found, combined_weights(derived(parts, error), 3 + 10 * said), rtol=1e-6)


@pytest.mark.parametrize("stated", [STATED[:3], pd.Series(5.0, index=NAMES)])
def test_without_enough_to_lean_on_derived_weights_stand_alone(stated: pd.Series) -> None:
    drawn = derived([0.5, 0.3, 0.2, 0.1, 0.1][: len(stated)], 0.05)
    found = combined_weights(drawn, stated)
    pd.testing.assert_series_equal(found["weight"], drawn.table["weight"])
    assert found["derived_share"].eq(1).all()


def test_where_much_lowers_the_outcome_derived_weights_stand_alone() -> None:
    drawn = derived([0.6, 0.4, -0.3, -0.2, -0.1], 0.05)
    assert combined_weights(drawn, STATED)["derived_share"].eq(1).all()


def test_stated_importance_must_be_known() -> None:
    with pytest.raises(TableError, match="d, e: no stated importance"):
        combined_weights(derived([0.2] * 5, 0.05), STATED[:3])
