"""What churned customers bring where contacts cost money, or goods come back: nothing, or less."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from goodwill.features.columns import Table, numbers
from goodwill.modeling.contacts import Contacts
from goodwill.modeling.histories import bought
from goodwill.modeling.value_ratio import Churned, squeeze, stretch

F = NDArray[np.float64]
Groups = NDArray[np.intp]
Stored = Mapping[str, Any]  # JSON as it comes
_MOST_GROUPS, _FEWEST = 10, 100
_LEAST = 0.01


@dataclass(frozen=True)
class OwnChurned:
    """What each of n churned customers brings; of n as `Churned` is of all.

    Parameters
    ----------
    groups : of customers, in money over `unit`. group : (n,) the group of each customer.
    unit : (n,) the money that a ratio of one is in the groups, over that which it is here.

    Examples
    --------
    >>> lost = np.array([0.0, 1.0]), squeeze(np.array([-2.0, -1.0]))
    >>> own = OwnChurned((Churned(0.9, *lost), Churned(0.1, *lost)), np.array([0, 1]), np.array([1.0, 2.0]))
    >>> own.zero_share.tolist(), stretch(own.quantile(np.zeros(2))).round(6).tolist()
    ([0.9, 0.1], [-2.0, -4.0])
    """

    groups: tuple[Churned, ...]
    group: Groups
    unit: F

    brings_nothing = False

    @cached_property
    def zero_share(self) -> F:
        """Share of those like each customer that brings exactly nothing (n,)."""
        return np.array([group.zero_share for group in self.groups])[self.group]

    @property
    def ends(self) -> tuple[F, F]:
        """The lowest and the highest squeezed ratio of the others (n,)."""
        ends = np.array([group.ends for group in self.groups])[self.group]
        least, most = (squeeze(stretch(end) * self.unit) for end in ends.T)
        return least, most

    def cdf(self, squeezed: F) -> F:
        """Return the probability that those who bring something bring at most this ratio (..., n)."""
        own, found = squeeze(stretch(squeezed) / self.unit), np.empty(np.shape(squeezed))
        for number, group in enumerate(self.groups):
            is_its = self.group == number
            found[..., is_its] = group.cdf(own[..., is_its])
        return found

    def quantile(self, p: F) -> F:
        """Return the squeezed ratio that those who bring something exceed with probability 1 - p (n,)."""
        found = np.empty(len(p))
        for number, group in enumerate(self.groups):
            is_its = self.group == number
            found[is_its] = group.quantile(p[is_its])
        return squeeze(stretch(found) * self.unit)

    def part(self, rows: NDArray[np.bool_]) -> Self:
        """Return some of the customers."""
        return replace(self, group=self.group[rows], unit=self.unit[rows])


@dataclass(frozen=True)
class ChurnedByCosts:
    """What churned customers bring, in groups of those who cost something equally often.

    Where contacts cost money, those are customers who expect as many of them in their horizon. Elsewhere
    goods come back, soon after an order or hardly ever: groups are of days since the last order, and what
    comes back is told beside what was spent lately.

    Parameters
    ----------
    contacts : the rates; None where contacts are free.
    edges : (k - 1,) contacts, or days, between the groups, rising. groups : k of them.
    unit : money that stands for a ratio of one; without contacts, that is what was spent lately, and at
        least this.
    """

    contacts: Contacts | None
    edges: F
    groups: tuple[Churned, ...]
    unit: float

    @classmethod
    def fit(cls, X: Table, value: F) -> Self | None:
        """Learn from churned customers (n, ...) and what they brought; None where nobody cost anything."""
        if (contacts := Contacts.fit(X)) is not None:
            if not value.any():
                return None
            unit, counts = float(np.abs(value[value != 0]).mean()), np.ones(len(value))
        else:
            spent, lost = _lately(X), np.fmin(np.maximum(-value, 0.0), bought(X))
            if not (spent.any() and lost.any()):
                return None
            # As many customers tell a group as lose as much in it.
            unit, counts = float(spent.mean()) * _LEAST, 1 + lost / lost.mean()
        whole = cls(contacts, np.empty(0), (), unit)
        key, ratio = whole._key(X), squeeze(value / whole._units(X))
        n_groups = min(max(len(value) // _FEWEST, 1), _MOST_GROUPS)
        cuts = np.quantile(key, np.arange(1, n_groups) / n_groups, weights=counts, method="inverted_cdf")
        edges, everyone = np.unique(cuts), Churned.at_amounts(ratio)
        group = np.searchsorted(edges, key)
        groups = (Churned.at_amounts(ratio[group == number]) for number in range(len(edges) + 1))
        # A group of whom none was seen to bring anything may still do so, if less than one in all of them.
        safe = (part if len(part.p) else replace(everyone, zero_share=part.zero_share) for part in groups)
        return replace(whole, edges=edges, groups=tuple(safe))

    def of(self, X: Table, scale: F) -> OwnChurned:
        """Return what each row of X brings if churned, as a ratio to `scale` (n,)."""
        return OwnChurned(self.groups, np.searchsorted(self.edges, self._key(X)), self._units(X) / scale)

    def to_dict(self) -> dict[str, Any]:  # JSON
        """Return the groups as plain JSON values."""
        groups = [
            {"zero_share": each.zero_share, "p": each.p.tolist(), "ratios": each.ratios.tolist()}
            for each in self.groups
        ]
        contacts = None if self.contacts is None else vars(self.contacts)
        return {"contacts": contacts, "edges": self.edges.tolist(), "groups": groups, "unit": self.unit}

    @classmethod
    def from_dict(cls, stored: Stored) -> Self:
        """Return the stored groups."""
        groups = tuple(
            Churned(each["zero_share"], np.array(each["p"], float), np.array(each["ratios"], float))
            for each in stored["groups"]
        )
        edges, contacts = np.array(stored["edges"], float), stored["contacts"]
        return cls(None if contacts is None else Contacts(**contacts), edges, groups, float(stored["unit"]))

    def _key(self, X: Table) -> F:
        if self.contacts is not None:
            return self.contacts.expected(X, numbers(X, "horizon_days"))[0]
        idle = numbers(X, "days_since_last_order")
        return np.where(np.isnan(idle), np.inf, idle)

    def _units(self, X: Table) -> F:
        return np.full(len(X), self.unit) if self.contacts is not None else np.maximum(_lately(X), self.unit)


def _lately(X: Table) -> F:
    """Return the money of orders not long ago (n,)."""
    return np.nan_to_num(numbers(X, "spend_decayed_45d"))
