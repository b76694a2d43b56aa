"""Perceived value for a survey's report: in all, by group, by wave, with the weights' own intervals."""

from collections.abc import Mapping

import pandas as pd

from goodwill.config.surveys import SurveysSection
from goodwill.perceived.survey import Survey
from goodwill.perceived.value_cost import PerceivedValue, perceived_value, value_by_group
from goodwill.pipeline.survey_utility import Frames, dimension_scores
from goodwill.pipeline.survey_weights import weights_of


def value_frames(
    survey: Survey, section: SurveysSection, seed: int, groupings: Mapping[str, pd.Series]
) -> tuple[PerceivedValue, Frames]:
    """Return perceived value, and its tables by name.

    Parameters
    ----------
    groupings : who belongs to which group, by the name of the grouping.
    """
    derived, level = weights_of(survey, section, seed), section.level
    given = None if derived is None else {str(name): float(x) for name, x in derived["weight"].items()}
    origin = section.weights if isinstance(section.weights, str) else "given"
    found = perceived_value(survey, given, level=level, weights_from=origin)
    frames = {"dimensions": _with_limits(found.dimensions, derived), "value": found.total}
    parts = [
        value_by_group(found, survey.weights(), of, level=level).assign(grouping=name)
        for name, of in groupings.items()
    ]
    frames |= {"value_by_group": pd.concat(parts, ignore_index=True)} if parts else {}
    waves = value_over_waves(survey, found.weights, level)
    return found, frames | ({"value_by_wave": waves} if len(set(waves["wave"])) > 1 else {})


def value_over_waves(survey: Survey, weights: Mapping[str, float], level: float) -> pd.DataFrame:
    """Return the figures of perceived value in each wave that rated any dimension."""
    waves = []
    for wave in survey.waves:
        if given := _rated(survey, weights, wave):
            found = perceived_value(survey, given, level=level, wave=wave)
            waves.append(found.total.reset_index().assign(wave=wave))
    return pd.concat(waves, ignore_index=True) if waves else pd.DataFrame({"wave": []})


def value_in(survey: Survey, weights: Mapping[str, float], level: float) -> PerceivedValue:
    """Return perceived value with the weights of those dimensions that these respondents rated."""
    return perceived_value(survey, _rated(survey, weights), level=level)


def _rated(survey: Survey, weights: Mapping[str, float], wave: str | None = None) -> dict[str, float]:
    scores = dimension_scores(survey, wave)
    return {str(name): weights[name] for name in scores.columns[scores.notna().any()] if name in weights}


def _with_limits(dimensions: pd.DataFrame, derived: pd.DataFrame | None) -> pd.DataFrame:
    """Return dimensions with the intervals of their weights, where weights were estimated."""
    if derived is None or "low" not in derived:
        return dimensions
    scale = dimensions["weight"] / derived["weight"].where(derived["weight"] > 0)
    return dimensions.assign(weight_low=derived["low"] * scale, weight_high=derived["high"] * scale)
