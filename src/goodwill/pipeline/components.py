"""The parts of expected value beside the scores, on request."""

import numpy as np
import pandas as pd

from goodwill.data.tables import Tables
from goodwill.features.cross_sell import cross_sales
from goodwill.pipeline.question import Question
from goodwill.predictor import CustomerValuePredictor
from goodwill.value.components import CrossSellShare, clv_components


def with_components(
    scores: pd.DataFrame,
    X: pd.DataFrame,
    predictor: CustomerValuePredictor,
    tables: Tables,
    question: Question,
) -> pd.DataFrame:
    """Add `clv_base`, `clv_cross_sell` and `clv_renewal`, which add up to `clv`.

    The share of new categories is learned from the horizon before `as_of`. Renewals are told where the hazard
    model of contracts serves; where it does not, they stay in `clv_base`.

    Parameters
    ----------
    scores, X : row by row.
    """
    past = tables.before(question.as_of)
    share = CrossSellShare.fit(cross_sales(past, question.horizon_days))
    clv = scores["clv"].to_numpy(float)
    known = np.asarray(
        X["n_categories"] if "n_categories" in X else np.full(len(X), np.nan), dtype=np.float64
    )
    contracts = predictor.model_.contracts
    renewal = np.full(len(X), np.nan)
    if contracts is not None:
        renewal = contracts.predict(X).payments * question.value.margin_rate
    return scores.assign(**clv_components(clv, known, share, renewal))
