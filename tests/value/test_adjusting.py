"""Limits from one training to the next."""

import pandas as pd
import pytest

from goodwill.value.adjusting import adjusted, changed_by_limits, limit_moves
from goodwill.value.defaults import rules_of
from goodwill.value.fitting import ClassLimits, fit_classes

TIGHT = {"tier": {"measures": {"value": {"limits": {"share": [0.3, 0.6, 0.9]}}}}}


@pytest.fixture(scope="module")
def richer(X: pd.DataFrame, scores: pd.DataFrame) -> ClassLimits:
    money = scores.assign(clv=scores["clv"] * 2)
    return fit_classes(X, money, rules_of("retail"), as_of="2025-07-01")


def test_a_first_predictor_has_its_own_limits(richer: ClassLimits) -> None:
    assert adjusted(None, richer, "fixed") is richer


def test_fixed_limits_stay(limits: ClassLimits, richer: ClassLimits) -> None:
    found = adjusted(limits, richer, "fixed")
    assert found is limits
    assert limit_moves(limits, found).empty


def test_refitted_limits_move_and_every_move_is_told(limits: ClassLimits, richer: ClassLimits) -> None:
    found = adjusted(limits, richer, "refit")
    moves = limit_moves(limits, found)
    tier = moves[moves["dimension"] == "tier"]
    assert (found.version, found.as_of) == (2, "2025-07-01")
    assert tier["level"].tolist() == ["iron", "gold", "platinum"]
    assert tier["new"].tolist() == pytest.approx((2 * tier["old"]).tolist())


def test_refitting_to_the_same_data_moves_nothing(
    X: pd.DataFrame, scores: pd.DataFrame, limits: ClassLimits
) -> None:
    is_scored = X["status"] == "scored"
    again = fit_classes(X[is_scored], scores[is_scored], rules_of("retail"), as_of="2025-02-01")
    assert adjusted(limits, again, "refit") is limits


def test_a_changed_rule_is_fitted_anew_though_limits_are_fixed(
    X: pd.DataFrame, scores: pd.DataFrame, limits: ClassLimits
) -> None:
    fitted = fit_classes(X, scores, rules_of("retail", TIGHT), as_of="2025-07-01")
    found = adjusted(limits, fitted, "fixed")
    assert found.limits["tier"] == fitted.limits["tier"] != limits.limits["tier"]
    assert found.limits["spending"] == limits.limits["spending"]
    assert found.version == 2


def test_a_dimension_that_became_computable_is_fitted(X: pd.DataFrame, scores: pd.DataFrame) -> None:
    bare = fit_classes(X[["spend_mean"]], scores, rules_of("retail"))
    found = adjusted(bare, fit_classes(X, scores, rules_of("retail")), "fixed")
    assert "rfm" in bare.unknown
    assert "rfm" not in found.unknown
    moves = limit_moves(bare, found).set_index(["dimension", "measure"])
    assert moves.loc[("rfm", "r"), "old"].isna().all()


def test_customers_moved_by_limits_are_counted_apart_from_their_own_change(
    X: pd.DataFrame, scores: pd.DataFrame, limits: ClassLimits, richer: ClassLimits
) -> None:
    changed = changed_by_limits(X, scores, limits, adjusted(limits, richer, "refit"))
    assert set(changed) == {"tier", "matrix", "spending", "relationship", "behaviour", "need", "rfm"} & set(
        changed
    )
    assert 0 < changed["tier"] < (X["status"] == "scored").sum()
    assert changed_by_limits(X, scores, limits, limits) == {}
