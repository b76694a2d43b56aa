"""A base of customers of every kind, with made-up predictions, and limits fitted to it."""

import numpy as np
import pandas as pd
import pytest

from goodwill.value.defaults import rules_of
from goodwill.value.fitting import ClassLimits, fit_classes

N = 1_000


@pytest.fixture(scope="package")
def X() -> pd.DataFrame:  # noqa: N802 - the name of features
    rng = np.random.default_rng(0)
    status = rng.choice(["scored", "prospect", "inactive"], N, p=[0.8, 0.1, 0.1])
    n_orders = np.where(status == "prospect", 0, rng.geometric(0.4, N)).astype(float)
    has_bought = n_orders > 0
    spend = np.where(has_bought, rng.lognormal(3, 1, N), np.nan)
    return pd.DataFrame(
        {
            "customer_id": [f"c{i}" for i in range(N)],
            "status": status,
            "n_orders": n_orders,
            "n_order_days": n_orders,
            "n_orders_365d": np.floor(n_orders * rng.random(N)),
            "spend_mean": spend,
            "spend_total": np.nan_to_num(spend) * n_orders,
            "days_since_last_order": np.where(has_bought, rng.integers(1, 600, N), np.nan),
            "days_since_signup": rng.integers(1, 900, N).astype(float),
            "value_past_window": np.where(has_bought, rng.lognormal(2, 1, N), 0.0),
            "n_interactions_365d": rng.poisson(2, N).astype(float),
            "n_referrals": rng.poisson(0.1, N).astype(float),
            "n_contracts_running": rng.poisson(0.3, N).astype(float),
            "n_survey_answers": rng.poisson(0.5, N).astype(float),
            "survey_perception_mean": rng.uniform(1, 7, N),
            "survey_gap_mean": rng.normal(-0.5, 1, N),
        }
    )


@pytest.fixture(scope="package")
def scores(X: pd.DataFrame) -> pd.DataFrame:
    rng, is_scored = np.random.default_rng(1), X["status"] == "scored"
    return X[["customer_id", "status"]].assign(
        p_churn=np.where(is_scored, rng.random(N), np.nan),
        clv=np.where(is_scored, rng.lognormal(3, 1, N), np.nan),
    )


@pytest.fixture(scope="package")
def limits(X: pd.DataFrame, scores: pd.DataFrame) -> ClassLimits:
    is_scored = X["status"] == "scored"
    return fit_classes(X[is_scored], scores[is_scored], rules_of("retail"), as_of="2025-01-01")
