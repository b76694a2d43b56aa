"""What each contract may bring in the horizon: payment by payment, as long as it lives to see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

F = NDArray[np.float64]
Rows = NDArray[np.intp]
_N_POINTS = 256
_GOLDEN = (5**0.5 - 1) / 2


@dataclass(frozen=True)
class PaymentsAhead:
    """The payments that fall due in the horizon of n contracts, each with its chance to come.

    A contract that ends pays no more, so that its value is one of a few amounts: nothing, the first payment,
    the first two, and so on. Several contracts of one customer end each for itself.

    Parameters
    ----------
    nothing : (n,) value without any payment of each customer, missing where no contract runs.
    row : (m,) the customer of each payment, rising.
    probability : (m,) that the payment comes; falls within a contract.
    gain : (m,) what it adds to the value.
    strand : (m,) which of the customer's contracts it is of, rising within a customer; a contract's payments
        stand in order of time. None where each customer has one.

    Examples
    --------
    >>> ahead = PaymentsAhead(np.zeros(2), np.array([0, 0, 1]), np.array([0.9, 0.6, 0.95]), np.full(3, 10.0))
    >>> ahead.quantile(0.1).tolist(), ahead.quantile(0.3).tolist(), ahead.mean.tolist()
    ([0.0, 10.0], [10.0, 10.0], [15.0, 9.5])
    """

    nothing: F
    row: Rows
    probability: F
    gain: F
    strand: Rows | None = None

    def __len__(self) -> int:
        return len(self.nothing)

    @property
    def is_known(self) -> NDArray[np.bool_]:
        """Whether a contract runs (n,)."""
        return np.isfinite(self.nothing)

    @cached_property
    def most(self) -> F:
        """What all payments add up to (n,)."""
        return self._sum(self.gain)

    @property
    def mean(self) -> F:
        """The expected value (n,)."""
        return self.nothing + self._sum(self.gain * self.probability)

    @property
    def p_nothing(self) -> F:
        """The probability to bring exactly nothing (n,)."""
        contract, owner = self._contracts
        comes, none = np.zeros(len(owner)), np.ones(len(self))
        np.maximum.at(comes, contract, self.probability)
        np.multiply.at(none, owner, 1 - comes)
        return np.where(self.nothing == 0, none, 0.0)

    @cached_property
    def variance(self) -> F:
        """The variance of the value (n,), in money squared."""
        contract, owner = self._contracts

        def by_contract(amounts: F) -> F:
            return np.bincount(contract, amounts, len(owner)).astype(float)

        before = np.concatenate([[0.0], np.cumsum(by_contract(self.gain))])
        after = np.cumsum(self.gain) - before[contract]
        squares = by_contract(self.probability * self.gain * (2 * after - self.gain))
        apart = squares - by_contract(self.gain * self.probability) ** 2
        return np.where(self.is_known, np.bincount(owner, apart, len(self)), np.nan)

    def quantile(self, p: float) -> F:
        """Return the least value that is not exceeded with probability `p` (n,).

        Of several contracts it is read off their sum at points that fill the cube of their chances evenly.
        """
        found = self.nothing + self._sum(np.where(self.probability > 1 - p, self.gain, 0.0))
        several, sums = self._sums
        place = min(max(int(np.ceil(p * _N_POINTS)) - 1, 0), _N_POINTS - 1)
        found[several] = self.nothing[several] + sums[:, place]
        return found

    def taken(self, rows: Rows) -> Self:
        """Return the customers at `rows` (k,), each at most once, in that order."""
        place = np.full(len(self), -1)
        place[rows] = np.arange(len(rows))
        order = np.argsort(place[self.row], kind="stable")
        order = order[place[self.row][order] >= 0]
        probability, gain, strands = self.probability[order], self.gain[order], self.strands[order]
        return type(self)(self.nothing[rows], place[self.row][order], probability, gain, strands)

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Return the customers of several parts, one part below the other."""
        begins = np.cumsum([0, *(len(part) for part in parts)])
        rows = [part.row + begin for part, begin in zip(parts, begins, strict=False)]
        nothing, probability, gain = (
            np.concatenate([np.empty(0), *(getattr(part, name) for part in parts)])
            for name in ("nothing", "probability", "gain")
        )
        row, strand = (
            np.concatenate([np.empty(0, np.intp), *each]) for each in (rows, [part.strands for part in parts])
        )
        return cls(nothing, row, probability, gain, strand)

    def beside(self, each: "Sequence[tuple[Rows, PaymentsAhead]]") -> Self:
        """Return the customers with contracts of theirs added, each a strand for itself.

        Parameters
        ----------
        each : the customers of k contracts, each customer once, and what these bring.
        """
        nothing = self.nothing.copy()
        for rows, ahead in each:
            nothing[rows] = np.where(ahead.is_known, ahead.nothing, nothing[rows])
        row, probability, gain, strand = (
            np.concatenate(parts)
            for parts in zip(
                (self.row, self.probability, self.gain, self.strands),
                *(
                    (rows[ahead.row], ahead.probability, ahead.gain, np.full(len(ahead.row), number))
                    for number, (rows, ahead) in enumerate(each)
                ),
                strict=True,
            )
        )
        order = np.lexsort((strand, row))
        return type(self)(nothing, row[order], probability[order], gain[order], strand[order])

    @property
    def strands(self) -> Rows:
        """Which of the customer's contracts each payment is of (m,)."""
        return np.zeros(len(self.row), np.intp) if self.strand is None else self.strand

    @cached_property
    def _contracts(self) -> tuple[Rows, Rows]:
        """Return the contract of each payment (m,), and the customer of each contract that pays."""
        begins = (np.diff(self.row, prepend=-1) != 0) | (np.diff(self.strands, prepend=-1) != 0)
        return np.cumsum(begins) - 1, self.row[begins]

    @cached_property
    def _sums(self) -> tuple[Rows, F]:
        """Return the customers with payments of several contracts (k,), and their sums at even points."""
        owner = self._contracts[1]
        several = np.flatnonzero(np.bincount(owner, minlength=len(self)) > 1)
        place = np.full(len(self), -1)
        place[several] = np.arange(len(several))
        of = np.flatnonzero(place[self.row] >= 0)
        at, chance, gain, strand = place[self.row[of]], self.probability[of], self.gain[of], self.strands[of]
        sums = np.empty((len(several), _N_POINTS))
        for j in range(_N_POINTS if len(several) else 0):
            # A Kronecker sequence, whose points fill squares and cubes evenly.
            point = np.mod((j + 0.5) * np.array([1 / _N_POINTS, _GOLDEN, 2**0.5]), 1.0)
            sums[:, j] = np.bincount(at, gain * (chance > point[strand]), len(several))
        sums.sort(axis=1)
        return several, sums

    def _sum(self, amounts: F) -> F:
        return np.bincount(self.row, amounts, len(self)).astype(float)
