"""What to fit to a label of a ready-made table: which models, with which parameters and penalties."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.evaluation.bootstrap import log_loss_per_customer, tweedie_deviance_per_customer
from goodwill.modeling.boosting import Objective, Plan
from goodwill.modeling.penalised import logistic, squared
from goodwill.modeling.profiles.folds import MANY_ROWS
from goodwill.modeling.profiles.linear import KNOTS, Linear

F = NDArray[np.float64]
Kind = Literal["churn", "money", "signed"]
Build = Literal["model", "plain", "constant"]
OBJECTIVES: Mapping[Kind, Objective] = {
    "churn": "binary:logistic",
    "money": "reg:tweedie",
    "signed": "reg:squarederror",
}
FEW_ROWS = {"max_depth": 4, "eta": 0.05, "trees": 600}
ABUNDANT_ROWS = {"max_depth": 6, "eta": 0.1, "trees": 1_000}
PENALTIES = (300.0, 30.0, 3.0)
_PLAIN_PENALTY = 1.0
_FULL_LEAF_ROWS = 5_000


@dataclass(frozen=True)
class Recipe:
    """What to fit to a label.

    Parameters
    ----------
    kind : "churn", "money" (hardly ever below zero) or "signed" (money of which much is lost).
    build : "model" blends trees and ramps; "plain" is logistic or linear regression; "constant" the mean.
        All keep to `signs`, as any of them may serve.
    parameters : XGBoost parameters over the defaults; `trees` is the most there may be.
    signs : 1 where the answer may only grow with a column, -1 where it may only fall.
    """

    kind: Kind
    build: Build = "model"
    parameters: Mapping[str, float] = field(default_factory=dict)
    signs: Mapping[str, int] = field(default_factory=dict)
    seed: int = 0

    def plan(self, n_rows: int, n_trees: int | None = None) -> Plan:
        """Return how to boost on so many rows."""
        defaults = ABUNDANT_ROWS if n_rows > MANY_ROWS else FEW_ROWS
        leaf = {"min_child_weight": max(1.0, 20 * min(1.0, n_rows / _FULL_LEAF_ROWS))}
        fixed = {} if n_trees is None else {"trees": n_trees}
        return Plan(
            OBJECTIVES[self.kind], {**defaults, **leaf, **self.parameters, **fixed}, self.signs, self.seed
        )

    def linears(self, design: pd.DataFrame, y: F) -> list[Linear]:
        """Return the linear models to choose from."""
        loss = logistic if self.kind == "churn" else squared
        if self.build == "constant":
            return Linear.path(design[[]], y, loss, (_PLAIN_PENALTY,))
        if self.build == "plain":
            return Linear.path(design, y, loss, (_PLAIN_PENALTY,), signs=self.signs, n_knots=2)
        return Linear.path(design, y, loss, PENALTIES, signs=self.signs, n_knots=KNOTS)

    def losses(self, y: F, said: F) -> F:
        """Return the loss of each row: log-loss, Tweedie deviance, or squared error."""
        if self.kind == "churn":
            return log_loss_per_customer(y, said)
        return tweedie_deviance_per_customer(y, said) if self.kind == "money" else (y - said) ** 2
