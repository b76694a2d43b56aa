"""Limits of value classes, fitted on the training snapshot and kept with the predictor."""

from collections.abc import Mapping
from typing import Self

import numpy as np
import pandas as pd
from pydantic import ValidationError

from goodwill.errors import ArtefactError
from goodwill.evaluation.ranking import FloatArray
from goodwill.value.breaks import natural_breaks
from goodwill.value.defaults import rules_of
from goodwill.value.measures import Limits, Measure, Part
from goodwill.value.measuring import Facts
from goodwill.value.rules import Dimension, Rules

_TWO = 2
Found = tuple[float, ...]


class ClassLimits(Part):
    """Rules with their limits: all that `classify` needs.

    Parameters
    ----------
    version : 1, and one more each time the limits moved.
    as_of : the day of the snapshot they were fitted on, ISO; None for a table without time.
    n_customers : how many they were fitted on.
    rules : the rules. limits : rising, by dimension and measure; a measure without them has its missing
        level for everyone.
    unknown : the dimensions that cannot be computed, and why.
    """

    version: int
    as_of: str | None
    n_customers: int
    rules: Rules
    limits: dict[str, dict[str, Found]]
    unknown: dict[str, str]

    def to_dict(self) -> dict[str, object]:
        """Return everything as plain JSON values."""
        return self.model_dump(mode="json")

    @classmethod
    def from_dict(cls, stored: Mapping[str, object]) -> Self:
        """Return what `to_dict` wrote.

        Raises
        ------
        ArtefactError : a value is missing, of the wrong type or unknown.
        """
        try:
            return cls.model_validate(stored)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            raise ArtefactError(
                f"Stored classes are damaged at {first['loc']}: {first['msg']}. Restore the file."
            ) from error


def fit_classes(
    X: pd.DataFrame, scores: pd.DataFrame, rules: Rules, *, as_of: str | None = None
) -> ClassLimits:
    """Fit the limits of every dimension on a training snapshot.

    Parameters
    ----------
    X : (n, ...) features of the scored customers of the snapshot.
    scores : (n, ...) their predictions (p_churn, clv).
    rules : as `rules_of` returns them.
    as_of : the day of the snapshot.

    Examples
    --------
    >>> from goodwill.value.defaults import rules_of
    >>> X = pd.DataFrame({"clv": [60.0, 20.0, 15.0, 5.0]})
    >>> found = fit_classes(X, X, rules_of("retail"))
    >>> found.limits["tier"]["value"], found.unknown["holding"]
    ((15.0, 20.0, 60.0), 'needs balances or contracts')
    """
    facts = Facts(X, scores)
    limits, unknown, usual = {}, {}, rules_of(rules.industry).dimensions
    for name, dimension in rules.dimensions.items():
        found = {key: _fitted(measure, facts) for key, measure in dimension.measures.items()}
        limits[name] = {key: value for key, value in found.items() if isinstance(value, tuple)}
        reason = _unknown(dimension, found)
        if reason:
            unknown[name] = _misnamed(dimension, usual[name], facts) + reason
    return ClassLimits(
        version=1, as_of=as_of, n_customers=len(facts), rules=rules, limits=limits, unknown=unknown
    )


def _unknown(dimension: Dimension, found: Mapping[str, Found | str]) -> str:
    """Return why a dimension cannot be computed, nothing where it can."""
    needed = [name for name, measure in dimension.measures.items() if measure.missing is None]
    reasons = [reason for name in needed if isinstance(reason := found[name], str)]
    rivals = [reason for name in dimension.any_of if isinstance(reason := found[name], str)]
    if dimension.any_of and len(rivals) == len(dimension.any_of):
        reasons += rivals
    if "" in reasons:
        return f"needs {dimension.needs}"
    return reasons[0] if reasons else ""


def _misnamed(dimension: Dimension, usual: Dimension, facts: Facts) -> str:
    """Name the columns of a user's own that are neither features nor scores: most likely a slip."""
    ours = {name for measure in usual.measures.values() for name in measure.columns}
    named = {name for measure in dimension.measures.values() for name in measure.columns} - ours
    unknown = sorted(name for name in named if not facts.has(name))
    return f"no feature or score is called {', '.join(unknown)}; " if unknown else ""


def _fitted(measure: Measure, facts: Facts) -> Found | str:
    """Return the limits of a measure, or why there are none; nothing said where its columns are absent."""
    values = facts.measured(measure)
    if values is None:
        return ""
    if measure.limits.absolute is not None:
        return measure.limits.absolute
    name, known = " + ".join(measure.columns), values[~np.isnan(values)]
    if measure.above is not None:
        known = known[known > measure.above]
    if not len(known):
        return f"no customer has a value of {name}" + (
            "" if measure.above is None else f" above {measure.above:g}"
        )
    n_different = min(len(np.unique(known)), len(measure.levels))
    if n_different < (len(measure.levels) if measure.limits.natural else _TWO):
        told = "the same value" if n_different == 1 else f"only {n_different} different values"
        return f"all {len(known)} customers have {told} of {name}"
    return _limits(measure.limits, known) or f"{name} is nowhere above 0, so that nobody brings a share of it"


def _limits(limits: Limits, known: FloatArray) -> Found:
    if limits.natural:
        return tuple(natural_breaks(known, limits.natural))
    ordered = np.sort(known)
    if limits.quantile:
        return tuple(_lower_border(ordered, share) for share in limits.quantile)
    return tuple(_upper_part(ordered[ordered > 0][::-1], limits.share or ()))


def _lower_border(ordered: FloatArray, share: float) -> float:
    """Return the least value that at least `share` of the customers lie below; ties stay together.

    Where even the highest value has fewer below it, that value is the limit, so that a level is never
    everybody's. A tie that lies across the border goes to the side on which fewer customers are misplaced:
    of three prices the one in the middle is not the lowest level because 47 % pay less, and not 50 %.
    """
    n_below = int(np.ceil(share * len(ordered) - 1e-9))
    value = ordered[min(n_below, len(ordered) - 1)]
    before, after = (int(np.searchsorted(ordered, value, side=side)) for side in ("left", "right"))
    is_nearer = 0 < before < n_below and n_below - before < after - n_below
    if before >= n_below or is_nearer:
        return float(value)
    return float(ordered[min(after, len(ordered) - 1)])


def _upper_part(falling: FloatArray, shares: Found) -> list[float]:
    """Return the values from which on customers bring each share of the total, the largest share first."""
    if not len(falling):
        return []
    running = np.cumsum(falling)
    places = [int(np.searchsorted(running, share * running[-1] * (1 - 1e-12))) for share in shares]
    return [float(falling[place]) for place in reversed(places)]
