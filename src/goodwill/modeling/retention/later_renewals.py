"""What contracts bring after the horizon: renewal by renewal, as long as a lifetime is meant to last."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from goodwill.modeling.retention.landmarks import Landmarks
from goodwill.modeling.retention.tenure_curves import TenureCurves
from goodwill.modeling.retention.unpaid import Unpaid
from goodwill.modeling.retention.worth import Worth

F = NDArray[np.float64]
_YEAR_DAYS = 365.25


@dataclass(frozen=True)
class LaterRenewals:
    """The renewals of n contracts that fall due after the horizon.

    Parameters
    ----------
    first : the first of each contract. comes : (n,) probability that it comes.
    shift : (n,) what is added to the logit of every later hazard, beside the curve's.
    curves : the hazard by tenure and plan.
    """

    first: Landmarks
    comes: F
    shift: F
    curves: TenureCurves

    def gain(self, worth: Worth, unpaid: Unpaid) -> F:
        """Return what each renewal brings (n,).

        Without a price as much as the last one in the horizon, but no more than contracts that are paid.
        """
        schedule = self.first.schedule
        paid = worth.margin * schedule.price - worth.servicing * schedule.period
        free = unpaid.later(self.first.plans, np.maximum(schedule.n_due - 1, 0), schedule.period)
        return np.where(schedule.price > 0, paid, free)

    def value(self, gain: F, *, years: float, annual_discount_rate: float) -> F:
        """Return what they bring (n,) up to `years` from `as_of`, discounted from then on; 0 after it."""
        schedule, plans, number = self.first.schedule, self.first.plans, self.first.number
        due, stays = schedule.due(self.first.row, self.first.step), self.comes.copy()
        total = np.zeros(len(stays))
        while (rows := np.flatnonzero(schedule.has_contract & (due < years * _YEAR_DAYS))).size:
            total[rows] += stays[rows] * gain[rows] * (1 + annual_discount_rate) ** -(due[rows] / _YEAR_DAYS)
            number[rows] += 1
            stays[rows] *= 1 - expit(self.curves.logit(plans[rows], number[rows]) + self.shift[rows])
            due[rows] += schedule.period[rows]
        return total
