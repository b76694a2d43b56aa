"""The predictor of ready-made tables: churn and value of described customers, with no time axis."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from pandas.api.types import is_numeric_dtype
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from goodwill.arguments import ensure_whole
from goodwill.errors import TableError
from goodwill.features.columns import Columns, Table, as_frame, index_of
from goodwill.modeling.profiles import ProfileModel
from goodwill.modeling.profiles.columns import as_numbers, n_unread
from goodwill.modeling.row_order import in_steady_order
from goodwill.modeling.segments import Segmenter
from goodwill.predictor.classes import Former, Wanted, limits_of, segments_of, with_classes
from goodwill.predictor.inputs import KEYS, schema_of
from goodwill.predictor.spread import profiles_of, stored_profiles
from goodwill.predictor.stored import save_predictor, trees_of
from goodwill.value.fitting import ClassLimits

_SETTINGS = ("level", "segments", "classes", "served_by", "monotone", "parameters", "seed")
NUMBERS = ("p_churn", "clv", "clv_low", "clv_high", "clv_if_active", "value_at_risk")


class ProfilePredictor(BaseEstimator):
    """Churn, value and segment of customers described by one row of a ready-made table.

    Parameters
    ----------
    level : share of customers whose value the interval should hold.
    segments : as in `CustomerValuePredictor`.
    classes : as in `CustomerValuePredictor`.
    served_by : as in `ProfileModel`.
    monotone : as in `ProfileModel`.
    parameters : as in `ProfileModel`.
    seed : same data and seed, same scores.

    Attributes
    ----------
    model_, segmenter_, class_limits_ : the fitted parts.
    schema_ : the columns it reads, and whether each is a number or text.
    profiles_ : how features and scores were spread in training, for monitoring.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame({"customer_id": map(str, range(200)), "months": rng.integers(1, 60, 200)})
    >>> y = pd.DataFrame({"churned": rng.random(200) < 10 / (10 + X["months"])})
    >>> scores = ProfilePredictor(segments=1).fit(X, y).predict(X)
    >>> list(scores)[:6], len(scores.columns)
    (['customer_id', 'status', 'as_of', 'horizon_days', 'p_churn', 'segment'], 16)
    """

    kind = "goodwill.ProfilePredictor"
    segmenter_: Segmenter
    class_limits_: ClassLimits

    def __init__(  # noqa: PLR0913 - scikit-learn's estimators list their settings here
        self,
        *,
        level: float = 0.8,
        segments: Wanted = "auto",
        classes: Mapping[str, object] | None = None,
        served_by: Mapping[str, str] | None = None,
        monotone: Mapping[str, Mapping[str, int]] | None = None,
        parameters: Mapping[str, Mapping[str, float]] | None = None,
        seed: int = 0,
    ) -> None:
        self.level = level
        self.segments = segments
        self.classes = classes
        self.served_by = served_by
        self.monotone = monotone
        self.parameters = parameters
        self.seed = seed

    @property
    def recipe(self) -> ProfileModel:
        """The unfitted model of these settings."""
        return ProfileModel(
            level=self.level,
            served_by=self.served_by,
            monotone=self.monotone,
            parameters=self.parameters,
            seed=self.seed,
        )

    def fit(self, X: pd.DataFrame, y: pd.DataFrame, former: Former | None = None) -> Self:
        """Fit to a table with labels, as `ProfileModel.fit`; `former` as in `CustomerValuePredictor.fit`."""
        ensure_whole(0, seed=self.seed)
        X, y = in_steady_order(X, y)
        self.model_ = self.recipe.fit(X, y)
        said = self._said(X)
        self.segmenter_ = segments_of(X, self.segments, self.seed, former)
        self.class_limits_ = limits_of(X, said, self.classes, former)
        self.profiles_ = profiles_of(X, said.filter(["p_churn", "clv"]))
        self.schema_ = schema_of(X)
        return self

    @property
    def input_schema(self) -> dict[str, Literal["double", "string"]]:
        """The columns `predict` reads, and whether each is a number or text."""
        check_is_fitted(self, "model_")
        return dict(self.schema_)

    def predict(self, X: Table) -> pd.DataFrame:
        """Return a row of scores per row of `X`, with its index.

        `as_of` and `horizon_days` are null.

        `p_churn` is there only where the table had a churn label, `clv` and its interval only where it had a
        value label. Text is read where training had numbers.

        Raises
        ------
        TableError
            If such text is no number.
        """
        return self.scores(X).frame().set_axis(index_of(X))

    def scores(self, X: Table) -> Columns:
        """Return `predict` as plain arrays."""
        check_is_fitted(self, "model_")
        known = self._completed(X)
        scores = known.reindex(columns=["customer_id"])
        never = pd.Series(pd.NaT, index=known.index, dtype="datetime64[us]")
        scores = scores.assign(status="scored", as_of=never, horizon_days=np.nan)[list(KEYS)]
        scores = pd.concat([scores, self._said(known)], axis=1).assign(segment=self.segmenter_.assign(known))
        return with_classes(Columns.of(scores), (known, scores), self.class_limits_)

    def _said(self, X: pd.DataFrame) -> pd.DataFrame:
        said = self.model_.predict(X)
        found = {name: values for name in NUMBERS if (values := getattr(said, name)) is not None}
        return pd.DataFrame(found, index=X.index)

    def unseen(self, X: Table) -> dict[str, int]:
        """Return how many rows of `X` hold a level that training saw rarely or never, by column."""
        check_is_fitted(self, "model_")
        return self.model_.unseen(self._completed(X))

    def _completed(self, sent: Table) -> pd.DataFrame:
        X = self._numeric(as_frame(sent))
        absent = [name for name in self.schema_ if name not in X]
        return pd.concat([X, pd.DataFrame(np.nan, X.index, absent)], axis=1).reset_index(drop=True)

    def _numeric(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return `X` with text that is numbers as such, where training had numbers."""
        names = [name for name, kind in self.schema_.items() if kind == "double" and name in X]
        texts = [name for name in names if name not in KEYS and not is_numeric_dtype(X[name])]
        unread = {name: n for name in texts if (n := n_unread(X[name]))}
        if unread:
            shown = ", ".join(f"{name} ({n:,})" for name, n in list(unread.items())[:5])
            raise TableError(
                f"Of {len(X):,} rows, some hold text that is no number where training had numbers: {shown}. "
                f'Mend it, or take it as missing with `columns: {{{next(iter(unread))}: "TRY_CAST(... AS '
                'DOUBLE)"}`.'
            )
        return X.assign(**{name: as_numbers(X[name]) for name in texts})

    def save(self, directory: str | Path) -> str:
        """Write the predictor to a directory of JSON and XGBoost files, and return its hash."""
        check_is_fitted(self, "model_")
        return save_predictor(self, directory)

    def documents(self) -> tuple[dict[str, object], dict[str, bytes]]:
        """Return what is stored beside the manifest: settings and inputs for it, and files by name."""
        model, trees = self.model_.to_parts()
        files = {"model.json": model, "segments.json": self.segmenter_.to_dict()}
        files["classes.json"] = self.class_limits_.to_dict()
        settings = {name: getattr(self, name) for name in _SETTINGS}
        files["profiles.json"] = {name: profile.to_dict() for name, profile in self.profiles_.items()}
        stored = {name: json.dumps(document).encode() for name, document in files.items()}
        stored |= {f"model_{name}.ubj": content for name, content in trees.items()}
        return {"settings": settings, "schema": self.schema_}, stored

    @classmethod
    def restored(cls, manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> Self:
        """Return the predictor that `documents` described."""
        predictor = cls(**manifest["settings"])
        predictor.model_ = ProfileModel.from_parts(json.loads(files["model.json"]), trees_of(files, "model_"))
        predictor.segmenter_ = Segmenter.from_dict(json.loads(files["segments.json"]))
        predictor.class_limits_ = ClassLimits.from_dict(json.loads(files["classes.json"]))
        predictor.schema_ = manifest["schema"]
        predictor.profiles_ = stored_profiles(files)
        return predictor
