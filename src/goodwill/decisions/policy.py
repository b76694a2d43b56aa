"""What a policy would have brought, read off customers who happened to be treated as it says."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from goodwill.decisions.campaign import F

NOBODY = 0


@dataclass(frozen=True)
class Policy:
    """The value of a policy per customer, cost taken off, and its interval.

    Parameters
    ----------
    name : of the policy.
    treated_share : share of customers it treats.
    value, low, high : mean margin per customer less the cost of treating.
    """

    name: str
    treated_share: float
    value: float
    low: float
    high: float


def best_arms(effects: F, costs: F) -> NDArray[np.intp]:
    """Return which treatment pays best for each customer, (n,): 1 is the first, 0 is none.

    Parameters
    ----------
    effects : (n, n_arms) expected margin that each treatment adds.
    costs : (n_arms,) cost of each.

    Examples
    --------
    >>> best_arms(np.array([[2.0, 3.0], [0.5, 0.2], [2.0, 1.0]]), np.array([1.0, 1.5])).tolist()
    [2, 0, 1]
    """
    gains = np.column_stack([np.zeros(len(effects)), effects - costs])
    return np.argmax(gains, axis=1)


def policy_value(
    name: str,
    wanted: NDArray[np.intp],
    seen: tuple[F, NDArray[np.intp], F],
    costs: Sequence[float],
    level: float = 0.95,
) -> Policy:
    """Return what a policy brings, by inverse propensity weighting normalised to one (Hájek 1971).

    Parameters
    ----------
    wanted : (n,) which treatment the policy gives each customer; 0 is none. It must not have been learned
        from these customers.
    seen : margin of each customer, (n,), what each got, (n,), and the chance of each customer to get each
        treatment, none first, (n, n_arms + 1).
    costs : cost of each treatment.

    Examples
    --------
    >>> margin, got = np.array([1.0, 3.0, 1.0, 3.0]), np.array([0, 1, 0, 1])
    >>> seen = margin, got, np.full((4, 2), 0.5)
    >>> everybody = policy_value("treat all", np.ones(4, dtype=int), seen, costs=[0.5])
    >>> everybody.value, everybody.treated_share
    (2.5, 1.0)
    """
    margin, got, chances = seen
    net = margin - np.concatenate([[0.0], costs])[got]
    weight = (got == wanted) / chances[np.arange(len(got)), wanted]
    value = float(np.sum(weight * net) / np.sum(weight))
    error = float(np.sqrt(np.sum((weight * (net - value)) ** 2)) / np.sum(weight))
    reach = float(stats.norm.ppf((1 + level) / 2)) * error
    return Policy(name, float((wanted != NOBODY).mean()), value, value - reach, value + reach)
