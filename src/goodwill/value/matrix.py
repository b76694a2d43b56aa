"""Value matrix and value pyramid: the frames first, so that any picture of them shows the same numbers."""

import numpy as np
import pandas as pd

from goodwill.errors import UsageError
from goodwill.evaluation.samples import as_numbers
from goodwill.value.rules import NOT_COMPUTABLE
from goodwill.value.sizes import class_profiles

TIERS = ("platinum", "gold", "iron", "lead")
SIDES = ("high", "low")


def value_matrix(scores: pd.DataFrame, present: pd.Series | None = None) -> pd.DataFrame:
    """Return the value matrix, present value × potential: a row per quadrant, empty ones too.

    Parameters
    ----------
    scores : (n, ...) with `matrix`, and `clv` and `p_churn` where known.
    present : (n,) of today's value, in the order of the scores, such as `value_past_window`; without it,
        `present_total` is left out.

    Returns
    -------
    frame with matrix, present, potential (high, low), customers, share, and as known clv_total, value_share,
    clv_mean, p_churn_mean, present_total. Customers whose quadrant is not computable or missing are in a last
    row of their own, so that rows always add up to everybody.

    Examples
    --------
    >>> scores = pd.DataFrame({"matrix": ["high_high", "low_low", "low_low"], "clv": [6.0, 1.0, 1.0]})
    >>> value_matrix(scores)[["present", "potential", "customers", "value_share"]].head(2).to_numpy().tolist()
    [['high', 'high', 1, 0.75], ['high', 'low', 0, 0.0]]
    """
    codes = [f"{now}_{ahead}" for now in SIDES for ahead in SIDES]
    found = _ordered(scores, "matrix", codes, present)
    sides = found["matrix"].where(found["matrix"] != NOT_COMPUTABLE).str.split("_", expand=True)
    found.insert(1, "present", sides[0])
    found.insert(2, "potential", sides[1])
    return found


def value_pyramid(scores: pd.DataFrame, present: pd.Series | None = None) -> pd.DataFrame:
    """Return the value pyramid: a row per tier, the top first, with customers and value.

    Parameters
    ----------
    scores : (n, ...) with `tier`, and `clv` and `p_churn` where known.
    present : as in `value_matrix`.

    Returns
    -------
    frame with tier, customers, share and, as known, clv_total, value_share, clv_mean, p_churn_mean,
    present_total, then `share_from_top` and `value_share_from_top`: what this tier and all above it hold.

    Examples
    --------
    >>> scores = pd.DataFrame({"tier": ["gold", "platinum", "lead", "lead"], "clv": [3.0, 6.0, 1.0, 0.0]})
    >>> value_pyramid(scores)[["tier", "share_from_top", "value_share_from_top"]].round(3).head(2)
           tier  share_from_top  value_share_from_top
    0  platinum            0.25                   0.6
    1      gold            0.50                   0.9
    """
    found = _ordered(scores, "tier", list(TIERS), present)
    found["share_from_top"] = found["share"].cumsum()
    if "value_share" in found:
        found["value_share_from_top"] = found["value_share"].cumsum()
    return found


def _row_by_row(scores: pd.DataFrame, present: pd.Series) -> pd.Series:
    if len(present) != len(scores):
        raise UsageError(
            f"present holds {len(present)} values beside {len(scores)} scores. Give one for each."
        )
    return pd.Series(as_numbers("present", present), scores.index)


def _ordered(scores: pd.DataFrame, by: str, codes: list[str], present: pd.Series | None) -> pd.DataFrame:
    if by not in scores:
        raise UsageError(f"The scores have no column {by!r}. Score with a predictor of this version.")
    told = scores[by].astype(object)
    scores = scores.assign(**{by: told.where(told.notna(), NOT_COMPUTABLE)})
    # Codes of a user's own come after ours; nothing is left out.
    own = [str(code) for code in scores[by].unique() if code not in {*codes, NOT_COMPUTABLE}]
    rest = [NOT_COMPUTABLE] if (scores[by] == NOT_COMPUTABLE).any() else []
    found = class_profiles(scores, by).set_index(by)
    if present is not None:
        found["present_total"] = _row_by_row(scores, present).groupby(scores[by].astype(object)).sum()
    found = found.reindex([*codes, *sorted(own), *rest]).rename_axis(by).reset_index()
    sums = [name for name in map(str, found) if name.endswith(("customers", "share", "_total"))]
    return found.fillna(dict.fromkeys(sums, 0)).astype({"customers": np.int64})
