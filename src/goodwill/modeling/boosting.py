"""Gradient boosting with a known start: XGBoost trees on top of what another model already says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
import xgboost as xgb
from numpy.typing import NDArray
from scipy.special import logit

from goodwill.errors import UsageError
from goodwill.modeling.cells import Design, cells_of

F = NDArray[np.float64]
Stored = Mapping[str, Any]  # JSON as it comes
Objective = Literal["binary:logistic", "reg:gamma", "reg:tweedie", "reg:squarederror"]
BINS = 64
BASE_SCORE = 0.5
DEFAULTS: Mapping[str, float] = {
    "max_depth": 4,
    "eta": 0.05,
    "min_child_weight": 20,
    "subsample": 0.7,
    "colsample_bynode": 0.4,
    "reg_lambda": 5.0,
}
TREES = 150
# Not `lambda`, which XGBoost takes for `reg_lambda` and then leaves the default in force.
_KNOWN = frozenset((
    "trees", "max_depth", "max_leaves", "eta", "learning_rate", "gamma", "min_split_loss", "min_child_weight",
    "max_delta_step", "subsample", "colsample_bytree", "colsample_bylevel", "colsample_bynode", "reg_lambda",
    "reg_alpha", "alpha", "scale_pos_weight", "grow_policy", "num_parallel_tree",
))  # fmt: skip
# A fold of rare labels may hold one kind alone.
_FAR, _SPECK = 14.0, 1e-12


@dataclass(frozen=True)
class Booster:
    """Fitted trees; their answer is a logit, a log of money or (squared error) money, added to a margin.

    Parameters
    ----------
    trees : the XGBoost model.
    columns : the columns it reads, in order.
    constant : the margin where none is given; None where one must be.

    Examples
    --------
    >>> design = pd.DataFrame({"idle": np.arange(100.0)})
    >>> booster = Plan("reg:squarederror", {"trees": 20}, {}).fit(design, np.arange(100.0))
    >>> again = Booster.from_parts(booster.to_dict(), booster.to_bytes())
    >>> bool((again.margin(design) == booster.margin(design)).all())
    True
    """

    trees: xgb.Booster
    columns: tuple[str, ...]
    constant: float | None

    def margin(self, design: Design, start: F | None = None) -> F:
        """Return logit or log predictions (n,), `start` included."""
        # In place: a DMatrix of its own would copy every cell, and take as long as the trees.
        rows = np.asarray(cells_of(design, self.columns), np.float32)
        return self.on_top(self.trees.inplace_predict(rows, predict_type="margin"), start)

    def on_top(self, said: NDArray[np.float32], start: F | None = None) -> F:
        """Return what XGBoost said (n,), moved on top of `start`, or of the constant where there is none."""
        known = start if start is not None else self.constant or 0.0
        return said.astype(float) + (known - self._offset)

    @cached_property
    def _offset(self) -> float:
        """What XGBoost adds where no margin is given; given one, it would wake a thread per processor."""
        row = np.full((1, len(self.columns)), np.nan, dtype=np.float32)
        own, none = (
            self.trees.inplace_predict(row, predict_type="margin", base_margin=margin)
            for margin in (None, np.zeros(1))
        )
        return float(own[0]) - float(none[0])

    @property
    def n_best(self) -> int:
        """The number of trees after which held rows were judged best, where `Plan.fit_until_worse` fitted."""
        return int(self.trees.best_iteration) + 1

    def first(self, n: int) -> "Booster":
        """Return the first `n` >= 1 rounds of trees alone, or all where there are fewer."""
        return Booster(self.trees[: min(n, self.trees.num_boosted_rounds())], self.columns, self.constant)

    def to_bytes(self) -> bytes:
        """Return the trees in XGBoost's own format."""
        return as_bytes(self.trees)

    def to_dict(self) -> Stored:
        """Return what is needed beside `to_bytes` to read the trees again."""
        return {"columns": list(self.columns), "constant": self.constant}

    @classmethod
    def from_parts(cls, described: Stored, trees: bytes) -> Self:
        """Return stored trees."""
        return cls(loaded(trees), tuple(described["columns"]), described["constant"])


def as_bytes(trees: xgb.Booster) -> bytes:
    """Return trees in XGBoost's own format."""
    return bytes(trees.save_raw("ubj"))


def loaded(content: bytes) -> xgb.Booster:
    """Return trees that `as_bytes` wrote, to be asked by one thread."""
    # Callers work on blocks of rows side by side; threads of threads would wait for each other.
    trees = xgb.Booster({"nthread": 1})
    trees.load_model(bytearray(content))
    return trees


@dataclass(frozen=True)
class Plan:
    """How to boost: the objective, its parameters, and the columns the answer may only grow with.

    Parameters
    ----------
    parameters : XGBoost parameters and `trees`, over the defaults.
    signs : 1 where the answer may only grow with a column, -1 where it may only fall.
    seed : of the rows and columns drawn for each tree.

    Raises
    ------
    UsageError
        If there is no such parameter, or less than no tree.

    Examples
    --------
    >>> design = pd.DataFrame({"horizon": np.tile([30.0, 90.0], 50)})
    >>> is_active = np.tile([1.0, 0.0], 50)
    >>> rising = Plan("binary:logistic", {"trees": 5}, {"horizon": 1})
    >>> np.unique(rising.fit(design, is_active).margin(design)).round(3)
    array([0.])
    """

    objective: Objective
    parameters: Mapping[str, float]
    signs: Mapping[str, int]
    seed: int = 0

    def __post_init__(self) -> None:
        unknown = sorted(set(self.parameters) - _KNOWN)
        if unknown:
            raise UsageError(f"`parameters` holds {unknown}; there are {sorted(_KNOWN)}. Correct the name.")
        if self.n_trees < 0:
            raise UsageError(f"`parameters` holds {self.n_trees} trees. Ask for some, such as {TREES}.")

    def fit(self, design: pd.DataFrame, y: F, start: F | None = None, weight: F | None = None) -> Booster:
        """Fit trees to `y` (n,), on top of the margin `start` where one is given; rows count by `weight`."""
        constant = None if start is not None else self.constant(y, weight)
        margin = np.full(len(y), constant) if start is None else start
        rows = xgb.QuantileDMatrix(design, label=y, base_margin=margin, weight=weight, max_bin=BINS)
        trees = xgb.train(self.settings([str(name) for name in design]), rows, self.n_trees)
        return Booster(trees, tuple(map(str, design)), constant)

    def fit_until_worse(
        self, seen: tuple[pd.DataFrame, F], held: tuple[pd.DataFrame, F], patience: int
    ) -> Booster:
        """Fit trees to `seen` rows until `held` rows have been judged no better for `patience` rounds."""
        constant = self.constant(seen[1])
        settings = self.settings([str(name) for name in seen[0]])
        margins = [np.full(len(y), constant) for _, y in (seen, held)]
        rows = xgb.QuantileDMatrix(seen[0], label=seen[1], base_margin=margins[0], max_bin=BINS)
        judged = xgb.QuantileDMatrix(held[0], label=held[1], base_margin=margins[1], max_bin=BINS, ref=rows)
        trees = xgb.train(
            settings,
            rows,
            self.n_trees,
            evals=[(judged, "held")],
            early_stopping_rounds=patience,
            verbose_eval=False,
        )
        return Booster(trees, tuple(map(str, seen[0])), constant)

    def constant(self, y: F, weight: F | None = None) -> float:
        """Return the margin from which trees start where no row has its own."""
        mean = float(np.average(y, weights=weight))
        if self.objective == "reg:squarederror":
            return mean
        if self.objective == "binary:logistic":
            return float(np.clip(logit(mean), -_FAR, _FAR))
        return float(np.log(max(mean, _SPECK)))

    @property
    def n_trees(self) -> int:
        """How many trees are fitted."""
        return int(self.parameters.get("trees", TREES))

    def settings(self, columns: Sequence[str]) -> dict[str, object]:
        """Return the parameters of XGBoost for a design of these columns."""
        own = {name: value for name, value in self.parameters.items() if name != "trees"}
        tweedie = {"tweedie_variance_power": 1.5, "max_delta_step": 0.7}
        return {
            **DEFAULTS,
            **(tweedie if self.objective == "reg:tweedie" else {}),
            **own,
            "max_depth": int(own.get("max_depth", DEFAULTS["max_depth"])),
            "objective": self.objective,
            "base_score": BASE_SCORE,
            "max_bin": BINS,
            "tree_method": "hist",
            # One thread each: boosters of one model are fitted side by side, and threads that wait for each
            # other on a busy machine cost ten times the work they share.
            "nthread": 1,
            "seed": self.seed,
            "monotone_constraints": tuple(self.signs.get(column, 0) for column in columns),
        }
