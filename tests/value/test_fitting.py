"""Limits: each kind by hand, ties, and why there are none."""

import json

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import ArtefactError, UsageError
from goodwill.value.defaults import rules_of
from goodwill.value.fitting import ClassLimits, fit_classes

SPEND = "spending", "basket"


def limits_of(values: list[float], limits: dict[str, object], **changes: object) -> tuple[float, ...] | str:
    """Return the limits of spending power, or why there are none."""
    basket = {"columns": ["spend_mean"], "limits": limits, "above": None, **changes}
    X = pd.DataFrame({"spend_mean": values})
    found = fit_classes(X, X, rules_of("retail", {"spending": {"measures": {"basket": basket}}}))
    return found.limits["spending"].get("basket") or found.unknown["spending"]


def test_absolute_limits_are_those_given() -> None:
    assert limits_of([1.0], {"absolute": [5, 10]}) == (5.0, 10.0)


def test_a_quantile_is_the_least_value_with_that_share_below() -> None:
    assert limits_of([4.0, 1.0, 3.0, 2.0, 5.0], {"quantile": [0.4, 0.8]}) == (3.0, 5.0)


def test_a_tie_across_a_quantile_belongs_below_it() -> None:
    assert limits_of([1.0] * 8 + [2.0, 3.0], {"quantile": [0.2, 0.8]}) == (2.0, 2.0)


def test_a_tie_across_a_quantile_goes_to_the_side_that_misplaces_fewer() -> None:
    prices = [10.0] * 47 + [20.0] * 35 + [40.0] * 18
    assert limits_of(prices, {"quantile": [0.5, 0.85]}) == (20.0, 40.0)
    assert limits_of([10.0] * 60 + [20.0] * 40, {"quantile": [0.5, 0.85]}) == (20.0, 20.0)


def test_a_tie_at_the_top_is_the_highest_level() -> None:
    assert limits_of([1.0, 3.0, 3.0, 3.0], {"quantile": [0.5, 0.9]}) == (3.0, 3.0)


def test_a_share_is_counted_from_the_most_valuable() -> None:
    assert limits_of([10.0, 20.0, 50.0, 20.0, -7.0], {"share": [0.5, 0.9]}) == (20.0, 50.0)


def test_natural_breaks_lie_in_the_gaps() -> None:
    assert limits_of([1.0, 2.0, 9.0, 30.0], {"natural": 2}) == (9.0, 30.0)


def test_limits_may_look_above_a_value_alone() -> None:
    assert limits_of([0.0] * 9 + [1.0, 2.0, 3.0], {"quantile": [0.3, 0.6]}, above=0) == (2.0, 3.0)


@pytest.mark.parametrize("kind", [{"quantile": [0.4, 0.8]}, {"share": [0.4, 0.8]}, {"natural": 2}])
def test_equal_values_have_no_limits(kind: dict[str, object]) -> None:
    assert limits_of([7.0] * 5, kind) == "all 5 customers have the same value of spend_mean"


def test_natural_levels_need_as_many_values() -> None:
    said = limits_of([7.0, 8.0], {"natural": 2})
    assert said == "all 2 customers have only 2 different values of spend_mean"


def test_nothing_known_has_no_limits() -> None:
    assert limits_of([np.nan, np.inf], {"natural": 2}) == "no customer has a value of spend_mean"
    assert "no customer has a value of spend_mean above 9" in limits_of([3.0], {"natural": 2}, above=9)


def test_a_share_of_nothing_has_no_limits() -> None:
    assert "nowhere above 0" in limits_of([0.0, -1.0], {"share": [0.4, 0.8]})


def test_a_dimension_without_its_table_says_what_to_add() -> None:
    X = pd.DataFrame({"spend_mean": [1.0, 2.0]})
    unknown = fit_classes(X, X, rules_of("retail")).unknown
    assert unknown["need"] == "needs surveys or comments with a time"
    assert unknown["relationship"] == "needs interactions or referrals"
    assert unknown["rfm"] == "needs transactions"


def test_contracts_alone_do_not_tell_use_and_are_not_asked_for_once_more() -> None:
    X = pd.DataFrame({"n_periods": [1.0, 2.0], "n_contracts_running": 1.0})
    unknown = fit_classes(X, X, rules_of("subscription")).unknown
    assert unknown["behaviour"] == "needs transactions or interactions"


def test_a_column_that_does_not_exist_is_named() -> None:
    X = pd.DataFrame({"clv": [1.0, 2.0]})
    changes = {"tier": {"measures": {"value": {"columns": ["clvv"]}}}}
    found = fit_classes(X, X, rules_of("retail", changes)).unknown["tier"]
    assert found == "no feature or score is called clvv; needs predicted value (clv)"


def test_one_of_several_tables_is_enough() -> None:
    X = pd.DataFrame({"n_contracts_running": [0, 1], "days_since_signup": [10, 900]})
    found = fit_classes(X, X, rules_of("bank"))
    assert "holding" not in found.unknown
    assert found.limits["holding"] == {"tenure": (181.0,), "contract": (1.0,)}


def test_limits_come_back_from_json_the_same() -> None:
    X = pd.DataFrame({"clv": [0.1, 0.7, 3.0]})
    found = fit_classes(X, X, rules_of("retail"), as_of="2025-01-01")
    text = json.dumps(found.to_dict(), allow_nan=False)
    assert ClassLimits.from_dict(json.loads(text)) == found


def test_damaged_limits_are_refused() -> None:
    with pytest.raises(ArtefactError, match=r"classes are damaged at \('version',\)"):
        ClassLimits.from_dict({})


def test_features_and_scores_must_be_of_the_same_rows() -> None:
    X = pd.DataFrame({"clv": [1.0, 2.0]})
    with pytest.raises(UsageError, match="2 rows of features and 1 of scores"):
        fit_classes(X, X[:1], rules_of("retail"))
