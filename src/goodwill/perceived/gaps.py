"""What customers feel they get against what they expect: the gap per item and dimension (SERVQUAL)."""

import numpy as np
import pandas as pd

from goodwill.evaluation.samples import ensure_level
from goodwill.perceived.dimensions import by_dimension, dimensions_of, on_one_scale
from goodwill.perceived.estimates import difference, p_values, weighted_means
from goodwill.perceived.families import Correction, adjusted
from goodwill.perceived.survey import Survey

COLUMNS = (
    "n", "expectation", "perception", "gap", "low", "high", "p_value", "p_adjusted", "importance",
    "weighted_gap", "verdict",
)  # fmt: skip


def item_gaps(
    survey: Survey, *, level: float = 0.95, correction: Correction = "holm", wave: str | None = None
) -> pd.DataFrame:
    """Return perception less expectation for each item asked on both sides.

    Parameters
    ----------
    survey : with the sides `expectation` and `perception`.
    level : coverage of the paired t intervals.
    correction : of the p-values, over all items.
    wave : answers of one wave; by default the latest of each respondent.

    Returns
    -------
    A row per item: `dimension`, `n` respondents with both answers, the means of both sides and `gap` (below
    0: less than expected), its interval, `p_value` and `p_adjusted`, mean stated `importance`, `weighted_gap`
    (the gap times the item's share of all importance, so that they add up to the weighted score; of a cost
    turned, so that below 0 is a shortfall everywhere), `verdict`: shortfall, surplus, as_expected or
    not_computable. More than expected of a cost is a shortfall. Items on different scales are told from 0 to
    100, else the longer scale would rule.

    Notes
    -----
    Parasuraman, Zeithaml and Berry (1988), Journal of Retailing 64(1).

    Examples
    --------
    >>> from goodwill.perceived.intake import read_long
    >>> said = [("a", "expectation", 6.0), ("b", "expectation", 7.0), ("c", "expectation", 6.0),
    ...         ("a", "perception", 4.0), ("b", "perception", 4.0), ("c", "perception", 4.0)]
    >>> answers = pd.DataFrame(said, columns=["respondent", "side", "value"]).assign(item="speed")
    >>> item_gaps(read_long(answers)).loc["speed", "verdict"]
    'shortfall'
    """
    ensure_level(level)
    expected, felt, stated = _sides(survey, wave)
    table = _gaps(survey.weights(wave), (expected, felt, stated), level, correction)
    table = _judged(table, survey.items.loc[table.index, "kind"], level)
    table.insert(0, "dimension", survey.items.loc[table.index, "dimension"])
    return table


def dimension_gaps(
    survey: Survey, *, level: float = 0.95, correction: Correction = "holm", wave: str | None = None
) -> pd.DataFrame:
    """Return the gap of each dimension: of each respondent's mean over the items answered on both sides.

    Returns
    -------
    A row per dimension, with the columns of `item_gaps`; last `all`: the mean over all items that are
    benefits, also those in no dimension.
    """
    ensure_level(level)
    expected, felt, stated = _sides(survey, wave)
    is_both = (expected.notna() & felt.notna()).to_numpy()
    parts = [by_dimension(side.where(is_both), survey) for side in (expected, felt)]
    asked = by_dimension(stated, survey)
    benefits = [
        name for name, kind in survey.items["kind"].reindex(expected.columns).items() if kind == "benefit"
    ]
    expected, felt = (
        part.assign(all=side.where(is_both)[benefits].mean(axis=1))
        for part, side in zip(parts, (expected, felt), strict=True)
    )
    table = _gaps(survey.weights(wave), (expected, felt, asked), level, correction).rename_axis("dimension")
    return _judged(table, dimensions_of(survey)["kind"].reindex(table.index).fillna("benefit"), level)


def gap_changes(survey: Survey, *, level: float = 0.95, correction: Correction = "holm") -> pd.DataFrame:
    """Return how each item's gap moved from each wave to the next.

    Returns
    -------
    A row per item and pair of waves: `item`, `from_wave`, `to_wave`, `before`, `after`, `change`, `se`,
    `low`, `high`, `p_value`, `p_adjusted` (over all rows). Who answered in both waves counts as one person.
    """
    ensure_level(level)
    gaps = {wave: _gap_matrix(survey, wave) for wave in survey.waves}
    parts = []
    for earlier, later in zip(survey.waves, survey.waves[1:], strict=False):
        both = gaps[earlier].columns.intersection(gaps[later].columns, sort=False)
        weights = survey.weights(earlier), survey.weights(later)
        moved = difference(gaps[earlier][both], gaps[later][both], weights, level)
        parts.append(moved.assign(from_wave=earlier, to_wave=later))
    if not parts:
        return pd.DataFrame()
    table = pd.concat(parts).rename_axis("item").reset_index()
    return table.assign(p_adjusted=adjusted(table["p_value"], correction))


def _judged(table: pd.DataFrame, kinds: pd.Series, level: float) -> pd.DataFrame:
    """Return the table with weighted gaps of costs turned, and what each corrected test says, in codes."""
    sign = np.where(kinds.to_numpy() == "cost", -1.0, 1.0)
    is_clear = (table["p_adjusted"] < 1 - level).to_numpy()
    good = sign * table["gap"].to_numpy() > 0
    words = np.where(~is_clear, "as_expected", np.where(good, "surplus", "shortfall"))
    verdict = np.where(table["p_value"].isna(), "not_computable", words)
    return table.assign(weighted_gap=sign * table["weighted_gap"], verdict=verdict)


def _sides(survey: Survey, wave: str | None) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    expected, felt = survey.wide("expectation", wave=wave), survey.wide("perception", wave=wave)
    both = [name for name in expected if name in felt]
    stated = survey.wide("importance", wave=wave).reindex(columns=both)
    # All waves decide, so that each is told on the same scale.
    among = sorted(set(survey.items_of("expectation")) & set(survey.items_of("perception")))
    return on_one_scale(expected[both], survey, among), on_one_scale(felt[both], survey, among), stated


def _gap_matrix(survey: Survey, wave: str) -> pd.DataFrame:
    expected, felt, _ = _sides(survey, wave)
    return felt - expected


def _gaps(
    weights: pd.Series,
    sides: tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame],
    level: float,
    correction: Correction,
) -> pd.DataFrame:
    expected, felt, stated = sides
    gap = felt - expected
    paired = gap.notna()
    found = weighted_means(gap, weights, level)
    importance = weighted_means(stated, weights)["mean"].reindex(found.index)
    tested = found.drop(index="all", errors="ignore")
    share = importance / importance.drop(index="all", errors="ignore").sum()
    p = p_values(found["mean"], found["se"], found["n_effective"])
    return pd.DataFrame({
        "n": found["n"],
        "expectation": weighted_means(expected.where(paired), weights)["mean"],
        "perception": weighted_means(felt.where(paired), weights)["mean"],
        "gap": found["mean"],
        "low": found["low"],
        "high": found["high"],
        "p_value": p,
        "p_adjusted": adjusted(p[tested.index], correction).reindex(p.index).fillna(p),
        "importance": importance,
        "weighted_gap": share * found["mean"],
    })  # fmt: skip
