"""Customer value per branch, store or owner, compared as if each had the same mix of customers."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import t

from goodwill.arguments import ensure_names
from goodwill.errors import UsageError
from goodwill.evaluation.samples import ensure_level
from goodwill.features.columns import numbers

# Customers as which the variance of all units in a stratum counts beside a unit's own.
_LIKE = 10


def performance(
    scores: pd.DataFrame,
    by: str,
    *,
    value: str = "clv",
    mix: Sequence[str] = ("lifecycle",),
    level: float = 0.9,
) -> pd.DataFrame:
    """Return the mean value per customer of each unit, as it is and with everybody's mix of customers.

    Direct standardisation: within each stratum of `mix` the unit's mean is compared with everybody's, and the
    differences are weighed by everybody's shares of the strata that the unit has. Intervals are Student's t,
    with Satterthwaite's degrees of freedom, of the variance within unit and stratum, beside which that of
    all units in the stratum counts as ten customers: of few customers without a large one, their own variance
    is as much too low as their mean (20 units with 15 to 150 customers of log-normal value each: it alone
    held .81 to .84 of the means where .90 was said, this .92 to .94 with three strata; with a single one and
    25 customers each .82 and .89).

    Parameters
    ----------
    scores : (n, ...) with `by`, `value` and the columns of `mix`; rows without any of them are left out.
    by : the unit's column, such as one that `score.carry` keeps.
    value : the column compared. mix : columns whose combinations are the strata.
    level : of the interval.

    Returns
    -------
    frame with a row per unit, best first: `by`, customers, value_total, value_mean, adjusted_mean, low, high,
    difference (to everybody's mean), and covered_share: how much of everybody's mix the unit has at all.

    Raises
    ------
    UsageError
        If a column is missing, no customer has all of them, or the level is none.

    Examples
    --------
    >>> kinds = ["new", "old", "old", "new", "new", "old"]
    >>> scores = pd.DataFrame({"branch": list("aaabbb"), "lifecycle": kinds})
    >>> scores["clv"] = [10.0, 30.0, 30.0, 10.0, 10.0, 30.0]
    >>> found = performance(scores, "branch")
    >>> found[["branch", "value_mean", "adjusted_mean"]].round(1).to_numpy().tolist()
    [['a', 23.3, 20.0], ['b', 16.7, 20.0]]
    """
    ensure_level(level)
    rows = _known(scores, by, value, mix)
    strata = rows.groupby(list(mix))["value"].agg(["mean", "var", "size"])
    cells = rows.groupby([by, *mix])["value"].agg(["mean", "var", "size"]).join(strata.add_suffix("_base"))
    variance, freedom = _variances(cells, list(mix))
    weight = cells["size_base"] / cells["size_base"].groupby(by).transform("sum")
    grouped = pd.DataFrame({
        "difference": weight * (cells["mean"] - cells["mean_base"]),
        "squared_error": weight**2 * variance / cells["size"],
        "spent": (weight**2 * variance / cells["size"]) ** 2 / freedom,
        "covered_share": cells["size_base"] / len(rows),
    }).groupby(by).sum()  # fmt: skip
    overall, squared = float(rows["value"].mean()), grouped["squared_error"]
    degrees = (squared**2 / grouped["spent"].where(grouped["spent"] > 0)).fillna(np.inf)
    raw = rows.groupby(by)["value"].agg(customers="size", value_total="sum", value_mean="mean")
    adjusted = overall + grouped["difference"]
    margin = t.ppf((1 + level) / 2, degrees) * np.sqrt(squared)
    found = raw.assign(
        adjusted_mean=adjusted,
        low=adjusted - margin,
        high=adjusted + margin,
        difference=grouped["difference"],
        covered_share=grouped["covered_share"],
    )
    return found.sort_values("adjusted_mean", ascending=False, kind="stable").reset_index()


def _variances(cells: pd.DataFrame, mix: list[str]) -> tuple[pd.Series, pd.Series]:
    """Return the variance to expect of each cell, drawn to that within all units, and its freedom."""
    own = cells["size"] - 1
    squares = cells["var"].fillna(0.0) * own
    within = squares.groupby(mix).transform("sum") / own.groupby(mix).transform("sum").where(lambda n: n > 0)
    usual = within.fillna(cells["var_base"]).fillna(0.0)
    return (squares + _LIKE * usual) / (own + _LIKE), own + _LIKE


def _known(scores: pd.DataFrame, by: str, value: str, mix: Sequence[str]) -> pd.DataFrame:
    ensure_names(mix=mix)
    if not mix:
        raise UsageError("mix: it names no column. Name those that make strata, such as lifecycle.")
    absent = [name for name in (by, value, *mix) if name not in scores]
    if absent:
        raise UsageError(
            f"{absent[0]}: the scores have no such column. Carry it with score.carry, or name another."
        )
    rows = scores[[by, *mix]].astype(object).assign(value=numbers(scores, value)).dropna()
    if rows.empty:
        raise UsageError(f"{value}: no customer has {by}, {value} and {', '.join(mix)}. Check the columns.")
    return rows
