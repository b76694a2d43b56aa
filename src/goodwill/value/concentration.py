"""How unevenly value lies among customers: Lorenz curve, Gini, and what the top customers hold."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill.arguments import as_number
from goodwill.errors import UsageError
from goodwill.evaluation.ranking import FloatArray, area, ranked, up_to
from goodwill.evaluation.samples import as_numbers

TOP_SHARES = (0.01, 0.05, 0.1, 0.2, 0.5)
_POINTS = 101


def lorenz_curve(values: npt.ArrayLike) -> pd.DataFrame:
    """Return what share of all value the least valuable customers hold, at each per cent of customers.

    Lorenz (1905), Publ. Am. Stat. Assoc. 9. Missing values are left out; with a total of 0 or less there is
    no share, and the column is missing.

    Examples
    --------
    >>> lorenz_curve([1.0, 3.0]).iloc[[0, 50, 100]].to_numpy().tolist()
    [[0.0, 0.0], [0.5, 0.25], [1.0, 1.0]]
    """
    at = np.linspace(0.0, 1.0, _POINTS)
    weight, total = _running(values)
    is_shared = len(weight) > 1 and total[-1] > 0
    held = 1 - up_to(1 - at, weight, total) / total[-1] if is_shared else np.full(_POINTS, np.nan)
    return pd.DataFrame({"customer_share": at, "value_share": held})


def gini(values: npt.ArrayLike) -> float:
    """Return the Gini coefficient: 0 where all bring the same, near 1 where one brings all.

    Twice the area between the Lorenz curve and equality. Values below zero can lift it above 1; missing where
    the total is not above zero.

    Examples
    --------
    >>> gini([5.0, 5.0]), gini([0.0, 0.0, 0.0, 8.0])
    (0.0, 0.75)
    """
    weight, total = _running(values)
    if len(weight) < 2 or total[-1] <= 0:  # noqa: PLR2004 - two borders hold one customer
        return float("nan")
    return 2 * area(weight, total) / float(weight[-1] * total[-1]) - 1


def concentration(
    values: Mapping[str, npt.ArrayLike], top_shares: Sequence[float] = TOP_SHARES
) -> pd.DataFrame:
    """Return how concentrated several values are: a row per value, such as today's and the predicted.

    Parameters
    ----------
    values : (n,) of money by name. top_shares : parts of the customers, the most valuable first.

    Returns
    -------
    frame with value, customers, total, gini, `top_<per cent>_share` of the total for each share, and missing:
    how many more customers have no value, who are left out of all that.

    Raises
    ------
    UsageError
        If a share lies outside 0 to 1, or a value is infinite.

    Examples
    --------
    >>> found = concentration({"today": [8.0, 1.0, 1.0, 0.0], "predicted": [1.0, 1.0, 1.0, 1.0]}, [0.25])
    >>> found[["value", "gini", "top_25_share"]].round(3).to_numpy().tolist()
    [['today', 0.6, 0.8], ['predicted', 0.0, 0.25]]
    """
    top_shares = [as_number(f"top_shares[{place}]", share) for place, share in enumerate(top_shares)]
    if not all(0 < share <= 1 for share in top_shares):
        raise UsageError(f"top_shares: {list(top_shares)} must lie above 0 and be at most 1, such as 0.1.")
    return pd.DataFrame([_row(name, value, top_shares) for name, value in values.items()])


def _row(name: str, values: npt.ArrayLike, top_shares: Sequence[float]) -> dict[str, str | int | float]:
    n_bad = int(np.isinf(as_numbers("values", values)).sum())
    if n_bad:
        raise UsageError(f"{name}: {n_bad} of {np.size(values)} values are infinite. Give amounts of money.")
    weight, total = _running(values)
    held = up_to(top_shares, weight, total) / total[-1] if total[-1] > 0 else [np.nan] * len(top_shares)
    tops = {f"top_{share * 100:g}_share": float(x) for share, x in zip(top_shares, held, strict=True)}
    return {
        "value": name,
        "customers": int(weight[-1]),
        "total": float(total[-1]),
        "gini": gini(values),
        **tops,
        "missing": int(np.isnan(as_numbers("values", values)).sum()),
    }


def _running(values: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return running numbers of customers and totals, the most valuable first."""
    known = np.ravel(as_numbers("values", values))
    known = known[~np.isnan(known)]
    order = ranked(known)
    return order.cumulated(np.ones(len(known))), order.cumulated(known)
