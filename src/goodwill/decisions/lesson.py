"""What the final stage of a learner learns from: contributions to the effect, and what may move it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from goodwill.decisions.campaign import B, F

_LEAST_VARIANCE = 0.05


@dataclass(frozen=True)
class Lesson:
    """What a final stage learns from.

    Parameters
    ----------
    moderators : (n, p) standardised columns that may move the effect.
    usual : (n,) what each customer is expected to do anyway.
    effect : (n,) of `contributions`.
    source_of : the raw column that each of the moderators comes from; each its own when empty.

    Examples
    --------
    >>> columns = pd.DataFrame({"age": [0.0], "city=y": [1.0], "city=n": [-1.0]})
    >>> Lesson(columns, np.ones(1), np.ones(1), ("age", "city", "city")).places
    [[0], [1, 2]]
    """

    moderators: pd.DataFrame
    usual: F
    effect: F
    source_of: tuple[str, ...] = ()

    @property
    def sources(self) -> tuple[str, ...]:
        """The raw columns, once each."""
        return tuple(dict.fromkeys(self.source_of or map(str, self.moderators)))

    @property
    def places(self) -> list[list[int]]:
        """Where the columns of each source stand."""
        owners = self.source_of or tuple(map(str, self.moderators))
        return [[place for place, owner in enumerate(owners) if owner == name] for name in self.sources]

    @cached_property
    def precision(self) -> F:
        """One over the variance of the contributions, (n,), which grows with what a customer does anyway."""
        size = np.abs(self.usual)
        design = np.column_stack([np.ones(len(size)), size])
        squares = (self.effect - self.effect.mean()) ** 2
        expected = design @ np.linalg.lstsq(design, squares, rcond=None)[0]
        return 1 / np.maximum(expected, max(_LEAST_VARIANCE * float(squares.mean()), 1e-12))

    def part(self, rows: B) -> "Lesson":
        """Return the lesson of some customers."""
        return Lesson(self.moderators[rows], self.usual[rows], self.effect[rows], self.source_of)
