"""Gradient boosting with a known start: XGBoost trees on top of what another model already says."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
import pandas as pd
import xgboost as xgb
from numpy.typing import NDArray

F = NDArray[np.float64]
Objective = Literal["binary:logistic", "reg:gamma", "reg:tweedie"]
BINS = 64
DEFAULTS: Mapping[str, float] = {
    "max_depth": 4,
    "eta": 0.05,
    "min_child_weight": 20,
    "subsample": 0.7,
    "colsample_bynode": 0.4,
    "reg_lambda": 5.0,
}
TREES = 150


@dataclass(frozen=True)
class Booster:
    """Fitted trees; their answer is a logit or a log of money, added to a margin.

    Parameters
    ----------
    trees : the XGBoost model.
    columns : the columns it reads, in order.
    constant : the margin where none is given; None where one must be.
    """

    trees: xgb.Booster
    columns: tuple[str, ...]
    constant: float | None

    def margin(self, design: pd.DataFrame, start: F | None = None) -> F:
        """Return logit or log predictions (n,), `start` included."""
        known = np.full(len(design), self.constant) if start is None else start
        rows = xgb.DMatrix(design[list(self.columns)], base_margin=known)
        return self.trees.predict(rows, output_margin=True).astype(float)

    def to_bytes(self) -> bytes:
        """Return the trees in XGBoost's own format."""
        return bytes(self.trees.save_raw("ubj"))

    @classmethod
    def from_bytes(cls, content: bytes, columns: tuple[str, ...], constant: float | None) -> Self:
        """Return stored trees."""
        trees = xgb.Booster()
        trees.load_model(bytearray(content))
        return cls(trees, columns, constant)


@dataclass(frozen=True)
class Plan:
    """How to boost: the objective, its parameters, and the columns the answer may only grow with.

    Parameters
    ----------
    parameters : XGBoost parameters and `trees`, over the defaults.
    signs : 1 where the answer may only grow with a column, -1 where it may only fall.
    """

    objective: Objective
    parameters: Mapping[str, float]
    signs: Mapping[str, int]
    seed: int = 0

    def fit(self, design: pd.DataFrame, y: F, start: F | None = None, weight: F | None = None) -> Booster:
        """Fit trees to `y` (n,), on top of the margin `start` (n,) where one is given."""
        constant = None if start is not None else self._constant(y)
        margin = np.full(len(y), constant) if start is None else start
        rows = xgb.QuantileDMatrix(design, label=y, base_margin=margin, weight=weight, max_bin=BINS)
        trees = xgb.train(
            self._settings([str(name) for name in design]), rows, int(self.parameters.get("trees", TREES))
        )
        return Booster(trees, tuple(map(str, design)), constant)

    def _constant(self, y: F) -> float:
        mean = float(np.mean(y))
        return float(np.log(mean / (1 - mean) if self.objective == "binary:logistic" else mean))

    def _settings(self, columns: list[str]) -> dict[str, object]:
        own = {name: value for name, value in self.parameters.items() if name != "trees"}
        tweedie = {"tweedie_variance_power": 1.5, "max_delta_step": 0.7}
        return {
            **DEFAULTS,
            **(tweedie if self.objective == "reg:tweedie" else {}),
            **own,
            "max_depth": int(own.get("max_depth", DEFAULTS["max_depth"])),
            "objective": self.objective,
            "base_score": 0.5,
            "max_bin": BINS,
            "tree_method": "hist",
            "seed": self.seed,
            "monotone_constraints": tuple(self.signs.get(column, 0) for column in columns),
        }
