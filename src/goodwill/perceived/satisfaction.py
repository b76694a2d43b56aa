"""Satisfaction and loyalty with honest intervals, in all, by group and by wave."""

import numpy as np
import pandas as pd
from scipy import stats

from goodwill.evaluation.samples import ensure_level
from goodwill.perceived.estimates import difference, p_values, t_quantile, weighted_means, wilson
from goodwill.perceived.families import Correction, adjusted
from goodwill.perceived.outcomes import SHARES, outcome_items, outcome_values
from goodwill.perceived.respondents import ensure_who, grouped
from goodwill.perceived.survey import Survey

UNITS = {"nps": "points", "share_of_wallet": "as answered"} | dict.fromkeys(SHARES, "share") | dict.fromkeys(
    ("overall", "effort"), "index"
)  # fmt: skip


def satisfaction(
    survey: Survey, *, level: float = 0.95, wave: str | None = None, who: np.ndarray | None = None
) -> pd.DataFrame:
    """Return CSAT, NPS, effort score, intents, share of wallet and overall value, each with an interval.

    Parameters
    ----------
    survey : outcome questions are the items with a `measure`, answered on the side `score`.
    wave : answers of one wave; by default the latest of each respondent.
    who : (n_respondents,) of bool; those to count, by default all.

    Returns
    -------
    A row per item: `measure`, `unit`, `n`, `n_effective`, `estimate`, `low`, `high`; for `nps` also the
    shares `promoters` and `detractors`. Units: points (−100 to 100), share (of answers in the upper quarter
    of the scale), index (0 to 100), as answered.

    Notes
    -----
    NPS: the difference of two shares of one multinomial, with the adjusted Wald interval of Bonett and Price
    (2012, J. Educ. Behav. Stat. 37), the trinomial variance after adding one promoter and one
    detractor. Shares: Wilson (1927). Means: Student's t.

    Examples
    --------
    >>> from goodwill.perceived.intake import Item, read_wide
    >>> asked = [Item("tell", scale=(0, 10), measure="nps", columns={"score": "Q"})]
    >>> table = satisfaction(read_wide(pd.DataFrame({"Q": [10, 9, 8, 3]}), asked))
    >>> table.loc["tell", ["estimate", "low", "high"]].astype(float).round(1).tolist()
    [25.0, -55.1, 88.5]
    """
    ensure_level(level)
    ensure_who(who, survey.respondents)
    measures = outcome_items(survey)
    values = outcome_values(survey, wave=wave)
    values = values if who is None else values[np.asarray(who)].reindex(values.index)
    weights = survey.weights(wave)
    found = weighted_means(values, weights, level)
    table = pd.DataFrame({
        "measure": measures, "unit": measures.map(UNITS),
        "n": found["n"], "n_effective": found["n_effective"],
        "estimate": found["mean"], "low": found["low"], "high": found["high"],
    }, index=measures.index)  # fmt: skip
    is_index = (table["unit"] == "index").to_numpy()
    table.loc[is_index, ["low", "high"]] = table.loc[is_index, ["low", "high"]].clip(0, 100)
    is_share = measures.isin(SHARES).to_numpy()
    low, high = wilson(table["estimate"][is_share], table["n_effective"][is_share], level)
    table.loc[is_share, ["low", "high"]] = np.column_stack([low, high])
    ends = [
        weighted_means((values == end).astype(float).where(values.notna()), weights)["mean"]
        for end in (100, -100)
    ]
    is_nps = (measures == "nps").to_numpy()
    table = table.assign(promoters=ends[0].where(is_nps), detractors=ends[1].where(is_nps))
    low, high = nps_interval(table["promoters"], table["detractors"], table["n_effective"], level)
    return table.assign(low=table["low"].mask(is_nps, low), high=table["high"].mask(is_nps, high))


def nps_interval(
    promoters: pd.Series, detractors: pd.Series, n: pd.Series, level: float = 0.95
) -> tuple[pd.Series, pd.Series]:
    """Return the limits of 100 × (promoters − detractors) from shares of n answers.

    Examples
    --------
    >>> low, high = nps_interval(pd.Series([0.5]), pd.Series([0.25]), pd.Series([400]))
    >>> low.round(1).item(), high.round(1).item()
    (16.8, 33.0)
    """
    up, down = (promoters * n + 1) / (n + 2), (detractors * n + 1) / (n + 2)
    half = stats.norm.ppf((1 + level) / 2) * np.sqrt((up + down - (up - down) ** 2) / (n + 2))
    return (100 * (up - down - half)).clip(lower=-100), (100 * (up - down + half)).clip(upper=100)


def satisfaction_by_group(
    survey: Survey, groups: pd.Series, *, level: float = 0.95, correction: Correction = "holm"
) -> pd.DataFrame:
    """Return `satisfaction` for each group, beside how far it lies from all other respondents.

    Parameters
    ----------
    groups : index respondent; who belongs to none (missing) counts in none.

    Returns
    -------
    A row per group and item, with the columns of `satisfaction` and `group`, `item`, `difference` (the group
    less the rest; shares and points as such), `difference_low`, `difference_high`, `p_value` and `p_adjusted`
    (over all rows).

    Notes
    -----
    Welch (1947): the variances of group and rest are added.
    """
    ensure_level(level)
    of = grouped(groups, survey.respondents)
    values, weights = outcome_values(survey), survey.weights()
    parts = []
    for name in sorted(of.dropna().unique()):
        is_in = (of == name).to_numpy(dtype=bool)
        table = satisfaction(survey, level=level, who=is_in)
        apart = _apart(values, weights, is_in, level)
        parts.append(table.join(apart).rename_axis("item").reset_index().assign(group=name))
    if not parts:
        return pd.DataFrame()
    table = pd.concat(parts, ignore_index=True)
    return table.assign(p_adjusted=adjusted(table["p_value"], correction))


def satisfaction_by_wave(
    survey: Survey, *, level: float = 0.95, correction: Correction = "holm"
) -> pd.DataFrame:
    """Return `satisfaction` for each wave, beside the change from the wave before.

    Returns
    -------
    A row per wave and item, with the columns of `satisfaction` and `wave`, `item`, `change`, `change_low`,
    `change_high`, `p_value`, `p_adjusted` (missing in the first wave). Who answered in both waves counts
    as one person.
    """
    ensure_level(level)
    parts, waves = [], survey.waves
    for before, wave in zip((None, *waves), waves, strict=False):
        values, weights = outcome_values(survey, wave=wave), survey.weights(wave)
        earlier = values * np.nan if before is None else outcome_values(survey, wave=before)
        table = satisfaction(survey, level=level, wave=wave)
        moved = difference(earlier, values, (survey.weights(before), weights), level)
        moved = moved[["change", "low", "high", "p_value"]].rename(
            columns={"low": "change_low", "high": "change_high"}
        )
        parts.append(table.join(moved).rename_axis("item").reset_index().assign(wave=wave))
    if not parts:
        return pd.DataFrame()
    table = pd.concat(parts, ignore_index=True)
    return table.assign(p_adjusted=adjusted(table["p_value"], correction))


def _apart(values: pd.DataFrame, weights: pd.Series, is_in: np.ndarray, level: float) -> pd.DataFrame:
    inside = weighted_means(values[is_in], weights[is_in], level)
    outside = weighted_means(values[~is_in], weights[~is_in], level)
    gap = inside["mean"] - outside["mean"]
    parts = inside["se"] ** 2, outside["se"] ** 2
    se = (parts[0] + parts[1]) ** 0.5
    freedom = se**4 / (
        parts[0] ** 2 / (inside["n_effective"] - 1) + parts[1] ** 2 / (outside["n_effective"] - 1)
    )
    half = se * t_quantile(freedom + 1, level)
    return pd.DataFrame({
        "difference": gap, "difference_low": gap - half, "difference_high": gap + half,
        "p_value": p_values(gap, se, freedom + 1),
    })  # fmt: skip
