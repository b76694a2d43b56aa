"""The plain model of contracts: a retention curve by tenure, and nothing else."""

from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.errors import FitError
from goodwill.features.columns import Table, as_frame
from goodwill.modeling.retention.contract_model import ContractModel
from goodwill.modeling.retention.schedule import as_one

F = NDArray[np.float64]
Stored = dict[str, Any]  # JSON as it comes
_UNREAD = ["plan", "n_contracts_cancelled", "days_to_end"]


class RetentionCurve:
    """Churn and value of contracts by one shifted-beta-geometric curve (Fader & Hardie 2007).

    One per length of the period: it knows no plan, no notice, and no fact about the customer.

    Examples
    --------
    >>> orders = pd.DataFrame({"horizon_days": [30], "n_orders": [1]})
    >>> RetentionCurve().fit(orders, orders, orders)
    Traceback (most recent call last):
        ...
    goodwill.errors.FitError: 0 of 1 rows hold a running contract and no orders...
    """

    name = "shifted_beta_geometric"
    targets = ("p_churn", "clv")

    def fit(self, X: pd.DataFrame, y: pd.DataFrame, now: pd.DataFrame) -> Self:  # noqa: ARG002 - the baselines share one signature
        """Fit on past windows.

        Raises
        ------
        FitError
            If some customers hold no contract or there are orders beside it: a curve tells nothing of those.
        """
        held = X.get("n_contracts_running", pd.Series(0, X.index)) > 0
        if "n_orders" in X or not held.all():
            raise FitError(
                f"{0 if 'n_orders' in X else held.sum()} of {len(X)} rows hold a running contract and no "
                "orders, which are all that a retention curve speaks of. Let another model serve."
            )
        plain = ContractModel(kind="shifted_beta_geometric", parameters={"trees": 0})
        self._model = plain.fit(_read(X), y)
        return self

    def predict(self, X: Table) -> dict[str, F]:
        """Return `p_churn` and `clv`, each (n,)."""
        said = self._model.predict(_read(as_frame(X)))
        return {"p_churn": said.p_churn, "clv": said.clv}

    def to_dict(self) -> Stored:
        """Return what is needed to predict again."""
        return self._model.to_parts()[0]

    @classmethod
    def from_dict(cls, stored: Stored) -> Self:
        """Return the stored model."""
        baseline = cls()
        baseline._model = ContractModel.from_parts(stored, {})
        return baseline


def _read(X: pd.DataFrame) -> pd.DataFrame:
    return as_one(X.drop(columns=_UNREAD, errors="ignore"))
