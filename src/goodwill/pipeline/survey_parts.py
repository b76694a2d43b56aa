"""The parts of a survey report that are computed alike of everybody and of each group."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from goodwill.errors import DataError
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
    level, correction, seed : of intervals, of p-values for many tests, and of draws.
    prices : brand → price; where empty, the answers tell.
    weights : of dimensions. said : who said what in which wave, as in `Heard`.
    """

    level: float
    correction: Correction
    seed: int
    prices: Mapping[str, float]
    weights: Mapping[str, float]
    said: pd.DataFrame | None = None


@dataclass(frozen=True)
class Cut:
    """A survey, or the part of it that a group answered, and how its parts are computed."""

    survey: Survey
    wanted: Wanted

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Each respondent's score of each dimension."""
        found = dimension_scores(self.survey)
        if found.isna().all(axis=None):
            raise DataError("nobody rated a dimension.")
        return found

    @cached_property
    def outcome(self) -> pd.Series:
        """The answers that tell overall value best."""
        return chief_outcome(self.survey)

    @cached_property
    def utility(self) -> Utility:
        """The sample from which responses are learned."""
        return utility_of(self.survey, self.scores, self.outcome, self.wanted.level, self.wanted.seed)


def _reliability(cut: Cut) -> Frames:
    survey, wanted = cut.survey, cut.wanted
    sides = [side for side in _RATED if side in survey.sides]
    blocks = [reliability(survey, side, level=wanted.level).reset_index().assign(side=side) for side in sides]
    if not any(map(len, blocks)):
        raise DataError(
            "no dimension has two items that were rated; reliability needs two. Ask more of each."
        )
    return {"reliability": pd.concat(blocks, ignore_index=True)}


def _gaps(cut: Cut) -> Frames:
    survey, level, correction = cut.survey, cut.wanted.level, cut.wanted.correction
    found = {
        "gaps": item_gaps(survey, level=level, correction=correction),
        "dimension_gaps": dimension_gaps(survey, level=level, correction=correction),
    }
    if len(survey.waves) > 1:
        found["gap_changes"] = gap_changes(survey, level=level, correction=correction)
    return found


def _map(cut: Cut) -> Frames:
    level, seed = cut.wanted.level, cut.wanted.seed
    return {"importance_performance": importance_performance(cut.survey, level=level, seed=seed)}


def _drivers(cut: Cut) -> Frames:
    weights, wanted = cut.survey.weights(), cut.wanted
    found = relative_importance(
        cut.scores, cut.outcome, weights=weights, level=wanted.level, seed=wanted.seed
    )
    facts = {"r_squared": found.r_squared, "n": found.n_respondents}
    return {"drivers": found.table.assign(outcome=str(cut.outcome.name), **facts)}


def _needs(cut: Cut) -> Frames:
    survey, wanted, said = cut.survey, cut.wanted, cut.wanted.said
    if not wanted.weights:
        raise DataError("dimensions without weights have no order of what to mend.")
    if said is not None:
        said = said[said["respondent"].isin(survey.respondents)]
    return {"needs_map": needs_over_waves(survey, wanted.weights, said, wanted.level)}


def _rivals(cut: Cut) -> Frames:
    survey, wanted = cut.survey, cut.wanted
    found = {"rivals": value_map(survey, wanted.prices or None, level=wanted.level, seed=wanted.seed)}
    if not found["rivals"]["n"].any():
        raise DataError("nobody rated a benefit of any brand.")
    if survey.own_brand is not None:
        found["leads"] = leads(survey, level=wanted.level, correction=wanted.correction)
    return found


PARTS: Mapping[str, Callable[[Cut], Frames]] = {
    "reliability": _reliability,
    "item_quality": lambda cut: {"items": item_quality(cut.survey)},
    "gaps": _gaps,
    "importance_performance": _map,
    "drivers": _drivers,
    "utility": lambda cut: cut.utility.curves(),
    "penalty_reward": lambda cut: cut.utility.contrasts(),
    "interactions": lambda cut: cut.utility.pairs(),
    "needs_map": _needs,
    "rivals": _rivals,
}
