"""Segments and value classes of a predictor: fitted with it, after those of the predictor before."""

from collections.abc import Callable, Mapping
from typing import Literal, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.errors import UsageError
from goodwill.features.columns import Columns, Table, numbers
from goodwill.modeling.segments import Segmenter, segment_model
from goodwill.predictor.inputs import Inputs
from goodwill.value.adjusting import adjusted
from goodwill.value.classify import class_codes
from goodwill.value.defaults import INDUSTRIES, industry_of, rules_of
from goodwill.value.fitting import ClassLimits, fit_classes
from goodwill.value.rules import Rules

F = NDArray[np.float64]
Wanted = int | Literal["auto"] | Mapping[str, object]
Settings = Mapping[str, object]  # industry, dimensions and adjust, as `classes:` of the config has them
PREDICTED = ("p_churn", "clv")
_OF_CLASSES = ("industry", "dimensions", "adjust")
_WINDOW = ("value_past_window", "spend_past_window")


class Former(Protocol):
    """The predictor before: segments keep its names, limits stay where `adjust` is fixed."""

    segmenter_: Segmenter
    class_limits_: ClassLimits


def segments_of(X: pd.DataFrame, wanted: Wanted, seed: int, former: Former | None) -> Segmenter:
    """Return the segments of scored customers.

    Parameters
    ----------
    wanted : their number or "auto"; or `k`, `method` and `features`, as `segments:` of the config has them.
    """
    settings = wanted if isinstance(wanted, Mapping) else {"k": wanted}
    model = segment_model(**{**settings, "seed": seed})  # type: ignore[arg-type]  # the config has checked them
    return model.fit(X, previous=former.segmenter_ if former else None)


def limits_of(
    X: pd.DataFrame, said: pd.DataFrame, settings: Settings | None, former: Former | None
) -> ClassLimits:
    """Return the limits of the classes, fitted on scored customers and what is predicted of them."""
    when = X["as_of"].max() if "as_of" in X else pd.NaT
    as_of = None if pd.isna(when) else pd.Timestamp(when).date().isoformat()
    fitted = fit_classes(X, said, class_rules(settings, X), as_of=as_of)
    before = former.class_limits_ if former else None
    return adjusted(before, fitted, "refit" if dict(settings or {}).get("adjust") == "refit" else "fixed")


def class_rules(settings: Settings | None, X: pd.DataFrame) -> Rules:
    """Return the rules that settings mean for features: those of the industry named, or that X speaks of."""
    wanted = dict(settings or {})
    _check_classes(wanted)
    named = next((name for name in INDUSTRIES if name == wanted.get("industry")), None)
    changes = wanted.get("dimensions")
    return rules_of(named or industry_of(X.columns), changes if isinstance(changes, Mapping) else None)


def _check_classes(settings: Settings) -> None:
    for name, given in settings.items():
        known = {"industry": ("auto", *INDUSTRIES), "adjust": ("fixed", "refit")}.get(name)
        if name not in _OF_CLASSES or (known and given not in known):
            said = f"{name}: {given!r}; there is {', '.join(known or _OF_CLASSES)}"
            raise UsageError(f"classes: {said}. Correct it.")


def with_classes(scores: Columns, judged: tuple[Table, Table], limits: ClassLimits) -> Columns:
    """Return the scores with a column of codes per dimension; `judged` is features and predictions."""
    return scores.having(class_codes(*judged, limits))


def at_horizon(
    X: Columns, scores: Columns, inputs: Inputs, said: Callable[[Columns], tuple[F, F]]
) -> tuple[Columns, Columns]:
    """Return features and predictions as they are over the trained horizon, whichever was asked for.

    Limits belong to the horizon they were fitted at, so that a customer's class does not depend on how far
    ahead a score looks: predictions are made anew, the money of the past window is taken in proportion.

    Parameters
    ----------
    said : returns p_churn and clv of features.
    """
    horizon_days = inputs.horizon_days
    is_other = X["horizon_days"] != horizon_days
    if not is_other.any():
        return X, scores
    scale = horizon_days / X["horizon_days"]
    windows = {name: numbers(X, name) * scale for name in _WINDOW if name in X}
    X = X.having({"horizon_days": np.full(len(X), horizon_days), **windows})
    again = is_other & (scores["status"] == "scored")
    judged = {name: scores[name].copy() for name in PREDICTED}
    if again.any():
        for name, found in zip(PREDICTED, said(X.part(again)), strict=True):
            judged[name][again] = found
    return X, Columns({"status": scores["status"], **judged}, len(X))
