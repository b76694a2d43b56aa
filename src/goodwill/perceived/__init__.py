"""What customers feel they get for what they pay: surveys, gaps, wishes, loyalty, themes and rivals.

Read answers with `read_wide` or `read_long`; every other function takes the `Survey` they return, or its
parts, and returns a table::

    from goodwill import perceived

    seat = perceived.Item("seat", dimension="quality", scale=(1, 5), columns={"score": "Q1"})
    survey = perceived.read_wide(export, [seat])
    perceived.perceived_value(survey).total
"""

from goodwill.perceived.asymmetry import penalty_reward
from goodwill.perceived.behaviour import survey_gain, value_by_class
from goodwill.perceived.combined_weights import combined_weights
from goodwill.perceived.curves import response_curves
from goodwill.perceived.factor_scores import dimension_factors
from goodwill.perceived.gaps import dimension_gaps, gap_changes, item_gaps
from goodwill.perceived.importance import relative_importance
from goodwill.perceived.importance_performance import importance_performance
from goodwill.perceived.intake import read_long, read_wide
from goodwill.perceived.interactions import interactions
from goodwill.perceived.items import Item
from goodwill.perceived.kano import kano, kano_by_group
from goodwill.perceived.kano_continuous import kano_continuous
from goodwill.perceived.needs import needs
from goodwill.perceived.pictures import survey_pictures
from goodwill.perceived.priorities import needs_map, theme_waves
from goodwill.perceived.reliability import item_quality, reliability
from goodwill.perceived.reported_value import reported_value
from goodwill.perceived.respondents import ReadingRules
from goodwill.perceived.response import ResponsePlan
from goodwill.perceived.rivals import leads, value_map
from goodwill.perceived.satisfaction import satisfaction, satisfaction_by_group, satisfaction_by_wave
from goodwill.perceived.survey import Survey
from goodwill.perceived.value_cost import PerceivedValue, perceived_value, value_by_group
from goodwill.perceived.voices import Voices, voices
from goodwill.perceived.weights import DerivedWeights, derived_weights

__all__ = [
    "DerivedWeights",
    "Item",
    "PerceivedValue",
    "ReadingRules",
    "ResponsePlan",
    "Survey",
    "Voices",
    "combined_weights",
    "derived_weights",
    "dimension_factors",
    "dimension_gaps",
    "gap_changes",
    "importance_performance",
    "interactions",
    "item_gaps",
    "item_quality",
    "kano",
    "kano_by_group",
    "kano_continuous",
    "leads",
    "needs",
    "needs_map",
    "penalty_reward",
    "perceived_value",
    "read_long",
    "read_wide",
    "relative_importance",
    "reliability",
    "reported_value",
    "response_curves",
    "satisfaction",
    "satisfaction_by_group",
    "satisfaction_by_wave",
    "survey_gain",
    "survey_pictures",
    "theme_waves",
    "value_by_class",
    "value_by_group",
    "value_map",
    "voices",
]
