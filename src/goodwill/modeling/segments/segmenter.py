"""Segments: groups of alike customers, found in the training snapshot, named by what sets them apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import TypeAdapter, ValidationError
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from goodwill.arguments import ensure_choice, ensure_whole
from goodwill.errors import ArtefactError, FitError, UsageError
from goodwill.evaluation.ranking import FloatArray
from goodwill.features.columns import Columns, Table, ensure_frame
from goodwill.modeling.segments.columns import (
    LevelColumn,
    NumberColumn,
    choose_columns,
    encode,
    fit_columns,
)
from goodwill.modeling.segments.groups import columns_in
from goodwill.modeling.segments.methods import Method
from goodwill.modeling.segments.names import kept_names, names_of
from goodwill.modeling.segments.profiles import Row, effect_sizes, profile_table, rows_of
from goodwill.modeling.segments.search import Groups, groups_of, search_k

_GROUP_FIELDS = ("shares", "centres", "spreads", "weights")
_FITTED_ROWS, _CHUNK_ROWS = 200_000, 250_000


def segment_model(
    k: int | Literal["auto"] = "auto",
    seed: int = 0,
    *,
    method: Method = "kmeans",
    features: Sequence[str] = (),
) -> "Segmenter":
    """Return an unfitted clustering of customers.

    Parameters
    ----------
    k : number of segments, or "auto": the largest from 2 to 8 that is stable and well separated.
    seed : where the random starts come from; same data and seed, same segments.
    method : k-means in which columns that separate nothing lose their say, a Gaussian mixture, or HDBSCAN,
        which finds the number of segments itself.
    features : groups of features, of `groups.GROUPS`; by default the purchase history.

    Examples
    --------
    >>> segment_model(k=3).k
    3
    """
    return Segmenter(k=k, seed=seed, method=method, features=features)


@dataclass(frozen=True)
class Stored:
    """Fitted segments as they are written to JSON; pydantic checks them when they are read."""

    k: int | Literal["auto"]
    seed: int
    names: list[str]
    silhouette: float | None
    stability: float | None
    columns: list[NumberColumn | LevelColumn]
    method: Method
    features: list[str]
    groups: dict[str, list[float] | list[list[float]]]
    search: list[Row]
    profiles: list[Row]
    effects: list[Row]


class Segmenter(BaseEstimator):
    """Segments of customers: fit on a snapshot, assign to any later one.

    Parameters
    ----------
    k : number of segments or "auto".
    seed : random seed.
    columns : columns to segment on; by default those of `features` or, without any, the purchase history or,
        without one, every column that is neither a date nor a key.
    method, features : as in `segment_model`.

    Attributes
    ----------
    names_, k_ : of the segments, and how many were found; fewer than asked where a group is too small to be
        more than outliers (3 %), one where there are fewer different customers than groups.
    silhouette_, stability_ : of the chosen k, see `search.search_k`; None for a single segment.
    search_ : frame, the same for every k tried.
    profiles_ : frame with a row per segment: name, size, share, distinguished_by, mean of each number,
        commonest level of each category.
    effects_ : frame of segments × encoded columns, difference to all other customers in standard deviations.

    Examples
    --------
    >>> X = pd.DataFrame({"age": [20, 30, 20, 60, 70, 70] * 5, "visits": [9, 6, 7, 1, 3, 1] * 5})
    >>> segments = segment_model(k=2).fit(X)
    >>> segments.assign(X[:4]).tolist()
    ['low_age_high_visits', 'low_age_high_visits', 'low_age_high_visits', 'high_age_low_visits']
    """

    def __init__(
        self,
        k: int | Literal["auto"] = "auto",
        seed: int = 0,
        columns: Sequence[str] | None = None,
        *,
        method: Method = "kmeans",
        features: Sequence[str] = (),
    ) -> None:
        self.k = k
        self.seed = seed
        self.columns = columns
        self.method: Method = method
        self.features = features

    @property
    def k_(self) -> int:
        """Return the number of segments found."""
        return len(self.names_)

    def fit(self, X: pd.DataFrame, y: object = None, *, previous: "Segmenter | None" = None) -> Self:  # noqa: ARG002 - scikit-learn's order
        """Find the segments of a snapshot.

        Parameters
        ----------
        X : (n_customers, n_features) features of the training snapshot; at most 200,000 rows are used.
        y : not used; scikit-learn's pipelines pass labels to every last step.
        previous : segments found earlier; one that holds mostly the same customers again keeps its name.

        Raises
        ------
        FitError : no customers. UsageError : `k` is not a number of segments, or there is no such method.
        """
        if self.k != "auto":
            ensure_whole(1, k=self.k)
        ensure_whole(0, seed=self.seed)
        ensure_frame("X", X, self.columns or ())
        ensure_choice("method", self.method, get_args(Method))
        if self.method == "hdbscan" and self.k not in {"auto", 1}:
            raise UsageError(f"k = {self.k} segments by hdbscan, which finds their number. Pass k: auto.")
        if not len(X):
            raise FitError("There are no customers to segment. Choose an as_of after the first order.")
        sample = X.sample(_FITTED_ROWS, random_state=self.seed) if len(X) > _FITTED_ROWS else X
        self._columns = fit_columns(sample, self._chosen(sample))
        Z = encode(self._columns, sample)
        self._groups = self._grouped(Z)
        codes = self._groups.assign(Z)
        labels = [label for column in self._columns for label in column.labels]
        self.names_ = names_of(labels, self._groups.centres, self._groups.shares)
        if previous is not None:
            self.names_ = kept_names(self.names_, codes, previous.assign(previous.completed(sample)))
        self.effects_ = effect_sizes(Z, codes, self.names_, labels)
        self.profiles_ = profile_table(X, self.assign(X), self.effects_, self._columns)
        return self

    def _chosen(self, X: pd.DataFrame) -> Sequence[str]:
        return self.columns or (columns_in(X, self.features) if self.features else choose_columns(X))

    def completed(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return X with every column the segments stand on, unknown where a table is there no more."""
        absent = [column.name for column in self._columns if column.name not in X]
        return pd.concat([X, pd.DataFrame(np.nan, X.index, absent)], axis=1) if absent else X

    def _grouped(self, Z: FloatArray) -> Groups:
        n_distinct = len(np.unique(Z, axis=0))
        wanted = self.k
        ks = {} if wanted == "auto" else {"ks": [wanted]}
        self.search_ = search_k(Z, self.seed, **ks, method=self.method)
        chosen = self.search_[self.search_["is_chosen"]]
        k = 1 if wanted != "auto" and wanted > n_distinct else int(chosen["k"].iloc[0]) if len(chosen) else 1
        groups = groups_of(Z, k, self.seed, self.method)
        self.silhouette_ = float(chosen["silhouette"].iloc[0]) if len(groups.shares) > 1 else None
        self.stability_ = float(chosen["stability"].iloc[0]) if len(groups.shares) > 1 else None
        return groups

    def assign(self, X: Table) -> npt.NDArray[np.object_]:
        """Return the name of the segment of each customer, (n_customers,) of str.

        Raises
        ------
        UsageError : a column the segments were fitted on is absent. NotFittedError : nothing was fitted.
        """
        check_is_fitted(self, "names_")
        names = np.array(self.names_, dtype=object)
        if self.k_ == 1:
            return np.repeat(names, len(X))
        known, starts = Columns.of(X), range(0, max(len(X), 1), _CHUNK_ROWS)
        chunks = (known.part(slice(start, start + _CHUNK_ROWS)) for start in starts)
        return np.concatenate([names[self._groups.assign(encode(self._columns, chunk))] for chunk in chunks])

    def predict(self, X: Table) -> npt.NDArray[np.object_]:
        """Return what `assign` does, under the name by which scikit-learn's pipelines ask for it."""
        return self.assign(X)

    def to_dict(self) -> dict[str, object]:
        """Return everything `assign` and a report need, as plain JSON values without customers."""
        check_is_fitted(self, "names_")
        stored = Stored(
            k=self.k,
            seed=self.seed,
            names=self.names_,
            silhouette=self.silhouette_,
            stability=self.stability_,
            columns=self._columns,
            method=self.method,
            features=list(self.features),
            groups={name: getattr(self._groups, name).tolist() for name in _GROUP_FIELDS},
            search=rows_of(self.search_),
            profiles=rows_of(self.profiles_),
            effects=rows_of(self.effects_.reset_index()),
        )
        return dict(TypeAdapter(Stored).dump_python(stored, mode="json"))

    @classmethod
    def from_dict(cls, stored: dict[str, object]) -> Self:
        """Return the fitted segments that `to_dict` wrote.

        Raises
        ------
        ArtefactError : a value is missing, of the wrong type or unknown.
        """
        try:
            read = TypeAdapter(Stored).validate_python(stored)
        except ValidationError as error:
            first = error.errors()[0]
            message = f"Stored segments are damaged at {first['loc']}: {first['msg']}. Restore the file."
            raise ArtefactError(message) from error
        segments = cls(k=read.k, seed=read.seed, method=read.method, features=read.features)
        segments.names_, segments._columns = read.names, read.columns
        segments.silhouette_, segments.stability_ = read.silhouette, read.stability
        segments._groups = Groups(*(np.array(read.groups[name], dtype=float) for name in _GROUP_FIELDS))
        segments.search_, segments.profiles_ = pd.DataFrame(read.search), pd.DataFrame(read.profiles)
        segments.effects_ = pd.DataFrame(read.effects).set_index("name")
        return segments
