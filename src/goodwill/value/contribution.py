"""What each customer contributes in data: a stated index beside value, without money."""

import pandas as pd

from goodwill.errors import UsageError

KINDS: dict[str, tuple[str, ...]] = {
    "purchases": ("n_lines", "n_orders"),
    "variety": ("n_products", "n_categories"),
    "interactions": ("n_interactions",),
    "contracts": ("n_periods", "n_contracts"),
    "answers": ("n_survey_answers",),
    "comments": ("n_comments",),
    "referrals": ("n_referrals",),
    "experiments": ("n_campaign_rows",),
}


def data_contribution(X: pd.DataFrame) -> pd.DataFrame:
    """Return how much of what is known of all customers' behaviour and preferences comes from each one.

    The index is stated, not estimated: for each kind of data that the tables hold (`KINDS`: purchases, their
    variety, interactions, contract periods, answers, comments, referrals, campaigns) a customer's share of
    all records; the mean of these shares, each kind counting the same; times the number of customers, so that
    100 is the average customer.

    Parameters
    ----------
    X : (n, ...) features of one day, a row per customer.

    Returns
    -------
    (n, ...) frame: `customer_id`, `data_share` (adds up to 1), `data_index`, then the share of each kind.

    Raises
    ------
    UsageError
        If a customer has two rows, or no kind of data is there.

    Examples
    --------
    >>> X = pd.DataFrame({"customer_id": ["a", "b"], "n_lines": [3, 1], "n_comments": [0, 2]})
    >>> data_contribution(X)[["data_share", "data_index"]].to_numpy().tolist()
    [[0.375, 75.0], [0.625, 125.0]]
    """
    if X["customer_id"].duplicated().any():
        raise UsageError("customer_id: a customer has several rows. Give features of one day and horizon.")
    shares = {kind: counts / counts.sum() for kind, counts in _counts(X).items()}
    if not shares:
        raise UsageError(
            f"None of the {len(X.columns)} columns counts records of behaviour or preference. "
            "Give features as a snapshot holds them."
        )
    parts = pd.DataFrame(shares, index=X.index)
    share = parts.mean(axis=1)
    told = X[["customer_id"]].assign(data_share=share, data_index=100 * len(X) * share)
    return told.join(parts.add_prefix("data_share_"))


def _counts(X: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the first count that X holds of each kind, where anybody has any."""
    found = {}
    for kind, names in KINDS.items():
        counts = [X[name].fillna(0.0).astype(float) for name in names if name in X]
        if counts and counts[0].sum() > 0:
            found[kind] = counts[0]
    return found
