"""Perceived value: the benefits customers feel, less what it costs them, on scales from 0 to 100."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from goodwill.errors import UsageError
from goodwill.evaluation.samples import ensure_level
from goodwill.perceived.dimensions import by_dimension, dimensions_of, on_index, rated_answers
from goodwill.perceived.estimates import p_values, t_quantile, weighted_means
from goodwill.perceived.items import EXPLICIT, IMPLICIT
from goodwill.perceived.respondents import grouped
from goodwill.perceived.survey import Survey

# Figures that may be below 0; all others run from 0 to 100.
_LOWEST = {"net_value": -100.0, "explicit_less_implicit": -100.0}


@dataclass(frozen=True)
class PerceivedValue:
    """Perceived value, per respondent and in all.

    Parameters
    ----------
    dimensions : a row per dimension: `kind`, `n`, `score` (0 to 100; of a cost: how much it costs) with an
        interval, `weight` (of its kind, adding up to 1) and `contribution` to net value.
    respondents : index respondent: `benefit` and `cost` (0 to 100), `net_value` (−100 to 100), `value_ratio`
        (benefit by cost, missing where the cost is 0), `index` (0 to 100), `explicit` and `implicit` benefit.
    total : a row per such figure with its mean and interval; `value_ratio` is the ratio of the means.
    weights_from : stated, given, derived or equal.
    """

    dimensions: pd.DataFrame
    respondents: pd.DataFrame
    total: pd.DataFrame
    weights_from: str

    @property
    def weights(self) -> dict[str, float]:
        """The weight of each dimension."""
        return {str(name): float(weight) for name, weight in self.dimensions["weight"].items()}


def perceived_value(
    survey: Survey,
    weights: Mapping[str, float] | None = None,
    *,
    level: float = 0.95,
    wave: str | None = None,
    weights_from: str | None = None,
) -> PerceivedValue:
    """Return what customers feel they get, less what it costs them.

    Parameters
    ----------
    weights : of dimensions; by default their mean stated importance, else all equal. Derived ones come from
        `derived_weights` or `relative_importance`.
    level : coverage of the intervals.
    wave : answers of one wave; by default the latest of each respondent.
    weights_from : how to call given weights.

    Notes
    -----
    Answers are placed on their scales from 0 to 100 and averaged over the items of each dimension that a
    respondent answered; benefit and cost are weighted means over the dimensions of their kind that the
    respondent answered. `net_value` = benefit − cost and `value_ratio` = benefit / cost (Zeithaml 1988;
    Monroe 1990); `index` = 50 + net_value / 2, or the benefit where no cost was asked. The interval of the
    ratio of means is linearised on the log scale.

    Raises
    ------
    UsageError
        If no answered item belongs to a dimension, or a weight is negative or of no dimension.

    Examples
    --------
    >>> from goodwill.perceived.intake import Item, read_wide
    >>> asked = [Item("good", "quality", scale=(1, 5), columns={"score": "A"}),
    ...          Item("dear", "price", scale=(1, 5), columns={"score": "B"})]
    >>> found = perceived_value(read_wide(pd.DataFrame({"A": [5, 3], "B": [2, 2]}), asked))
    >>> found.respondents["net_value"].tolist(), float(found.total.loc["value_ratio", "mean"])
    ([75.0, 25.0], 3.0)
    """
    ensure_level(level)
    rated = rated_answers(survey, wave=wave)
    scores = by_dimension(on_index(rated, survey), survey)
    if scores.empty or scores.isna().all(axis=None):
        raise UsageError("no answered item belongs to a dimension. Set `dimension` in the item list.")
    kinds = dimensions_of(survey)["kind"].reindex(scores.columns)
    shares, origin = _weights(survey, scores.columns, kinds, weights, weights_from)
    people = _per_respondent(scores, kinds, shares)
    found = weighted_means(scores, survey.weights(wave), level)
    table = pd.DataFrame({
        "kind": kinds, "n": found["n"], "score": found["mean"],
        "low": found["low"].clip(lower=0.0), "high": found["high"].clip(upper=100.0), "weight": shares,
    })  # fmt: skip
    sign = np.where(kinds == "cost", -1.0, 1.0)
    table = table.assign(contribution=sign * table["weight"] * table["score"]).rename_axis("dimension")
    return PerceivedValue(table, people, summarised(people, survey.weights(wave), level), origin)


def summarised(people: pd.DataFrame, weights: pd.Series, level: float = 0.95) -> pd.DataFrame:
    """Return the mean of each figure of `PerceivedValue.respondents` with its interval.

    `value_ratio` is the ratio of mean benefit to mean cost among those who told both;
    `explicit_less_implicit` is the paired difference, with its p-value.
    """
    gap = people["explicit"] - people["implicit"]
    values = people.drop(columns="value_ratio").assign(explicit_less_implicit=gap)
    table = weighted_means(values, weights, level)
    lowest = pd.Series(_LOWEST).reindex(table.index).fillna(0.0)
    table["low"], table["high"] = table["low"].clip(lower=lowest), table["high"].clip(upper=100.0)
    table = table.assign(p_value=p_values(table["mean"], table["se"], table["n_effective"]))
    table.loc[table.index != "explicit_less_implicit", "p_value"] = np.nan
    return pd.concat([table, _ratio(people, weights, level)]).drop(columns="sd").rename_axis("figure")


def value_by_group(
    found: PerceivedValue, weights: pd.Series, groups: pd.Series, *, level: float = 0.95
) -> pd.DataFrame:
    """Return the figures of `PerceivedValue.total` for each group, with `group` and `figure` as columns.

    Parameters
    ----------
    weights : of the respondents, as `Survey.weights` returns them.
    groups : index respondent; who belongs to none (missing) counts in none.
    """
    ensure_level(level)
    of = grouped(groups, found.respondents.index)
    parts = []
    for name in sorted(of.dropna().unique()):
        is_in = (of == name).to_numpy(dtype=bool)
        table = summarised(found.respondents[is_in], weights[is_in], level)
        parts.append(table.reset_index().assign(group=name))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _weights(
    survey: Survey,
    names: pd.Index,
    kinds: pd.Series,
    given: Mapping[str, float] | None,
    weights_from: str | None,
) -> tuple[pd.Series, str]:
    """Return weights that add up to 1 within benefits and within costs, and where they come from."""
    if given is not None:
        raw, origin = _given(given, names), weights_from or "given"
    else:
        stated = by_dimension(survey.wide("importance"), survey)
        raw = weighted_means(stated, survey.weights())["mean"].reindex(names)
        origin = "stated" if raw.notna().all() else "equal"
    if origin == "equal":
        raw = pd.Series(1.0, index=names)
    totals = raw.groupby(kinds).transform("sum")
    sizes = raw.groupby(kinds).transform("size")
    return (raw / totals.where(totals > 0)).fillna(1 / sizes), origin


def _given(given: Mapping[str, float], names: pd.Index) -> pd.Series:
    wrong = [name for name in given if name not in names]
    if wrong:
        raise UsageError(f"weights: {wrong[0]} is no dimension with answers; these are {', '.join(names)}.")
    negative = [name for name, weight in given.items() if not weight >= 0]
    if negative:
        raise UsageError(f"weights: {negative[0]} is {given[negative[0]]:g}; weights are 0 or more.")
    return pd.Series({name: float(given.get(name, 0.0)) for name in names})


def _per_respondent(scores: pd.DataFrame, kinds: pd.Series, shares: pd.Series) -> pd.DataFrame:
    is_cost = (kinds == "cost").to_numpy()
    names = pd.Series(scores.columns, index=scores.columns)
    benefit, cost = (_weighted(scores, shares, mask) for mask in (~is_cost, is_cost))
    has_costs = bool(is_cost.any())
    net = benefit - cost if has_costs else benefit * np.nan
    return pd.DataFrame({
        "benefit": benefit, "cost": cost, "net_value": net,
        "value_ratio": benefit / cost.where(cost > 0),
        "index": 50 + net / 2 if has_costs else benefit,
        "explicit": _weighted(scores, shares, names.isin(EXPLICIT).to_numpy()),
        "implicit": _weighted(scores, shares, names.isin(IMPLICIT).to_numpy()),
    }, index=scores.index)  # fmt: skip


def _weighted(scores: pd.DataFrame, shares: pd.Series, mask: np.ndarray) -> pd.Series:
    """Return the weighted mean over the chosen dimensions that a respondent answered."""
    part, weights = scores.loc[:, mask], shares[mask].to_numpy()
    told = part.notna().to_numpy() @ weights
    total = np.nan_to_num(part.to_numpy()) @ weights
    return pd.Series(np.divide(total, told, out=np.full(len(part), np.nan), where=told > 0), scores.index)


def _ratio(people: pd.DataFrame, weights: pd.Series, level: float) -> pd.DataFrame:
    both = people[["benefit", "cost"]].where(people[["benefit", "cost"]].notna().all(axis=1))
    means = weighted_means(both, weights, level)
    benefit, cost = means["mean"]
    ratio = benefit / cost if cost > 0 else np.nan
    relative = (both["benefit"] / benefit - both["cost"] / cost) if ratio > 0 else both["cost"] * np.nan
    row = weighted_means(relative.to_frame("value_ratio"), weights, level)
    half = row["se"] * t_quantile(row["n_effective"], level)
    return row.assign(
        n=means["n"].min(),
        mean=ratio,
        se=row["se"] * ratio,
        low=ratio * np.exp(-half),
        high=ratio * np.exp(half),
    )
