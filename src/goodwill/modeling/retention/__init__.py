"""Contracts: how long they last, whether the next renewal comes, and what they will bring."""

from goodwill.modeling.retention.baseline import RetentionCurve
from goodwill.modeling.retention.beta_discrete_weibull import BetaDiscreteWeibull, ShiftedBetaGeometric
from goodwill.modeling.retention.contract_model import ContractModel
from goodwill.modeling.retention.half_left import half_left_days
from goodwill.modeling.retention.hazard import DiscreteHazard
from goodwill.modeling.retention.kaplan_meier import kaplan_meier, life_table
from goodwill.modeling.retention.person_periods import (
    cumulative_incidence,
    expected_margin,
    person_periods,
    survival_curves,
)
from goodwill.modeling.retention.renewals import Renewals

__all__ = [
    "BetaDiscreteWeibull",
    "ContractModel",
    "DiscreteHazard",
    "Renewals",
    "RetentionCurve",
    "ShiftedBetaGeometric",
    "cumulative_incidence",
    "expected_margin",
    "half_left_days",
    "kaplan_meier",
    "life_table",
    "person_periods",
    "survival_curves",
]
