"""How much value respondents report, from the questions that ask for it: one, or what several share."""

import numpy as np
import pandas as pd

from goodwill.errors import UsageError
from goodwill.perceived.dimensions import on_index
from goodwill.perceived.estimates import F
from goodwill.perceived.one_factor import one_factor
from goodwill.perceived.outcomes import outcome_items
from goodwill.perceived.reliability import covered
from goodwill.perceived.survey import Survey

# Each follows overall value with noise of its own.
FOLLOW_VALUE = ("csat", "nps", "recommend", "repurchase")
_PAIR, _MOST, _STILL = 2, 0.995, 1e-9


def reported_value(survey: Survey) -> pd.Series:
    """Return how much value each respondent reports, NaN where nothing was answered.

    The question of overall value where there is one (`measure: overall`), from 0 to 100. Otherwise what
    satisfaction, recommendation and repurchase intent share, in standard deviations; else the first outcome
    question there is. Answers count with their whole scale, not as promoters or satisfied.

    Notes
    -----
    Several questions are one factor, scored by least squares over those that a respondent answered (Bartlett
    1937, British J. Psychology 28): each counts by its loading over its unique variance, a question without
    or with a negative loading not at all.

    Raises
    ------
    UsageError : no question has a `measure`.

    Examples
    --------
    >>> from goodwill.perceived.intake import Item, read_wide
    >>> asked = [Item("happy", scale=(1, 5), measure="csat", columns={"score": "A"}),
    ...          Item("again", scale=(1, 5), measure="repurchase", columns={"score": "B"})]
    >>> answers = pd.DataFrame({"A": [1, 2, 3, 4, None], "B": [2, 1, 4, None, None]})
    >>> reported_value(read_wide(answers, asked)).rank().tolist()
    [1.0, 2.0, 3.0, 4.0, nan]
    """
    measures = outcome_items(survey)
    if measures.empty:
        raise UsageError("no item has a `measure`: overall, csat, nps … Weights cannot be derived.")
    overall, following = measures[measures == "overall"], measures[measures.isin(FOLLOW_VALUE)]
    items = next(part for part in (overall, following, measures[:1]) if len(part)).index
    places = on_index(survey.wide("score")[items], survey)
    if len(items) == 1:
        return places[items[0]]
    return _shared(places, survey.weights().to_numpy(dtype=float))


def _shared(places: pd.DataFrame, weights: F) -> pd.Series:
    """Return factor scores of several questions; the first question where they share nothing."""
    everyone = covered(places, weights)
    spread = np.sqrt(np.diag(everyone.covariance))
    if not (spread > _STILL).all():
        return places.iloc[:, 0]
    loadings = _loadings(everyone.covariance / np.outer(spread, spread))
    use = loadings / (1 - loadings**2)
    values = places.to_numpy(dtype=float)
    standard = (values - np.nanmean(values, axis=0)) / spread
    told = np.isfinite(standard) @ (use * loadings)
    if not told.any():
        return places.iloc[:, 0]
    score = np.divide(np.nan_to_num(standard) @ use, told, out=np.full(len(told), np.nan), where=told > 0)
    return pd.Series(score, places.index)


def _loadings(correlation: F) -> F:
    """Return loadings, none below zero; two questions have the same."""
    if len(correlation) == _PAIR:
        return np.full(_PAIR, np.sqrt(np.clip(correlation[0, 1], 0, _MOST)))
    return np.clip(one_factor(correlation).loadings, 0, np.sqrt(_MOST))
