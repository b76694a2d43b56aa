"""Whether a dimension hurts where it is low as much as it pays where it is high (penalty and reward)."""

from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill.errors import FitError
from goodwill.evaluation.samples import ensure_level
from goodwill.perceived.importance import interval
from goodwill.perceived.moments import F, moments

Kind = Literal["basic", "performance", "excitement", "contrary", "none"]
_THIRD = 1 / 3
_LEVELS_NEEDED = 3


def penalty_reward(
    X: pd.DataFrame,
    y: npt.ArrayLike,
    *,
    weights: npt.ArrayLike | None = None,
    level: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Return what an outcome loses where a dimension is low, and gains where it is high.

    Parameters
    ----------
    X : (n, p) of float; scores, NaN where not answered. Low is the lowest third of the respondents and high
        the highest, as near as ties allow.
    y, weights, level, seed : as in `relative_importance`.

    Returns
    -------
    A row per dimension: `low_up_to` and `high_from` (scores), `penalty` and `reward` (in the outcome's units,
    against the middle, all dimensions together), each with `_low` and `_high`; `balance` = reward + penalty
    with its interval; and `kind`: basic (hurts more than it pays), excitement (pays more than it hurts),
    performance (an effect without an asymmetry that is sure), contrary (the outcome
    is the higher the lower the score), none.

    Notes
    -----
    Penalty–reward contrast (Brandt 1987, in Surprenant (ed.), Add Value to Your Service, p. 61): a linear
    regression on two dummy variables per dimension, here with bootstrap intervals.

    Raises
    ------
    FitError : a dimension with fewer than three different scores, or too few complete respondents.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame({"lights": rng.integers(1, 6, 500), "sweets": rng.integers(1, 6, 500)})
    >>> y = X["lights"].clip(upper=3) + X["sweets"].clip(lower=3) + rng.normal(scale=0.1, size=500)
    >>> penalty_reward(X, y)["kind"].to_dict()
    {'lights': 'basic', 'sweets': 'excitement'}
    """
    ensure_level(level)
    limits = pd.DataFrame({name: _limits(X[name]) for name in X}, index=["low_up_to", "high_from"]).T
    low, high = X.le(limits["low_up_to"]).where(X.notna()), X.ge(limits["high_from"]).where(X.notna())
    found = moments(pd.concat([low, high], axis=1).astype(float), y, weights, seed=seed)
    p = X.shape[1]
    whole, drawn = _slopes(found.whole[None]), _slopes(found.drawn)
    table = limits.rename_axis("dimension")
    parts = {"penalty": slice(p), "reward": slice(p, None)}
    for name, columns in parts.items():
        _put(table, name, whole[:, columns], drawn[:, columns], level)
    _put(table, "balance", whole[:, :p] + whole[:, p:], drawn[:, :p] + drawn[:, p:], level)
    return table.assign(kind=[_kind(row) for _, row in table.iterrows()])


def _limits(scores: pd.Series) -> list[float]:
    """Return up to which score a third is low and from which a third is high; something is left between."""
    share = scores.value_counts(normalize=True).sort_index()
    if len(share) < _LEVELS_NEEDED:
        raise FitError(
            f"{scores.name}: {len(share)} different scores; low, middle and high need {_LEVELS_NEEDED}. "
            "Leave it out, or score it by more items."
        )
    rises = share.cumsum().to_numpy()
    low = int(np.abs(rises[:-2] - _THIRD).argmin())
    above = 1 - rises[low + 1 : -1]
    high = low + 2 + int(np.abs(above - _THIRD).argmin())
    return [float(share.index[low]), float(share.index[high])]


def _slopes(covariance: F) -> F:
    # A resample may hold nobody whose score is low: its pseudo-inverse leaves that slope at 0.
    return (np.linalg.pinv(covariance[:, :-1, :-1], hermitian=True) @ covariance[:, :-1, -1:])[..., 0]


def _put(table: pd.DataFrame, name: str, whole: F, drawn: F, level: float) -> None:
    table[name] = whole[0]
    table[f"{name}_low"], table[f"{name}_high"] = interval(drawn, level)


def _kind(row: pd.Series) -> Kind:
    hurts, pays = row["penalty_high"] < 0, row["reward_low"] > 0
    if row["balance_high"] < 0 and hurts:
        return "basic"
    if row["balance_low"] > 0 and pays:
        return "excitement"
    if hurts or pays:
        return "performance"
    return "contrary" if row["penalty_low"] > 0 or row["reward_high"] < 0 else "none"
