"""Churn and value from a ready-made table: a row per customer, any columns, no time axis."""

from collections.abc import Mapping
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from goodwill.errors import FitError, UsageError
from goodwill.evaluation.bootstrap import value_loss_name
from goodwill.evaluation.samples import ensure_level
from goodwill.modeling.given_values import check_lengths
from goodwill.modeling.profiles.bands import Bands
from goodwill.modeling.profiles.columns import ProfileColumns
from goodwill.modeling.profiles.folds import check_learnable
from goodwill.modeling.profiles.if_churned import IfChurned
from goodwill.modeling.profiles.predicted import ProfilePredicted
from goodwill.modeling.profiles.recipe import Build, Kind, Recipe
from goodwill.modeling.profiles.target import Blend
from goodwill.modeling.row_order import in_steady_order

F = NDArray[np.float64]
Stored = dict[str, Any]  # JSON as it comes
Lesson = tuple[pd.DataFrame, F, Recipe]
BUILDS: Mapping[str, Build] = {
    "model": "model",
    "logistic": "plain",
    "linear": "plain",
    "prior": "constant",
    "mean": "constant",
}
_SERVERS: Mapping[str, tuple[str, ...]] = {
    "churn": ("model", "logistic", "prior"),
    "clv": ("model", "linear", "mean"),
}
_SURE = 1e-6


class ProfileModel(BaseEstimator):
    """Churn and value of customers described by one ready-made table.

    Each label is served by boosted trees blended with a linear model of ramps, weighed and calibrated (by a
    line, or what beats it: `calibration`) on rows that neither had seen.

    Parameters
    ----------
    parameters : XGBoost parameters over the defaults; `trees` is the most there may be; per label as
        `{"churn": {...}, "clv": {...}}`.
    monotone : 1 where churn and value may only grow with a column, -1 where they may only fall; per label.
    served_by : "churn" to "model", "logistic" or "prior", "clv" to "model", "linear" or "mean".
    level : share of customers whose value the interval should hold.
    seed : same data and seed, same predictions.

    Attributes
    ----------
    columns_ : the columns that are features, and why others are not.
    churn_, value_ : the fitted labels, None for one the table did not have.
    bands_ : intervals of value, None without it. if_churned_ : what customers bring who churn.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame({"months": rng.integers(1, 60, 300), "plan": rng.choice(["basic", "gold"], 300)})
    >>> y = pd.DataFrame({"churned": rng.random(300) < 10 / (10 + X["months"])})
    >>> said = ProfileModel().fit(X, y).predict(pd.DataFrame({"months": [1, 59], "plan": ["gold", "silver"]}))
    >>> bool(said.p_churn[0] > 2 * said.p_churn[1]), said.clv is None
    (True, True)
    """

    churn_: Blend | None
    value_: Blend | None
    bands_: Bands | None

    def __init__(
        self,
        *,
        parameters: Mapping[str, Mapping[str, float]] | None = None,
        monotone: Mapping[str, Mapping[str, int]] | None = None,
        served_by: Mapping[str, str] | None = None,
        level: float = 0.8,
        seed: int = 0,
    ) -> None:
        self.parameters, self.monotone, self.served_by = parameters, monotone, served_by
        self.level, self.seed = level, seed

    def unfitted(
        self,
        served_by: Mapping[str, str] | None = None,
        parameters: Mapping[str, Mapping[str, float]] | None = None,
    ) -> "ProfileModel":
        """Return a new model of the same recipe, with something else of it where that is asked."""
        changes = {"served_by": served_by, "parameters": parameters}
        asked = {name: setting for name, setting in changes.items() if setting is not None}
        return ProfileModel(**{**self.get_params(), **asked})

    def fit(self, X: pd.DataFrame, y: pd.DataFrame) -> Self:
        """Fit to a table, whose rows may come in any order.

        Parameters
        ----------
        X : (n, ...) of any columns; `customer_id` is never a feature.
        y : (n, 1 or 2) with `churned` (True or 1, False or 0), `value` (money) or both. Where a cell is
            missing, the row teaches nothing of that label.

        Raises
        ------
        FitError
            If nobody churned, or everybody did, or all values are equal, or no column can be used.
        UsageError
            If a column held to one direction is not a number, a label holds text, X and y differ in length,
            or there is no such level or `served_by`.
        """
        X, y = in_steady_order(X, y)
        lessons = self.lessons(X, y)
        self.churn_, self.value_, self.bands_, self.if_churned_ = None, None, None, IfChurned()
        p_churn = np.full(len(y), np.nan)
        if "churn" in lessons:
            self.churn_, held = Blend.fit(*lessons["churn"])
            p_churn[_rows(y, "churned")[held.rows]] = held.said
        if "clv" in lessons:
            self.value_, held = Blend.fit(*lessons["clv"])
            is_signed = self.value_.kind == "signed"
            self.bands_ = Bands.fit(held.label, held.said, level=self.level, is_signed=is_signed)
            rows = _rows(y, "value")[held.rows]
            # Where rows abound, a fifth of them is held, and not the same one for both labels.
            known = ~np.isnan(p_churn[rows])
            if known.any():
                rows, churned = rows[known], y["churned"].to_numpy(float, na_value=np.nan)
                self.if_churned_ = IfChurned.fit(
                    p_churn[rows],
                    held.said[known],
                    churned=churned[rows],
                    value=held.label[known],
                    is_signed=is_signed,
                )
        return self

    def lessons(self, X: pd.DataFrame, y: pd.DataFrame) -> dict[str, Lesson]:
        """Return, per label of `fit`, the rows that have it as models read them, the label, and what to fit.

        Sets `columns_` by the way.
        """
        self._check_settings()
        check_lengths(X=X, y=y)
        churned, value = label_of(y, "churned"), label_of(y, "value")
        if churned is None and value is None:
            raise UsageError("y: neither `churned` nor `value` is there. Pass at least one label.")
        check_learnable(churned, value)
        self.columns_ = ProfileColumns.fit(X)
        design, lessons = self._design(X), dict[str, Lesson]()
        if churned is not None:
            known = ~np.isnan(churned)
            lessons["churn"] = design[known], churned[known], self._recipe("churn", "churn")
        if value is not None:
            known = ~np.isnan(value)
            kind: Kind = "signed" if value_loss_name(value[known]) == "squared_error" else "money"
            lessons["clv"] = design[known], value[known], self._recipe("clv", kind)
        return lessons

    def predict(self, X: pd.DataFrame) -> ProfilePredicted:
        """Return what is expected of each row; a column that `X` lacks counts as missing in all of them."""
        check_is_fitted(self, "if_churned_")
        design = self.columns_.design(X)
        p_churn = None if self.churn_ is None else np.clip(self.churn_.predict(design), _SURE, 1 - _SURE)
        if self.value_ is None or self.bands_ is None:
            return ProfilePredicted(p_churn)
        clv = self.value_.predict(design)
        low, high = self.bands_.bounds(clv)
        rules = None if p_churn is None else self.if_churned_.columns(len(clv))
        return ProfilePredicted(p_churn, clv, low, high, rules)

    def unseen(self, X: pd.DataFrame) -> dict[str, int]:
        """Return how many rows of each category hold a level that counts as "other"."""
        check_is_fitted(self, "columns_")
        return self.columns_.unseen(X)

    def to_parts(self) -> tuple[Stored, dict[str, bytes]]:
        """Return what `predict` needs: plain JSON values, and each label's trees in XGBoost's format."""
        check_is_fitted(self, "if_churned_")
        parts = {
            name: blend.to_parts()
            for name, blend in {"churn": self.churn_, "clv": self.value_}.items()
            if blend is not None
        }
        described: Stored = {
            "columns": self.columns_.to_dict(),
            "targets": {name: stored for name, (stored, _) in parts.items()},
            "bands": None if self.bands_ is None else self.bands_.to_dict(),
            "if_churned": self.if_churned_.to_dict(),
        }
        return described, {name: content for name, (_, content) in parts.items() if content is not None}

    @classmethod
    def from_parts(cls, described: Stored, trees: Mapping[str, bytes]) -> Self:
        """Return the stored model."""
        model, targets = cls(), described["targets"]
        model.columns_ = ProfileColumns.from_dict(described["columns"])
        blends = {name: Blend.from_parts(stored, trees.get(name)) for name, stored in targets.items()}
        model.churn_, model.value_ = blends.get("churn"), blends.get("clv")
        bands = described["bands"]
        model.bands_ = None if bands is None else Bands.from_dict(bands)
        model.if_churned_ = IfChurned(**described.get("if_churned", {}))
        return model

    def _design(self, X: pd.DataFrame) -> pd.DataFrame:
        design = self.columns_.design(X)
        if design.empty:
            reasons = "; ".join(f"{name}: {why}" for name, why in list(self.columns_.left_out.items())[:10])
            why = reasons or "there is none beside the key and the labels"
            raise FitError(f"No column of the table can be a feature ({why}). Add columns, or map others.")
        wanted = {name for signs in (self.monotone or {}).values() for name in signs}
        unknown = sorted(wanted - set(self.columns_.encoding.numbers))
        if unknown:
            raise UsageError(
                f"monotone: {', '.join(unknown)} not among the numbers that are features "
                f"({', '.join(self.columns_.encoding.numbers[:20])}). Only numbers have a direction."
            )
        return design

    def _check_settings(self) -> None:
        ensure_level(self.level)
        for target, name in (self.served_by or {}).items():
            known = _SERVERS.get(target, ())
            if name not in known:
                raise UsageError(
                    f"served_by: {target!r} by {name!r}, but there is: {', '.join(known or _SERVERS)}."
                )

    def _recipe(self, target: Literal["churn", "clv"], kind: Kind) -> Recipe:
        build = BUILDS[(self.served_by or {}).get(target, "model")]
        parameters, signs = (self.parameters or {}).get(target, {}), (self.monotone or {}).get(target, {})
        return Recipe(kind, build, parameters, signs, self.seed)


def label_of(y: pd.DataFrame, name: str) -> F | None:
    """Return a label as floats, missing where a row has none; None where the table has none."""
    if name not in y:
        return None
    try:
        return y[name].to_numpy(float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{name}: a label holds text or times. Give True and False, or money.") from error


def _rows(y: pd.DataFrame, name: str) -> NDArray[np.intp]:
    """Return the positions of the rows that have a label."""
    return np.flatnonzero(y[name].notna())
