"""Parts of a survey report once more for each group: segments, tiers and whatever else respondents are."""

from collections.abc import Callable, Collection, Mapping

import numpy as np
import pandas as pd

from goodwill.errors import DataError, FitError, UsageError
from goodwill.perceived.kano_continuous import kano_continuous
from goodwill.perceived.satisfaction import satisfaction_by_wave
from goodwill.perceived.survey import Survey
from goodwill.pipeline.survey_parts import PARTS, Wanted
from goodwill.pipeline.survey_utility import Frames
from goodwill.pipeline.survey_value import value_in, value_over_waves

# So many say the same of every group as millions would.
MOST_RESPONDENTS = 200_000


def group_frames(
    survey: Survey, wanted: Wanted, parts: Collection[str], groupings: Mapping[str, pd.Series]
) -> tuple[Frames, dict[str, str]]:
    """Return what is known of everybody for each group, and why some of it is missing.

    Parameters
    ----------
    parts : those that were computed of everybody.
    groupings : group of each respondent, by the grouping's name.

    Returns
    -------
    `<table>_by_group` with the columns of the table, `grouping` and `group`; of more than 200,000 respondents
    a random 200,000 are counted. The reasons name the groups that a part could not be computed for.
    """
    rows: dict[str, list[pd.DataFrame]] = {}
    left: dict[str, dict[str, str]] = {}
    drawn = _drawn(survey, wanted.seed) if groupings else survey
    for grouping, of in groupings.items():
        names = of.reindex(drawn.respondents).to_numpy(dtype=object)
        for name in sorted({name for name in names if pd.notna(name)}, key=str):
            own = drawn.among(names == name)
            for part, compute in _PARTS.items():
                if part not in parts:
                    continue
                try:
                    found = compute(own, wanted)
                except (DataError, FitError, UsageError) as error:
                    left.setdefault(part, {})[f"{grouping} {name}"] = str(error)
                    continue
                for table, frame in found.items():
                    told = _flat(frame).assign(grouping=grouping, group=str(name))
                    rows.setdefault(table, []).append(told)
    frames = {f"{table}_by_group": pd.concat(found, ignore_index=True) for table, found in rows.items()}
    return frames, {f"{part}_by_group": _told(reasons) for part, reasons in left.items()}


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


def _dimensions(survey: Survey, wanted: Wanted) -> Frames:
    found = {"dimensions": value_in(survey, wanted.weights, wanted.level).dimensions}
    if len(survey.waves) > 1:
        found["value_by_wave"] = value_over_waves(survey, wanted.weights, wanted.level)
    return found


def _satisfaction(survey: Survey, wanted: Wanted) -> Frames:
    if len(survey.waves) <= 1:
        return {}
    level, correction = wanted.level, wanted.correction
    return {"satisfaction_by_wave": satisfaction_by_wave(survey, level=level, correction=correction)}


# What else is told of a group is computed with everybody: groups are compared with the rest.
_PARTS: Mapping[str, Callable[[Survey, Wanted], Frames]] = {
    "dimensions": _dimensions,
    "kano": lambda survey, wanted: {"kano_continuous": kano_continuous(survey, level=wanted.level)},
    "satisfaction": _satisfaction,
    **PARTS,
}
