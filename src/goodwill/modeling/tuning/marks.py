"""What parameters lose on a fold, beside what the defaults lose there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

F = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """Losses on the rows of a fold (n,), as multiples of the mean that the defaults lose on it."""

    customers: NDArray[np.object_]
    relative: F

    @property
    def loss(self) -> float:
        """The mean: below 1 is better than the defaults."""
        return float(self.relative.mean())


class Mark(Protocol):
    """A fold on which parameters are judged."""

    @property
    def default(self) -> Judged:
        """What the defaults lose."""

    def judge(self, parameters: Mapping[str, float]) -> Judged:
        """Return what other parameters lose."""


def compared(judged: Sequence[Judged], marks: Sequence[Mark]) -> tuple[float, float]:
    """Return the mean gain over the defaults across folds, and its standard error over customers.

    A customer's rows, in whichever windows and folds, count as one observation.
    """
    gains = [
        pd.Series((mark.default.relative - said.relative) / (len(said.relative) * len(judged)))
        .groupby(said.customers)
        .sum()
        for said, mark in zip(judged, marks, strict=True)
    ]
    by_customer = pd.concat(gains).groupby(level=0).sum()
    return float(by_customer.sum()), float(by_customer.std() * np.sqrt(len(by_customer)))
