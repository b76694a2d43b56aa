"""What each contract may bring in the horizon: payment by payment, as long as it lives to see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

F = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class PaymentsAhead:
    """The payments that fall due in the horizon of n contracts, each with its chance to come.

    A contract that ends pays no more, so that its value is one of a few amounts: nothing, the first payment,
    the first two, and so on.

    Parameters
    ----------
    nothing : (n,) value without any payment, missing where no contract runs.
    row : (m,) the contract of each payment, rising; a contract's payments stand in order of time.
    probability : (m,) that the payment comes; falls within a contract.
    gain : (m,) what it adds to the value.

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
        comes = np.zeros(len(self))
        np.maximum.at(comes, self.row, self.probability)
        return np.where(self.nothing == 0, 1 - comes, 0.0)

    @cached_property
    def variance(self) -> F:
        """The variance of the value (n,), in money squared."""
        after = np.cumsum(self.gain)
        after -= np.concatenate([[0.0], np.cumsum(self.most)[:-1]])[self.row] if len(self) else 0.0
        squares = self._sum(self.probability * self.gain * (2 * after - self.gain))
        return np.where(self.is_known, squares - self._sum(self.gain * self.probability) ** 2, np.nan)

    def quantile(self, p: float) -> F:
        """Return the least value that is not exceeded with probability `p` (n,)."""
        return self.nothing + self._sum(np.where(self.probability > 1 - p, self.gain, 0.0))

    def taken(self, rows: Rows) -> Self:
        """Return the contracts at `rows` (k,), each at most once, in that order."""
        place = np.full(len(self), -1)
        place[rows] = np.arange(len(rows))
        order = np.argsort(place[self.row], kind="stable")
        order = order[place[self.row][order] >= 0]
        return type(self)(
            self.nothing[rows], place[self.row][order], self.probability[order], self.gain[order]
        )

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Return the contracts of several parts, one part below the other."""
        begins = np.cumsum([0, *(len(part) for part in parts)])
        rows = [part.row + begin for part, begin in zip(parts, begins, strict=False)]
        nothing, probability, gain = (
            np.concatenate([np.empty(0), *(getattr(part, name) for part in parts)])
            for name in ("nothing", "probability", "gain")
        )
        return cls(nothing, np.concatenate([np.empty(0, np.intp), *rows]), probability, gain)

    def _sum(self, amounts: F) -> F:
        return np.bincount(self.row, amounts, len(self)).astype(float)
