"""The parts of a survey report that are computed alike of everybody and of each group."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from goodwill.perceived.families import Correction
from goodwill.perceived.gaps import dimension_gaps, gap_changes, item_gaps
from goodwill.perceived.importance import relative_importance
from goodwill.perceived.importance_performance import importance_performance
from goodwill.perceived.reliability import item_quality, reliability
from goodwill.perceived.rivals import leads, value_map
from goodwill.perceived.survey import Survey
from goodwill.pipeline.survey_utility import Frames, Utility, chief_outcome, dimension_scores, utility_of
from goodwill.pipeline.survey_voices import needs_over_waves

_RATED = ("expectation", "perception", "performance", "score")


@dataclass(frozen=True)
class Wanted:
    """How parts are computed; a group shares the weights of everybody.

    Parameters
    ----------
    prices : brand → price; where empty, the answers tell.
    weights : of dimensions. said : who said what in which wave, as in `Heard`.
    """

    level: float
    correction: Correction
    seed: int
    prices: Mapping[str, float]
    weights: Mapping[str, float]
    said: pd.DataFrame | None = None


def _reliability(survey: Survey, wanted: Wanted) -> Frames:
    sides = [side for side in _RATED if side in survey.sides]
    blocks = [reliability(survey, side, level=wanted.level).reset_index().assign(side=side) for side in sides]
    return {"reliability": pd.concat(blocks, ignore_index=True), "items": item_quality(survey)}


def _gaps(survey: Survey, wanted: Wanted) -> Frames:
    level, correction = wanted.level, wanted.correction
    found = {
        "gaps": item_gaps(survey, level=level, correction=correction),
        "dimension_gaps": dimension_gaps(survey, level=level, correction=correction),
    }
    if len(survey.waves) > 1:
        found["gap_changes"] = gap_changes(survey, level=level, correction=correction)
    return found


def _map(survey: Survey, wanted: Wanted) -> Frames:
    return {"importance_performance": importance_performance(survey, level=wanted.level, seed=wanted.seed)}


def _drivers(survey: Survey, wanted: Wanted) -> Frames:
    scores, outcome = dimension_scores(survey), chief_outcome(survey)
    found = relative_importance(
        scores, outcome, weights=survey.weights(), level=wanted.level, seed=wanted.seed
    )
    table = found.table.assign(outcome=str(outcome.name), r_squared=found.r_squared, n=found.n_respondents)
    return {"drivers": table}


def _utility(survey: Survey, wanted: Wanted) -> Utility:
    return utility_of(survey, dimension_scores(survey), chief_outcome(survey), wanted.level, wanted.seed)


def _needs(survey: Survey, wanted: Wanted) -> Frames:
    said = wanted.said
    if said is not None:
        said = said[said["respondent"].isin(survey.respondents)]
    return {"needs_map": needs_over_waves(survey, wanted.weights, said, wanted.level)}


def _rivals(survey: Survey, wanted: Wanted) -> Frames:
    level = wanted.level
    found = {"rivals": value_map(survey, wanted.prices or None, level=level, seed=wanted.seed)}
    if survey.own_brand is not None:
        found["leads"] = leads(survey, level=level, correction=wanted.correction)
    return found


PARTS: Mapping[str, Callable[[Survey, Wanted], Frames]] = {
    "reliability": _reliability,
    "gaps": _gaps,
    "importance_performance": _map,
    "drivers": _drivers,
    "utility": lambda survey, wanted: _utility(survey, wanted).curves(),
    "penalty_reward": lambda survey, wanted: _utility(survey, wanted).contrasts(),
    "interactions": lambda survey, wanted: _utility(survey, wanted).pairs(),
    "needs_map": _needs,
    "rivals": _rivals,
}
