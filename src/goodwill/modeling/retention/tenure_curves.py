"""The hazard by tenure and plan: what the trees start from, and what serves where trees add nothing."""

import warnings
from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import logit
from sklearn.exceptions import ConvergenceWarning

from goodwill.arguments import ensure_choice
from goodwill.errors import FitError
from goodwill.modeling.retention.beta_discrete_weibull import BetaDiscreteWeibull, ShiftedBetaGeometric

F = NDArray[np.float64]
Stored = dict[str, Any]  # JSON as it comes
Kind = Literal["shifted_beta_geometric", "beta_discrete_weibull"]
_KINDS: dict[str, type[BetaDiscreteWeibull]] = {
    "shifted_beta_geometric": ShiftedBetaGeometric,
    "beta_discrete_weibull": BetaDiscreteWeibull,
}
_ENOUGH_ENDS, _RARE, _PENALTY = 30, 1e-6, 0.1
ALL = ""


@dataclass(frozen=True)
class TenureCurves:
    """A retention curve for each plan that ended often enough to show one, and one for all the others.

    Parameters
    ----------
    kind : which distribution. curves : fitted, by plan; "" stands for all together.

    Examples
    --------
    >>> plan, period = np.array(["a", "b"] * 200), np.repeat([1.0, 2.0], 200)
    >>> ended = (np.arange(400) % 5 == 0).astype(float)
    >>> curves = TenureCurves.fit("shifted_beta_geometric", plan, period, ended)
    >>> 1 / (1 + np.exp(-curves.logit(np.array(["a", "c"]), np.array([1.0, 1.0])))).round(2)
    array([0.2, 0.2])
    """

    kind: Kind
    curves: dict[str, BetaDiscreteWeibull]

    @classmethod
    def fit(cls, kind: Kind, plan: NDArray[np.object_], period: F, ended: F) -> Self:
        """Fit to person-periods (n,): plan, number of the period, whether the contract ended with it.

        Raises
        ------
        FitError
            If nobody ended, or everybody did in the first period.
        """
        rows = pd.DataFrame({"plan": plan, "period": period, "at_risk": 1.0, "ended": ended})
        ensure_choice("kind", kind, _KINDS)
        curves = {ALL: _curve(kind, rows)}
        for name, part in rows.groupby("plan"):
            if part["ended"].sum() >= _ENOUGH_ENDS and not part["ended"].all():
                curves[str(name)] = _curve(kind, part)
        return cls(kind, curves)

    def logit(self, plan: NDArray[np.object_], period: F) -> F:
        """Return the logit of the hazard at the end of each period."""
        known = np.where(np.isin(plan, list(self.curves)), plan, ALL)
        result = np.empty(len(period))
        for name, curve in self.curves.items():
            is_its = known == name
            result[is_its] = logit(np.clip(curve.hazard(period[is_its]), _RARE, 1 - _RARE))
        return result

    def to_dict(self) -> Stored:
        """Return the curves as plain JSON values."""
        return {"kind": self.kind, "curves": {name: curve.to_dict() for name, curve in self.curves.items()}}

    @classmethod
    def from_dict(cls, stored: Stored) -> Self:
        """Return the stored curves."""
        kind = _KINDS[stored["kind"]]
        return cls(stored["kind"], {name: kind.from_dict(curve) for name, curve in stored["curves"].items()})


def plans_of(X: pd.DataFrame) -> NDArray[np.object_]:
    """Return the plan of each row; the period's length where plans are not told."""
    if "plan" in X:
        return X["plan"].astype("object").map(str).to_numpy(dtype=object)
    days = X["contract_period_days"] if "contract_period_days" in X else pd.Series(0.0, X.index)
    return days.map("{:.0f}".format).to_numpy(dtype=object)


def _curve(kind: Kind, rows: pd.DataFrame) -> BetaDiscreteWeibull:
    if rows.empty:
        raise FitError("No renewal fell due in the training windows. Choose a longer horizon_days.")
    table = rows.groupby("period", as_index=False)[["at_risk", "ended"]].sum()
    with warnings.catch_warnings():
        # A curve at its bound is a constant hazard or a steep one, and serves as such.
        warnings.simplefilter("ignore", ConvergenceWarning)
        fit = _KINDS[kind]().fit(table)
        return fit if fit.converged_ else _KINDS[kind](penalty=_PENALTY).fit(table)
