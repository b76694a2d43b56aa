"""What contracts are expected to bring, given the chance of each renewal ahead."""

import numpy as np
from numpy.typing import NDArray

from goodwill.modeling.payments_ahead import PaymentsAhead
from goodwill.modeling.retention.landmarks import Landmarks
from goodwill.modeling.retention.unpaid import Unpaid
from goodwill.modeling.retention.worth import Worth

F = NDArray[np.float64]
_YEAR_DAYS = 365.25


def valued(
    due: Landmarks, survival: F, lives: F, worth: Worth, unpaid: Unpaid
) -> tuple[F, F, F, F, PaymentsAhead]:
    """Return p_churn, clv, clv_if_churned and payments of n contracts, and the payments one by one.

    Of a contract without a price no payment is told: what follows it is another contract's.

    Parameters
    ----------
    due : the m renewals due in the horizon. survival : (m,) the chance of each. lives : (n,) to outlive it.
    worth, unpaid : what payments bring, and contracts without any.
    """
    schedule, row, n = due.schedule, due.row, len(lives)
    price, years = schedule.price[row], schedule.due(row, due.step) / _YEAR_DAYS
    none, is_free = np.zeros(n), schedule.price <= 0
    nothing = np.where(is_free, 0.0, worth.of(none, none, schedule.horizon))
    gain = worth.of(price, price * years, np.zeros(1))
    gain = np.where(is_free[row], unpaid.gain(due.plans, due.step), gain)
    ends, gone = np.maximum(survival - lives[row], 0.0), 1 - lives
    brought, before, paid, late = (
        np.bincount(row, weights, n).astype(float)
        for weights in (survival * gain, ends * gain, survival * price, survival * price * years)
    )
    ahead = PaymentsAhead(np.where(is_free, np.nan, nothing), row, survival, gain)
    return gone, nothing + brought, nothing + before / gone, worth.discounted(paid, late), ahead
