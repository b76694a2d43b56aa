"""Why customers are predicted as they are: served numbers taken apart into themes, and told in words."""

from goodwill.modeling.reasons.columns import ReasonRule, reason_columns
from goodwill.modeling.reasons.profiles import profile_contributions
from goodwill.modeling.reasons.served import Contributions, contributions

__all__ = ["Contributions", "ReasonRule", "contributions", "profile_contributions", "reason_columns"]
