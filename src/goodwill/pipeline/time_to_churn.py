"""When subscribers are likely to leave, beside the scores, on request."""

import numpy as np
import pandas as pd

from goodwill.errors import UsageError
from goodwill.predictor import CustomerValuePredictor

_YEAR_DAYS = 365.25


def with_time_to_churn(
    scores: pd.DataFrame, X: pd.DataFrame, predictor: CustomerValuePredictor
) -> pd.DataFrame:
    """Add `time_to_churn_days`: after so many days half of the subscribers such as each one will have left.

    It is the day of a renewal, told by the model of renewals, also where another model serves `p_churn`, and
    `lifetime_years` at most: a customer with so many stays at least as long. Where the next renewal is not
    known, customers leave at the steady pace of `p_churn`. It is missing where `p_churn` is.

    Parameters
    ----------
    scores, X : row by row.

    Raises
    ------
    UsageError
        If the customers do not live by contracts alone, or the model knows of no renewal that failed.
    """
    years = predictor.lifetime_years
    told = predictor.model_.half_left(X, years=years)
    if told is None:
        raise UsageError(
            "score.time_to_churn: it is told of customers who live by contracts alone, by a model that saw "
            "renewals fail. Leave it out here."
        )
    p_churn, horizon = scores["p_churn"].to_numpy(float), X["horizon_days"].to_numpy(float)
    steady = np.log(0.5) / np.log1p(-p_churn) * horizon
    days = np.where(np.isnan(told), np.minimum(steady, years * _YEAR_DAYS), told)
    return scores.assign(time_to_churn_days=np.where(np.isnan(p_churn), np.nan, days))
