"""Monotone boosted trees: benefits that cannot hurt an outcome, and costs that cannot help it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
from xgboost import XGBClassifier, XGBModel, XGBRegressor

from goodwill.errors import FitError, UsageError
from goodwill.evaluation.samples import ensure_level
from goodwill.perceived.moments import F, by_respondent

_MANY, _FEWEST = 5_000, 30


@dataclass(frozen=True)
class ResponsePlan:
    """How to fit responses.

    Parameters
    ----------
    directions : by column, 1 where more of it cannot hurt (the default), -1 where it cannot help (costs), 0
        for other facts that are held constant and get no curve.
    diminishing_share : more stops paying where the gain per point falls below this share of its maximum.
    resamples : bootstrap fits that a curve is the mean of.
    level : coverage of the bands. seed : same data and seed, same curves.
    """

    directions: Mapping[str, int] = field(default_factory=dict)
    diminishing_share: float = 0.25
    resamples: int = 20
    level: float = 0.95
    seed: int = 0

    def __post_init__(self) -> None:
        """Refuse a level that no band can have."""
        ensure_level(self.level)


@dataclass(frozen=True)
class Answered:
    """Respondents whose outcome is known.

    Parameters
    ----------
    X : (n, p) scores. y : (n,) outcome. weights : (n,), adding up to 1.
    directions : of each column. is_binary : whether the outcome takes two values, which count as 0 and 1.
    """

    X: pd.DataFrame
    y: F
    weights: F
    directions: tuple[int, ...]
    is_binary: bool

    def fitted(self, seed: int, depth: int | None = None) -> XGBModel:
        """Return a model of the size that this many respondents carry, fitted to them."""
        is_many = len(self.y) > _MANY
        chosen = (6 if is_many else 3) if depth is None else depth
        model = response_model(
            self.directions, is_binary=self.is_binary, trees=400 if is_many else 150, depth=chosen, seed=seed
        )
        return model.fit(self.X.to_numpy(dtype=float), self.y, sample_weight=self.weights * len(self.y))

    def drawn(self, rng: np.random.Generator, most: int) -> tuple["Answered", "Answered"]:
        """Return a bootstrap resample of at most `most` respondents, and as many of those not drawn."""
        n = min(len(self.y), most)
        rows = rng.choice(len(self.y), n, p=self.weights)
        others = np.setdiff1d(np.flatnonzero(self.weights > 0), rows)[:most]
        return self._of(rows, np.full(n, 1 / n)), self._of(others, self.weights[others])

    def _of(self, rows: npt.NDArray[np.int64], weights: F) -> "Answered":
        return Answered(self.X.iloc[rows], self.y[rows], weights, self.directions, self.is_binary)


def response_model(
    directions: tuple[int, ...], *, is_binary: bool, trees: int = 150, depth: int = 3, seed: int = 0
) -> XGBModel:
    """Return boosted trees whose response is monotone in each column, as an unfitted estimator.

    Parameters
    ----------
    directions : 1, -1 or 0 (free) for each column.
    is_binary : whether the outcome is 0 or 1.

    Examples
    --------
    >>> X = np.arange(40.0)[:, None]
    >>> model = response_model((1,), is_binary=False, trees=50).fit(X, X[:, 0] ** 2)
    >>> bool((np.diff(model.predict(X)) >= 0).all())
    True
    """
    kind = XGBClassifier if is_binary else XGBRegressor
    return kind(
        n_estimators=trees,
        max_depth=depth,
        learning_rate=0.1,
        min_child_weight=1 if is_binary else 5,
        subsample=0.8,
        monotone_constraints=directions,
        random_state=seed,
        n_jobs=1,
    )


def fitted_response(
    X: pd.DataFrame, y: npt.ArrayLike, weights: npt.ArrayLike | None = None, plan: ResponsePlan | None = None
) -> XGBModel:
    """Return `response_model` fitted to all whose outcome is known; missing scores take the branch that fits.

    Parameters
    ----------
    X : (n, p) of float; scores of dimensions, and other facts whose direction is 0; NaN where not answered.
    y : (n,) of float; overall value, satisfaction, or two values, of which the higher is the event.
    weights : (n,) of float; how much each respondent counts.

    Raises
    ------
    DataError, FitError, UsageError : as `answered`.

    Examples
    --------
    >>> X = pd.DataFrame({"price": np.arange(40.0)})
    >>> model = fitted_response(X, X["price"] > 20, plan=ResponsePlan({"price": -1}))
    >>> type(model).__name__, sorted(set(model.predict(X.to_numpy())))
    ('XGBClassifier', [np.int64(0)])
    """
    plan = plan or ResponsePlan()
    return answered(X, y, weights, plan).fitted(plan.seed)


def answered(
    X: pd.DataFrame, y: npt.ArrayLike, weights: npt.ArrayLike | None, plan: ResponsePlan
) -> Answered:
    """Return those whose outcome is known, checked.

    Raises
    ------
    DataError : X, y and weights differ in length.
    FitError : fewer than 30 outcomes, or an outcome that never varies.
    UsageError : a direction for a column that X lacks, or one that is not 1, 0 or -1.

    Examples
    --------
    >>> answered(pd.DataFrame({"a": range(31)}), [0, 5] * 15 + [np.nan], None, ResponsePlan()).y[:4]
    array([0., 1., 0., 1.])
    """
    outcome, counts = by_respondent(X, y, weights)
    _check_directions(X, plan.directions)
    is_known = np.isfinite(outcome) & (counts > 0)
    known, found = outcome[is_known], np.unique(outcome[is_known])
    _check_outcome(known, found)
    is_binary = len(found) == 2  # noqa: PLR2004 - yes and no
    kept = counts[is_known] / counts[is_known].sum()
    directions = tuple(plan.directions.get(str(name), 1) for name in X)
    return Answered(
        X[is_known], (known == found[1]).astype(float) if is_binary else known, kept, directions, is_binary
    )


def _check_directions(X: pd.DataFrame, directions: Mapping[str, int]) -> None:
    names = [str(name) for name in X]
    unknown = [name for name in directions if name not in names]
    if unknown:
        raise UsageError(f"directions names {', '.join(unknown)}, which X lacks; it has {', '.join(names)}.")
    wrong = [f"{name}: {way}" for name, way in directions.items() if way not in {-1, 0, 1}]
    if wrong:
        raise UsageError(f"directions {', '.join(wrong)}: use 1 (cannot hurt), -1 (cannot help) or 0 (free).")


def _check_outcome(known: F, found: F) -> None:
    if len(known) < _FEWEST:
        raise FitError(
            f"{len(known)} respondents gave an outcome; a response needs {_FEWEST}. Ask more people."
        )
    if len(found) < 2:  # noqa: PLR2004 - what never varies has no response
        raise FitError(
            f"all {len(known)} outcomes are {found[0]:g}, so nothing varies with it. Choose another outcome."
        )
