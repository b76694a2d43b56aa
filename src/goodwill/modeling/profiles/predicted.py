"""What is said of each customer of a ready-made table."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from goodwill.modeling.profiles.if_churned import value_if_churned

F = NDArray[np.float64]


@dataclass(frozen=True)
class ProfilePredicted:
    """What the model says of each row (n,); None for what the table had no label for.

    `clv` is the expected value, `clv_low` and `clv_high` the interval of the value that comes true, and
    `if_churned` (n, 2) what leaves with a churner, as `IfChurned.columns`.
    """

    p_churn: F | None = None
    clv: F | None = None
    clv_low: F | None = None
    clv_high: F | None = None
    if_churned: F | None = None

    @property
    def clv_if_churned(self) -> F | None:
        """What customers bring if they churn, by the probability and the value that are told."""
        if self.p_churn is None or self.clv is None or self.if_churned is None:
            return None
        return value_if_churned(self.p_churn, self.clv, self.if_churned)

    @property
    def clv_if_active(self) -> F | None:
        """The value that makes `clv = (1 - p_churn) * clv_if_active + p_churn * clv_if_churned` hold."""
        if self.p_churn is None or self.clv is None or self.clv_if_churned is None:
            return None
        return (self.clv - self.p_churn * self.clv_if_churned) / (1 - self.p_churn)

    @property
    def value_at_risk(self) -> F | None:
        """What churn is expected to cost: `p_churn * (clv_if_active - clv_if_churned)`."""
        active = self.clv_if_active
        if self.p_churn is None or active is None or self.clv_if_churned is None:
            return None
        return self.p_churn * (active - self.clv_if_churned)
