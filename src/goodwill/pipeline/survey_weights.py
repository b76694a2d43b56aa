"""Where the weights of dimensions come from: given, equal, or derived from the outcome."""

import pandas as pd

from goodwill.config.surveys import SurveysSection
from goodwill.errors import FitError
from goodwill.perceived.combined_weights import combined_weights
from goodwill.perceived.dimensions import by_dimension, dimensions_of
from goodwill.perceived.estimates import weighted_means
from goodwill.perceived.factor_scores import dimension_factors
from goodwill.perceived.reported_value import reported_value
from goodwill.perceived.survey import Survey
from goodwill.perceived.weights import DerivedWeights, derived_weights
from goodwill.pipeline.survey_utility import dimension_scores


def weights_of(survey: Survey, section: SurveysSection, seed: int) -> pd.DataFrame | None:
    """Return the `weight` of each dimension, with `low` and `high` where it is estimated.

    None where perceived value finds its own: stated importance, else equal weights.

    Raises
    ------
    UsageError, FitError
        If weights are to be derived and no outcome was asked, or no dimension raises it.
    """
    wanted = section.weights
    if isinstance(wanted, dict):
        return pd.DataFrame({"weight": wanted})
    if wanted == "equal":
        return pd.DataFrame({"weight": 1.0}, index=dimension_scores(survey).columns)
    if wanted == "stated":
        return None
    found = _derived(survey, section.level, seed)
    if wanted == "derived":
        return found.table
    stated = weighted_means(by_dimension(survey.wide("importance"), survey), survey.weights())["mean"]
    return combined_weights(found, stated, section.level)


def _derived(survey: Survey, level: float, seed: int) -> DerivedWeights:
    """Return weights, costs turned; freed from errors of measurement where reliabilities allow it."""
    scores, keeps = dimension_factors(survey)
    outcome, weights = reported_value(survey), survey.weights()
    kinds = dimensions_of(survey)["kind"].reindex(scores.columns)
    turned = scores * pd.Series(1.0, scores.columns).where(kinds != "cost", -1.0)
    if keeps.notna().all():
        try:
            return derived_weights(
                turned, outcome, reliability=keeps, weights=weights, level=level, seed=seed
            )
        except FitError:
            pass
    return derived_weights(turned, outcome, weights=weights, level=level, seed=seed)
