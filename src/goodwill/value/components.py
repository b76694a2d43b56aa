"""Where expected value comes from: what a customer buys already, what is new to the customer, renewals."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

F = npt.NDArray[np.float64]
_PRIOR_SHARE = 0.05


@dataclass(frozen=True)
class CrossSellShare:
    """The part of a customer's sales that goes to new categories, by the number of categories known.

    Parameters
    ----------
    n_categories : ascending, from 1. share : of sales, at each; beyond the last the last counts.

    Examples
    --------
    >>> sold = pd.DataFrame({"n_categories": [1, 2], "sales_total": [80.0, 20.0], "new_total": [40.0, 2.0]})
    >>> CrossSellShare.fit(sold).of(np.array([1.0, 2.0, 7.0])).round(3).tolist()
    [0.495, 0.164, 0.164]
    """

    n_categories: tuple[float, ...]
    share: tuple[float, ...]

    @classmethod
    def fit(cls, sold: pd.DataFrame) -> Self:
        """Learn from past sales, as `features.cross_sell.cross_sales` returns them.

        Small groups are drawn towards the share of all: each counts as if a twentieth of all sales more had
        been seen at that share.
        """
        total = float(sold["sales_total"].sum())
        if total <= 0:
            return cls((1.0,), (0.0,))
        overall, weight = float(sold["new_total"].sum()) / total, _PRIOR_SHARE * total
        share = (sold["new_total"] + weight * overall) / (sold["sales_total"] + weight)
        return cls(tuple(sold["n_categories"].astype(float)), tuple(share.astype(float)))

    def of(self, n_categories: F) -> F:
        """Return the share (n,) for customers who know so many categories; 0 for those who know none."""
        known = np.nan_to_num(n_categories)
        return np.where(known > 0, np.interp(known, self.n_categories, self.share), 0.0)


def clv_components(clv: F, n_categories: F, share: CrossSellShare, renewal: F) -> pd.DataFrame:
    """Return the parts of expected value, which add up to it.

    Parameters
    ----------
    clv : (n,) expected margin, missing where it is not told.
    n_categories : (n,) categories bought so far, missing without orders.
    share : of sales that goes to new categories.
    renewal : (n,) expected margin of contract payments, missing without a contract.

    Returns
    -------
    `clv_base` (all else, less servicing cost), `clv_cross_sell` and `clv_renewal`; missing where `clv` is.

    Examples
    --------
    >>> share = CrossSellShare((1.0,), (0.25,))
    >>> parts = clv_components(np.array([100.0]), np.array([3.0]), share, np.array([20.0]))
    >>> parts.to_numpy().tolist()
    [[60.0, 20.0, 20.0]]
    """
    renewed = np.where(np.isnan(clv), np.nan, np.nan_to_num(renewal))
    crossed = np.maximum(clv - renewed, 0.0) * share.of(n_categories)
    parts = {"clv_base": clv - renewed - crossed, "clv_cross_sell": crossed, "clv_renewal": renewed}
    return pd.DataFrame(parts)
