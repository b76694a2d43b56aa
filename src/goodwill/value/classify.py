"""Classes of customers: one code per customer and dimension, and why where there is none."""

from collections.abc import Iterator
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill.value.fitting import ClassLimits
from goodwill.value.measuring import Facts
from goodwill.value.rules import DIMENSIONS, NOT_COMPUTABLE, Dimension, Measure

Levels = npt.NDArray[np.int8]


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
    columns = {name: _classed(facts, limits, name) for name in DIMENSIONS}
    return pd.DataFrame(columns).set_axis(X.index)


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


def _classed(facts: Facts, limits: ClassLimits, name: str) -> pd.Series:
    dimension = limits.rules.dimensions[name]
    codes = [*dimension.classes, NOT_COMPUTABLE]
    if name in limits.unknown:
        found = np.full(len(facts), len(codes) - 1, dtype=np.int8)
    else:
        table, place = class_table(dimension), np.zeros(len(facts), dtype=np.int16)
        for key, measure in dimension.measures.items():
            place *= len(measure.levels) + 1
            place += _levels(facts, measure, limits.limits[name].get(key))
        found = table[place]
    return pd.Series(pd.Categorical.from_codes(found, categories=pd.Index(codes)))


def class_table(dimension: Dimension) -> Levels:
    """Return the class of every combination of levels, the last level of each measure being "unknown".

    An unknown measure takes its `missing` level. Without one the class is that which all its levels agree
    on, else not computable.
    """
    cells, order = dimension.cells(), [*dimension.classes, NOT_COMPUTABLE]
    options = [_options(measure) for measure in dimension.measures.values()]
    found = []
    for combination in product(*options):
        claims = {cells[cell] for cell in product(*combination)}
        found.append(order.index(claims.pop() if len(claims) == 1 else NOT_COMPUTABLE))
    return np.array(found, dtype=np.int8)


def _options(measure: Measure) -> list[tuple[str, ...]]:
    unknown = measure.levels if measure.missing is None else (measure.missing,)
    return [*((level,) for level in measure.levels), unknown]


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
    is_open = (_classed(facts, limits, name) == NOT_COMPUTABLE).to_numpy()
    for key, measure in limits.rules.dimensions[name].measures.items():
        is_unknown = _levels(facts, measure, limits.limits[name].get(key)) == len(measure.levels)
        is_reason = is_open & is_unknown & (measure.missing is None)
        if is_reason.any():
            yield f"{' + '.join(measure.columns)} is unknown", int(is_reason.sum())
        is_open = is_open & ~is_reason
