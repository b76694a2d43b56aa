"""What a model of renewals says of contracts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from goodwill.modeling.payments_ahead import PaymentsAhead

F = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Renewals:
    """What is expected of each customer's contract (n,); missing where none runs.

    Of several contracts `clv`, `payments` and `ahead` are told, and the others are missing.

    Parameters
    ----------
    p_churn : probability to end within the horizon, above 0 and below 1.
    p_renewal : probability that the next renewal comes to be.
    clv : expected value. clv_if_churned : of those who end: their payments before the end.
    payments : expected payments, discounted as training was; before margin and servicing.
    ahead : the payments one by one, each with its chance to come.
    """

    p_churn: F
    p_renewal: F
    clv: F
    clv_if_churned: F
    payments: F
    ahead: PaymentsAhead

    def where(self, runs: NDArray[np.bool_]) -> "Renewals":
        """Return what is expected of the contracts that run, and leave the others out."""
        kept = {
            name: np.where(runs, column, np.nan) for name, column in vars(self).items() if name != "ahead"
        }
        return Renewals(**kept, ahead=replace(self.ahead, nothing=np.where(runs, self.ahead.nothing, np.nan)))

    def beside(self, each: "Sequence[tuple[Rows, Renewals]]") -> "Renewals":
        """Add what several contracts of one customer bring, where nothing is told yet.

        Parameters
        ----------
        each : the customers of k contracts, each customer once, and what is expected of these.
        """
        ahead = self.ahead.beside([(rows, alone.ahead) for rows, alone in each])
        payments = np.zeros(len(self.payments))
        for rows, alone in each:
            payments[rows] += alone.payments
        is_new = np.isnan(self.clv) & ahead.is_known
        clv, paid = (
            np.where(is_new, theirs, own)
            for theirs, own in ((ahead.mean, self.clv), (payments, self.payments))
        )
        return replace(self, clv=clv, payments=paid, ahead=ahead)

    def bringing(self, more: F) -> "Renewals":
        """Return the same with more value (n,) that comes whether or not contracts are renewed."""
        more = np.where(self.ahead.is_known, more, 0.0)
        return replace(
            self,
            clv=self.clv + more,
            clv_if_churned=self.clv_if_churned + more,
            ahead=replace(self.ahead, nothing=self.ahead.nothing + more),
        )
