"""Tests in families: p-values corrected for how many questions were asked at once."""

from typing import Literal, get_args

import numpy as np
import pandas as pd

from goodwill.arguments import ensure_choice

Correction = Literal["holm", "bh"]


def adjusted(p: pd.Series, correction: Correction = "holm") -> pd.Series:
    """Return p-values corrected for the number of tests; what was not tested stays missing.

    Parameters
    ----------
    p : p-values.
    correction : "holm" holds the chance of any false finding (Holm 1979), "bh" the share of false findings
        among all (Benjamini and Hochberg 1995).

    Examples
    --------
    >>> p = pd.Series([0.01, 0.04, 0.03, np.nan])
    >>> adjusted(p).round(3).tolist(), adjusted(p, "bh").round(3).tolist()
    ([0.03, 0.06, 0.06, nan], [0.03, 0.04, 0.04, nan])
    """
    ensure_choice("correction", correction, get_args(Correction))
    known = p.dropna().sort_values(kind="stable")
    m, rank = len(known), np.arange(1, len(known) + 1)
    if correction == "holm":
        corrected = np.maximum.accumulate(known.to_numpy() * (m - rank + 1))
    else:
        corrected = np.minimum.accumulate((known.to_numpy() * m / rank)[::-1])[::-1]
    return pd.Series(np.minimum(corrected, 1.0), index=known.index).reindex(p.index)
