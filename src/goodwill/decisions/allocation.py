"""The problem of giving each customer at most one option: values, prices, and what runs out."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

F = NDArray[np.float64]
I = NDArray[np.int64]
NOBODY = -1


@dataclass(frozen=True)
class Allocation:
    """Options by customer, and the limits of all of them together.

    Parameters
    ----------
    gain : (n_options, n) net gain of each option for each customer; -inf where it is not allowed.
    cost : (n_options,) money per customer.
    channel : (n_options,) index of the option's channel.
    budget : money in all.
    capacity : (n_channels,) contacts at most, inf where unlimited.
    group : (n,) index of each customer's group, for floors.
    floor : (n_groups,) customers of each group to be treated at least.

    Examples
    --------
    >>> gain = np.array([[4.0, 1.0], [6.0, -np.inf]])
    >>> two = Allocation(gain, np.array([1.0, 3.0]), np.array([0, 1]), 3.0, np.array([np.inf, 1.0]))
    >>> choice = np.array([1, NOBODY])
    >>> two.total(choice), two.used(choice), two.is_feasible(choice)
    (6.0, array([3., 0., 1.]), True)
    """

    gain: F
    cost: F
    channel: I
    budget: float
    capacity: F
    group: I | None = None
    floor: F | None = None

    @property
    def n(self) -> int:
        """The number of customers."""
        return self.gain.shape[1]

    @property
    def limits(self) -> F:
        """Budget, capacities and, negated, floors: (n_limits,), what `used` must not exceed."""
        floors = np.empty(0) if self.floor is None else -self.floor
        return np.concatenate([[self.budget], self.capacity, floors])

    def with_budget(self, budget: float) -> "Allocation":
        """Return the same problem with another budget."""
        return replace(self, budget=budget)

    def part(self, rows: I) -> "Allocation":
        """Return the problem of some of the customers, its limits shrunk in proportion."""
        share = len(rows) / self.n
        return Allocation(
            np.ascontiguousarray(self.gain[:, rows]),
            self.cost,
            self.channel,
            self.budget * share,
            self.capacity * share,
            None if self.group is None else self.group[rows],
            None if self.floor is None else self.floor * share,
        )

    def total(self, choice: I) -> float:
        """Return the gain of a choice (n,), an option or `NOBODY` for each customer."""
        treated = np.flatnonzero(choice != NOBODY)
        return float(self.gain[choice[treated], treated].sum())

    def used(self, choice: I) -> F:
        """Return money, contacts by channel and, negated, treated customers by group: (n_limits,)."""
        treated = choice != NOBODY
        counts = np.bincount(choice[treated], minlength=len(self.cost))
        contacts = np.bincount(self.channel, weights=counts, minlength=len(self.capacity))
        groups = np.empty(0)
        if self.group is not None and self.floor is not None:
            groups = -np.bincount(self.group[treated], minlength=len(self.floor)).astype(float)
        return np.concatenate([[float(counts @ self.cost)], contacts, groups])

    def is_feasible(self, choice: I) -> bool:
        """Tell whether a choice keeps all limits, up to rounding of money."""
        return bool((self.used(choice) <= self.limits + self.slack).all())

    @property
    def slack(self) -> float:
        """What sums of money may be off by."""
        return 1e-9 * max(self.budget, 1.0)

    def charge(self, prices: F) -> F:
        """Return what each option (n_options,) costs at shadow prices (n_limits,) of money and channels."""
        return prices[0] * self.cost + prices[1 + self.channel]

    def bonus(self, prices: F) -> F | None:
        """Return what treating each customer (n,) is worth at the prices of the floors."""
        return None if self.group is None else prices[1 + len(self.capacity) :][self.group]

    def worth(self, prices: F, option: int, rows: I | slice = slice(None)) -> F:
        """Return the gain of an option less its charge at the prices, for the rows asked for."""
        bonus = self.bonus(prices)
        net = self.gain[option, rows] - self.charge(prices)[option]
        return net if bonus is None else net + bonus[rows]
