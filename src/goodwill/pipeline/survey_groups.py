"""Parts of a survey report once more for each group: segments, tiers and whatever else respondents are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from goodwill.errors import DataError, FitError, UsageError
from goodwill.perceived.families import Correction
from goodwill.perceived.gaps import dimension_gaps, gap_changes, item_gaps
from goodwill.perceived.importance import relative_importance
from goodwill.perceived.importance_performance import importance_performance
from goodwill.perceived.kano_continuous import kano_continuous
from goodwill.perceived.reliability import item_quality, reliability
from goodwill.perceived.rivals import leads, value_map
from goodwill.perceived.survey import Survey
from goodwill.pipeline.survey_utility import chief_outcome, dimension_scores, utility_of

Frames = dict[str, pd.DataFrame]
# So many say the same of every group as millions would.
MOST_RESPONDENTS = 200_000


@dataclass(frozen=True)
class Wanted:
    """How the tables of groups are computed: as those of everybody."""

    level: float
    correction: Correction
    seed: int
    prices: Mapping[str, float] | None


def group_frames(
    survey: Survey, wanted: Wanted, known: Frames, groupings: Mapping[str, pd.Series]
) -> tuple[Frames, dict[str, str]]:
    """Return gaps, map, scale quality, drivers, penalties, rivals … by group, and why some are missing.

    Parameters
    ----------
    known : the tables of everybody; what is not among them is told of no group.
    groupings : group of each respondent, by the grouping's name.

    Returns
    -------
    `<part>_by_group` with the columns of the part, `grouping` and `group`; of more than 200,000 respondents
    a random 200,000 are counted. The reasons name the groups that a part could not be computed for.
    """
    asked = [part for part in _PARTS if part in known]
    if not asked or not groupings:
        return {}, {}
    rows: dict[str, list[pd.DataFrame]] = {part: [] for part in asked}
    left: dict[str, dict[str, str]] = {part: {} for part in asked}
    drawn = _drawn(survey, wanted.seed)
    for grouping, of in groupings.items():
        names = of.reindex(drawn.respondents).to_numpy(dtype=object)
        for name in sorted({name for name in names if pd.notna(name)}, key=str):
            own = drawn.among(names == name)
            for part in asked:
                try:
                    found = _PARTS[part](own, wanted)
                except (DataError, FitError, UsageError) as error:
                    left[part][f"{grouping} {name}"] = str(error)
                    continue
                rows[part].append(_flat(found).assign(grouping=grouping, group=str(name)))
    frames = {
        f"{part}_by_group": pd.concat(found, ignore_index=True) for part, found in rows.items() if found
    }
    return frames, {f"{part}_by_group": _told(reasons) for part, reasons in left.items() if reasons}


def _drawn(survey: Survey, seed: int) -> Survey:
    n = len(survey.respondents)
    if n <= MOST_RESPONDENTS:
        return survey
    chosen = np.random.default_rng(seed).choice(n, MOST_RESPONDENTS, replace=False)
    return survey.among(np.isin(np.arange(n), chosen))


def _flat(table: pd.DataFrame) -> pd.DataFrame:
    return table.reset_index() if table.index.name else table


def _told(reasons: Mapping[str, str]) -> str:
    """Return the groups left out, and the first reason."""
    return f"left out {', '.join(reasons)}: {next(iter(reasons.values()))}"


def _drivers(survey: Survey, wanted: Wanted) -> pd.DataFrame:
    scores, outcome = dimension_scores(survey), chief_outcome(survey)
    found = relative_importance(
        scores, outcome, weights=survey.weights(), level=wanted.level, seed=wanted.seed
    )
    return found.table.assign(outcome=str(outcome.name), r_squared=found.r_squared, n=found.n_respondents)


def _penalties(survey: Survey, wanted: Wanted) -> pd.DataFrame:
    scores, outcome = dimension_scores(survey), chief_outcome(survey)
    contrasts = utility_of(survey, scores, outcome, wanted.level, wanted.seed).contrasts()
    return contrasts["penalty_reward"]


_PARTS: Mapping[str, Callable[[Survey, Wanted], pd.DataFrame]] = {
    "reliability": lambda survey, wanted: reliability(survey, level=wanted.level),
    "items": lambda survey, _: item_quality(survey),
    "gaps": lambda survey, wanted: item_gaps(survey, level=wanted.level, correction=wanted.correction),
    "dimension_gaps": lambda survey, wanted: dimension_gaps(
        survey, level=wanted.level, correction=wanted.correction
    ).rename_axis("dimension"),
    "gap_changes": lambda survey, wanted: gap_changes(
        survey, level=wanted.level, correction=wanted.correction
    ),
    "kano_continuous": lambda survey, wanted: kano_continuous(survey, level=wanted.level),
    "importance_performance": lambda survey, wanted: importance_performance(
        survey, level=wanted.level, seed=wanted.seed
    ),
    "drivers": _drivers,
    "penalty_reward": _penalties,
    "rivals": lambda survey, wanted: value_map(survey, wanted.prices, level=wanted.level, seed=wanted.seed),
    "leads": lambda survey, wanted: leads(survey, level=wanted.level, correction=wanted.correction),
}
