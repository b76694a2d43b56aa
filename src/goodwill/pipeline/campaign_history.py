"""What a customer's history expects of the days that a campaign is judged by: the best of its covariates."""

import numpy as np
import pandas as pd

from goodwill.modeling.expectations import Expectations

# Of what is counted in a campaign, the column that history expects of it.
EXPECTED = {"orders": "expected_orders", "revenue": "expected_revenue", "margin": "expected_revenue"}


def with_history(known: pd.DataFrame) -> pd.DataFrame:
    """Add orders, revenue and the chance to be a customer still, as buy-till-you-die models expect them.

    The models (Pareto/NBD, Gamma-Gamma) are fitted to what was known of all customers that day; where their
    histories do not identify them, or there are contracts alone, nothing is added.

    Parameters
    ----------
    known : (n, ...) features of a day over one horizon, as `score_frame` returns them.
    """
    fitted = Expectations.fit(known[known["status"] == "scored"].reset_index(drop=True))
    if fitted is None:
        return known
    logs = fitted.of(known).columns
    orders, spend, alive = (
        np.exp(logs[name]) for name in ("h_expected_orders", "expected_spend", "expected_alive")
    )
    told = pd.DataFrame(
        {"expected_orders": orders, "expected_revenue": orders * spend, "expected_alive": alive}
    )
    # First: small campaigns adjust for the first covariates alone.
    return pd.concat([told.set_axis(known.index), known], axis=1)
