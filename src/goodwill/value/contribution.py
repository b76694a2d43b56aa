"""What each customer contributes in data: a stated index beside value, without money."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from goodwill.errors import UsageError
from goodwill.features.columns import ensure_frame

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


@dataclass(frozen=True)
class Records:
    """How many records of each count a base holds, and how many customers it has.

    Parameters
    ----------
    totals : by the names in `KINDS`, those there are.
    """

    totals: Mapping[str, float]
    n_customers: int


def data_contribution(X: pd.DataFrame, base: Records | None = None) -> pd.DataFrame:
    """Return how much of what is known of all customers' behaviour and preferences comes from each one.

    The index is stated, not estimated: for each kind of data that the tables hold (`KINDS`: purchases, their
    variety, interactions, contract periods, answers, comments, referrals, campaigns) a customer's share of
    all records; the mean of these shares, each kind counting the same; times the number of customers, so that
    100 is the average customer.

    Parameters
    ----------
    X : (n, ...) features of one day, a row per customer.
    base : of all customers, where X holds some of them; customers may then have several rows.

    Returns
    -------
    (n, ...) frame: `customer_id`, `data_share` (adds up to 1 over the base), `data_index`, then the share of
    each kind.

    Raises
    ------
    UsageError
        If a customer has two rows and no base is given, or no kind of data is there.

    Examples
    --------
    >>> X = pd.DataFrame({"customer_id": ["a", "b"], "n_lines": [3, 1], "n_comments": [0, 2]})
    >>> data_contribution(X)[["data_share", "data_index"]].to_numpy().tolist()
    [[0.375, 75.0], [0.625, 125.0]]
    >>> data_contribution(X[:1], Records({"n_lines": 4, "n_comments": 2}, 2))["data_index"].tolist()
    [75.0]
    """
    ensure_frame("X", X, ["customer_id"])
    if base is None:
        if X["customer_id"].duplicated().any():
            raise UsageError(
                "customer_id: a customer has several rows. Give features of one day and horizon."
            )
        base = Records({name: float(X[name].fillna(0.0).sum()) for name in counts_in(X.columns)}, len(X))
    counted = {
        kind: name for kind, name in _counted(counts_in(X.columns)).items() if base.totals.get(name, 0) > 0
    }
    if not counted:
        raise UsageError(
            f"None of the {len(X.columns)} columns counts records of behaviour or preference. "
            "Give features as a snapshot holds them."
        )
    shares = {kind: X[name].fillna(0.0).astype(float) / base.totals[name] for kind, name in counted.items()}
    parts = pd.DataFrame(shares, index=X.index)
    share = parts.mean(axis=1)
    told = X[["customer_id"]].assign(data_share=share, data_index=100 * base.n_customers * share)
    return told.join(parts.add_prefix("data_share_"))


def counts_in(columns: Iterable[object]) -> list[str]:
    """Return the columns that count records."""
    present = set(columns)
    return [name for names in KINDS.values() for name in names if name in present]


def _counted(present: Sequence[str]) -> dict[str, str]:
    """Return the first count that is there of each kind."""
    found = {kind: [name for name in names if name in present] for kind, names in KINDS.items()}
    return {kind: names[0] for kind, names in found.items() if names}
