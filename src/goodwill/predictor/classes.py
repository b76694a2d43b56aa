"""Segments and value classes of a predictor: fitted with it, after those of the predictor before."""

from collections.abc import Callable, Mapping
from typing import Literal, Protocol

import pandas as pd

from goodwill.modeling.segments import Segmenter, segment_model
from goodwill.predictor.inputs import Inputs
from goodwill.value.adjusting import adjusted
from goodwill.value.classify import classify
from goodwill.value.defaults import INDUSTRIES, industry_of, rules_of
from goodwill.value.fitting import ClassLimits, fit_classes
from goodwill.value.rules import Rules

Wanted = int | Literal["auto"] | Mapping[str, object]
Settings = Mapping[str, object]  # industry, dimensions and adjust, as `classes:` of the config has them
PREDICTED = ("p_churn", "clv")
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
    named = next((name for name in INDUSTRIES if name == wanted.get("industry")), None)
    changes = wanted.get("dimensions")
    return rules_of(named or industry_of(X.columns), changes if isinstance(changes, Mapping) else None)


def with_classes(
    scores: pd.DataFrame, judged: tuple[pd.DataFrame, pd.DataFrame], limits: ClassLimits
) -> pd.DataFrame:
    """Return the scores with a column of codes per dimension; `judged` is features and predictions."""
    found = classify(*judged, limits)
    return pd.concat([scores, found.astype(dict.fromkeys(found, str))], axis=1)


def at_horizon(
    X: pd.DataFrame, scores: pd.DataFrame, inputs: Inputs, said: Callable[[pd.DataFrame], pd.DataFrame]
) -> tuple[pd.DataFrame, pd.DataFrame]:
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
    X = X.assign(horizon_days=horizon_days, **{name: X[name] * scale for name in _WINDOW if name in X})
    again = is_other & (scores["status"] == "scored")
    scores = scores[["status", *PREDICTED]].copy()
    if again.any():
        found = said(X[again].reset_index(drop=True))
        scores.loc[again, list(PREDICTED)] = found[list(PREDICTED)].to_numpy()
    return X, scores
