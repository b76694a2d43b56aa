"""Classes of customers: one code per customer and dimension, and why where there is none."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill.features.columns import Array, Table
from goodwill.value.fitting import ClassLimits
from goodwill.value.measures import Measure
from goodwill.value.measuring import Facts
from goodwill.value.rules import DIMENSIONS

Levels = npt.NDArray[np.int8]
_MANY_ROWS = 512


def classify(X: pd.DataFrame, scores: pd.DataFrame, limits: ClassLimits) -> pd.DataFrame:
    """Return the class of each customer in each dimension.

    Parameters
    ----------
    X : (n, ...) features, of any customers; an absent column counts as unknown.
    scores : (n, ...) predictions of the same rows (status, p_churn, clv).
    limits : as `fit_classes` returns them.

    Returns
    -------
    (n, 10) frame with the index of X: a category per dimension, in the order of `DIMENSIONS`. Exactly one
    class per customer; `not_computable` where what is unknown of the customer decides, never null.

    Examples
    --------
    >>> from goodwill.value.defaults import rules_of
    >>> from goodwill.value.fitting import fit_classes
    >>> scores = pd.DataFrame({"clv": [60.0, 20.0, 15.0, 5.0, np.nan]})
    >>> limits = fit_classes(scores, scores, rules_of("retail"))
    >>> classify(scores, scores, limits)["tier"].tolist()
    ['platinum', 'gold', 'iron', 'lead', 'not_computable']
    """
    facts = Facts(X, scores)
    found = {name: _classed(facts, limits, name) for name in DIMENSIONS}
    columns = {
        name: pd.Categorical.from_codes(places, pd.Index(limits.rules.dimensions[name].codes.tolist()))
        for name, places in found.items()
    }
    return pd.DataFrame(columns, index=X.index)


def class_codes(X: Table, scores: Table, limits: ClassLimits) -> dict[str, Array]:
    """Return the classes of `classify` as arrays of codes (n,), which is quicker."""
    facts, dimensions = Facts(X, scores), limits.rules.dimensions
    codes: dict[str, Any] = {
        name: one.codes if len(facts) < _MANY_ROWS else one.texts for name, one in dimensions.items()
    }
    return {name: codes[name].take(_classed(facts, limits, name)) for name in DIMENSIONS}


def unclassed(X: pd.DataFrame, scores: pd.DataFrame, limits: ClassLimits) -> pd.DataFrame:
    """Return why customers have no class: dimension, reason, customers; a row per reason, largest first.

    Examples
    --------
    >>> from goodwill.value.defaults import rules_of
    >>> from goodwill.value.fitting import fit_classes
    >>> scores = pd.DataFrame({"clv": [60.0, 20.0, 15.0, 5.0, np.nan]})
    >>> found = unclassed(scores, scores, fit_classes(scores, scores, rules_of("retail")))
    >>> found[found["dimension"] == "tier"].to_numpy().tolist()
    [['tier', 'clv is unknown', 1]]
    """
    facts = Facts(X, scores)
    rows = [(name, *row) for name in DIMENSIONS for row in _reasons(facts, limits, name)]
    return pd.DataFrame(rows, columns=["dimension", "reason", "customers"])


def rfm_scores(X: pd.DataFrame, limits: ClassLimits) -> pd.DataFrame:
    """Return r_score, f_score and m_score of each customer, 5 the best; equal values have equal scores.

    Missing where a customer has not bought. Needs the default rule, whose levels are 1 to 5.
    """
    facts, dimension = Facts(X, X), limits.rules.dimensions["rfm"]
    found = {}
    for name, measure in dimension.measures.items():
        values = np.array([float(level) for level in measure.levels] + [np.nan])
        found[f"{name}_score"] = values[_levels(facts, measure, limits.limits["rfm"].get(name))]
    return pd.DataFrame(found, index=X.index)


def _classed(facts: Facts, limits: ClassLimits, name: str) -> Levels:
    """Return the place of each customer's class among the codes of the dimension."""
    dimension = limits.rules.dimensions[name]
    if name in limits.unknown:
        return np.full(len(facts), len(dimension.classes), dtype=np.int8)
    place = np.zeros(len(facts), dtype=np.int16)
    for key, measure in dimension.measures.items():
        place *= len(measure.levels) + 1
        place += _levels(facts, measure, limits.limits[name].get(key))
    return dimension.table[place]


def _levels(facts: Facts, measure: Measure, limits: tuple[float, ...] | None) -> Levels:
    """Return the level of each customer, one more than the last where the measure is unknown."""
    values = None if limits is None else facts.measured(measure)
    if values is None or limits is None:
        return np.full(len(facts), len(measure.levels), dtype=np.int8)
    levels = np.zeros(len(values), dtype=np.int8)
    for limit in limits:
        levels += values >= limit
    levels[np.isnan(values)] = len(measure.levels)
    return levels


def _reasons(facts: Facts, limits: ClassLimits, name: str) -> Iterator[tuple[str, int]]:
    if name in limits.unknown:
        yield limits.unknown[name], len(facts)
        return
    is_open = _classed(facts, limits, name) == len(limits.rules.dimensions[name].classes)
    for key, measure in limits.rules.dimensions[name].measures.items():
        is_unknown = _levels(facts, measure, limits.limits[name].get(key)) == len(measure.levels)
        is_reason = is_open & is_unknown & (measure.missing is None)
        if is_reason.any():
            yield f"{' + '.join(measure.columns)} is unknown", int(is_reason.sum())
        is_open = is_open & ~is_reason
