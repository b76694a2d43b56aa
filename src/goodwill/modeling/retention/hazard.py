"""The chance that a contract ends with the period at hand, learned by boosted trees."""

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError

from goodwill.errors import FitError, UsageError
from goodwill.features.columns import ensure_columns_once
from goodwill.modeling.boosting import Booster, Plan
from goodwill.modeling.encoding import Encoding
from goodwill.modeling.given_values import check_lengths, whole_numbers

F = NDArray[np.float64]
Stored = dict[str, Any]  # JSON as it comes


class DiscreteHazard(BaseEstimator):
    """The hazard of each period of a contract, given all that is known at its beginning.

    XGBoost on person-periods: maximising the binary likelihood of these rows maximises that of the contracts,
    the running ones included (Singer & Willett 1993). Any column may change from period to period. Competing
    reasons to end have a hazard each, learned on the same rows.

    Parameters
    ----------
    parameters : XGBoost parameters and `trees`, over the defaults of `boosting.Plan`.
    seed : same data and seed, same hazards.

    Attributes
    ----------
    reasons_ : the codes of the reasons, ascending. encoding_ : the columns. boosters_ : trees per reason.

    Examples
    --------
    >>> rows = pd.DataFrame({"period": np.tile([1.0, 2.0], 600), "plan": np.repeat(["a", "b"], 600)})
    >>> ended = np.where(rows["plan"] == "a", np.arange(1200) % 4 == 0, np.arange(1200) % 20 == 0)
    >>> model = DiscreteHazard().fit(rows, ended.astype(int))
    >>> model.hazard(pd.DataFrame({"period": [1, 1], "plan": ["a", "b"]})).round(1).tolist()
    [0.4, 0.1]
    """

    def __init__(self, *, parameters: Mapping[str, float] | None = None, seed: int = 0) -> None:
        self.parameters, self.seed = parameters, seed

    def fit(self, X: pd.DataFrame, y: npt.ArrayLike, *, start: F | None = None) -> Self:
        """Fit to person-periods.

        Parameters
        ----------
        X : (n, ...) numbers and text, missing values allowed.
        y : (n,) 0 where the contract went on, else the code of the reason (1, or 1, 2, …).
        start : (n,) logit of a hazard from which the trees go on; of the only reason.

        Raises
        ------
        FitError
            If no row ended, or there is a start and more than one reason.
        UsageError
            If X is no frame, y holds no codes, lengths differ, or XGBoost knows no such parameter.
        TableError
            If X has a column twice.
        """
        _check(X)
        reason = whole_numbers("y", y)
        check_lengths(X=X, y=reason)
        _check_start(start, len(X))
        self.reasons_ = tuple(int(code) for code in np.unique(reason[reason > 0]))
        if not self.reasons_ or (start is not None and len(self.reasons_) > 1):
            raise FitError(
                f"{(reason > 0).sum()} of {len(reason)} periods ended, for {len(self.reasons_)} reasons. "
                "Give periods some of which ended, and a start only where there is one reason."
            )
        self.encoding_ = Encoding.fit(X)
        plan = Plan("binary:logistic", dict(self.parameters or {}), {}, self.seed)
        design = self.encoding_.encode(X)
        self.boosters_ = [plan.fit(design, (reason == code).astype(float), start) for code in self.reasons_]
        return self

    def hazard(self, X: pd.DataFrame, *, start: F | None = None) -> F:
        """Return the probability (n,) to end with the period, for whatever reason."""
        return np.minimum(self.hazard_by_reason(X, start=start).sum(axis=1), 1.0)

    def hazard_by_reason(self, X: pd.DataFrame, *, start: F | None = None) -> F:
        """Return the probability (n, n_reasons) to end with the period for each reason."""
        if not hasattr(self, "boosters_"):
            raise NotFittedError(
                "This DiscreteHazard is not fitted yet. Call `fit` with person-periods first."
            )
        _check(X)
        missing = [name for name in (*self.encoding_.numbers, *self.encoding_.levels) if name not in X]
        if missing:
            raise UsageError(f"The periods lack {missing}, which the hazard was learned from. Add them.")
        _check_start(start, len(X))
        design = self.encoding_.encode(X)
        return expit(np.column_stack([booster.margin(design, start) for booster in self.boosters_]))

    def to_parts(self) -> tuple[Stored, dict[str, bytes]]:
        """Return plain JSON values, and the trees in XGBoost's format."""
        boosters = [
            {"reason": code, **booster.to_dict()}
            for code, booster in zip(self.reasons_, self.boosters_, strict=True)
        ]
        trees = {
            f"hazard_{code}": booster.to_bytes()
            for code, booster in zip(self.reasons_, self.boosters_, strict=True)
        }
        return {"encoding": self.encoding_.to_dict(), "boosters": boosters}, trees

    @classmethod
    def from_parts(cls, described: Stored, trees: Mapping[str, bytes]) -> Self:
        """Return the stored model."""
        model = cls()
        model.encoding_ = Encoding.from_dict(described["encoding"])
        model.reasons_ = tuple(int(stored["reason"]) for stored in described["boosters"])
        model.boosters_ = [
            Booster.from_parts(stored, trees[f"hazard_{stored['reason']}"])
            for stored in described["boosters"]
        ]
        return model


def _check(X: object) -> None:
    if not isinstance(X, pd.DataFrame):
        raise UsageError(f"The periods are a {type(X).__name__}. Give a frame with a row per period.")
    ensure_columns_once("The periods", X)


def _check_start(start: F | None, n_rows: int) -> None:
    if start is None:
        return
    n_bad = int((~np.isfinite(start)).sum())
    if np.shape(start) != (n_rows,) or n_bad:
        raise UsageError(
            f"start has the shape {np.shape(start)} and {n_bad} missing or infinite values beside {n_rows} "
            "periods. Give one logit of a hazard above 0 and below 1 for each."
        )
