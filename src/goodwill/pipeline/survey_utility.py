"""How value responds to each dimension: curves, penalties, rewards and pairs of a survey report."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from goodwill.errors import DataError, UsageError
from goodwill.perceived.asymmetry import penalty_reward
from goodwill.perceived.curves import response_curves
from goodwill.perceived.dimensions import by_dimension, dimensions_of, on_index, rated_answers
from goodwill.perceived.interactions import interactions
from goodwill.perceived.outcomes import outcome_items, outcome_values
from goodwill.perceived.response import ResponsePlan
from goodwill.perceived.survey import Survey

Frames = dict[str, pd.DataFrame]
# What overall value is read from, first found.
OUTCOMES = ("overall", "csat", "nps", "recommend", "repurchase")
# Trees over a million respondents would say the same as over these.
MAX_RESPONDENTS, FEWEST_SCORES, RESAMPLES, REFERENCES = 5_000, 5, 10, 19


@dataclass(frozen=True)
class Utility:
    """The respondents from whom utility is learned, and how.

    Parameters
    ----------
    X : scores by dimension. y : the outcome. weights : how much each respondent counts.
    """

    X: pd.DataFrame
    y: pd.Series
    weights: pd.Series
    plan: ResponsePlan

    def curves(self) -> Frames:
        """Return response curves, and up to where more of a dimension pays."""
        found = response_curves(self.X, self.y, self.weights, self.plan)
        return {"response_curves": found.curves, "utility": found.limits}

    def contrasts(self) -> Frames:
        """Return penalties and rewards."""
        level, seed = self.plan.level, self.plan.seed
        return {
            "penalty_reward": penalty_reward(self.X, self.y, weights=self.weights, level=level, seed=seed)
        }

    def pairs(self) -> Frames:
        """Return the pairs of dimensions, the strongest first."""
        return {"interactions": interactions(self.X, self.y, self.weights, self.plan, REFERENCES)}


def utility_of(survey: Survey, scores: pd.DataFrame, outcome: pd.Series, level: float, seed: int) -> Utility:
    """Return a random sample of those who gave an outcome; costs may only lower it, benefits only raise it.

    Parameters
    ----------
    scores : a row per respondent, a column per dimension; one that fewer than 5 of them scored is left out.
    outcome : in the same order.

    Raises
    ------
    DataError : fewer than 5 gave an outcome and scored a dimension.
    """
    known = outcome.index[outcome.notna() & scores.notna().any(axis=1)]
    drawn = known.to_series().sample(min(len(known), MAX_RESPONDENTS), random_state=seed).index
    X = scores.loc[drawn]
    X = X.loc[:, X.notna().sum() >= FEWEST_SCORES]
    if X.empty:
        raise DataError(
            f"no dimension was scored by {FEWEST_SCORES} respondents who gave an outcome. Ask more people."
        )
    plan = ResponsePlan(_directions(survey, X), resamples=RESAMPLES, level=level, seed=seed)
    return Utility(X, outcome.loc[drawn], survey.weights().loc[drawn], plan)


def _directions(survey: Survey, scores: pd.DataFrame) -> Mapping[str, int]:
    kinds = dimensions_of(survey)["kind"]
    return {str(name): -1 if kinds.get(name) == "cost" else 1 for name in scores}


def dimension_scores(survey: Survey, wave: str | None = None) -> pd.DataFrame:
    """Return each respondent's score of each dimension, from 0 to 100."""
    return by_dimension(on_index(rated_answers(survey, wave=wave), survey), survey)


def chief_outcome(survey: Survey) -> pd.Series:
    """Return the answers to the question that tells overall value best.

    Raises
    ------
    UsageError
        If no question has a `measure`.
    """
    measures = outcome_items(survey)
    ranked = sorted(measures.index, key=lambda item: (*OUTCOMES, measures[item]).index(measures[item]))
    if not ranked:
        raise UsageError("no item has a `measure`: overall, csat, nps … Weights cannot be derived.")
    return outcome_values(survey)[ranked[0]]
