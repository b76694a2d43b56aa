"""Limits that stay or move from one training to the next, and who changed class because of that."""

from collections.abc import Iterator
from typing import Literal

import pandas as pd

from goodwill.value.classify import classify
from goodwill.value.fitting import ClassLimits
from goodwill.value.rules import DIMENSIONS

Adjust = Literal["fixed", "refit"]


def adjusted(former: ClassLimits | None, fitted: ClassLimits, adjust: Adjust) -> ClassLimits:
    """Return the limits to serve: the former ones where they are fixed, else the newly fitted.

    A dimension whose rule was changed, or that could not be computed before, is fitted anew even where
    limits are fixed. Where nothing differs, the former limits are returned as they are; else the version is
    one higher.

    Parameters
    ----------
    former : of the predictor before; None for a first one.
    fitted : on the present training snapshot.
    """
    if former is None:
        return fitted
    kept = [name for name in DIMENSIONS if adjust == "fixed" and _is_kept(former, fitted, name)]
    limits = fitted.limits | {name: former.limits[name] for name in kept}
    unknown = {name: reason for name, reason in fitted.unknown.items() if name not in kept}
    found = fitted.model_copy(update={"limits": limits, "unknown": unknown})
    is_same = (found.limits, found.unknown, found.rules) == (former.limits, former.unknown, former.rules)
    return former if is_same else found.model_copy(update={"version": former.version + 1})


def limit_moves(former: ClassLimits, current: ClassLimits) -> pd.DataFrame:
    """Return every limit that differs: dimension, measure, level (that begins there), old, new.

    Missing where there was, or is, no such limit.

    Examples
    --------
    >>> from goodwill.value.defaults import rules_of
    >>> from goodwill.value.fitting import fit_classes
    >>> before, after = (pd.DataFrame({"clv": [60.0, second, 15.0, 5.0]}) for second in (20.0, 30.0))
    >>> former, current = (fit_classes(X, X, rules_of("retail")) for X in (before, after))
    >>> limit_moves(former, current).head(1).to_numpy().tolist()
    [['tier', 'value', 'gold', 20.0, 30.0]]
    """
    rows = [(name, *row) for name in DIMENSIONS for row in _moves(former, current, name)]
    return pd.DataFrame(rows, columns=["dimension", "measure", "level", "old", "new"])


def changed_by_limits(
    X: pd.DataFrame, scores: pd.DataFrame, former: ClassLimits, current: ClassLimits
) -> dict[str, int]:
    """Return how many of the same customers, on the same day, have another class by other limits alone."""
    old, new = classify(X, scores, former), classify(X, scores, current)
    counts = {name: int((old[name].astype(object) != new[name].astype(object)).sum()) for name in DIMENSIONS}
    return {name: n for name, n in counts.items() if n}


def _is_kept(former: ClassLimits, fitted: ClassLimits, name: str) -> bool:
    is_same_rule = former.rules.dimensions[name] == fitted.rules.dimensions[name]
    return is_same_rule and name not in former.unknown


def _moves(
    former: ClassLimits, current: ClassLimits, name: str
) -> Iterator[tuple[str, str, float | None, float | None]]:
    old, new = _by_level(former, name), _by_level(current, name)
    for measure, level in old | new:
        before, after = old.get((measure, level)), new.get((measure, level))
        if before != after:
            yield measure, level, before, after


def _by_level(limits: ClassLimits, name: str) -> dict[tuple[str, str], float]:
    measures = limits.rules.dimensions[name].measures
    return {
        (key, level): value
        for key, values in limits.limits[name].items()
        for level, value in zip(measures[key].levels[1:], values, strict=True)
    }
