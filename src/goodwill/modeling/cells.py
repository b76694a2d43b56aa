"""What members read, as one matrix with names: out of a frame it costs one customer as much as the trees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

F = NDArray[np.float64]
Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Cells:
    """Columns of n rows, row by row in memory, as trees read them.

    Parameters
    ----------
    names : of the k columns.
    matrix : (n, k).

    Examples
    --------
    >>> cells = Cells.of([{"h_log": np.array([3.0]), "age": np.array([7.0])}])
    >>> cells.matrix.tolist(), cells.first(1).names, cells.frame().shape
    ([[3.0, 7.0]], ('h_log',), (1, 2))
    """

    names: tuple[str, ...]
    matrix: Matrix

    @classmethod
    def of(cls, parts: Sequence[Mapping[str, F]]) -> Self:
        """Return the columns (n,) of each part as rows, one part below the other."""
        names, n_rows = tuple(parts[0]), len(next(iter(parts[0].values())))
        matrix = np.empty((len(parts) * n_rows, len(names)), dtype=np.float32)
        for part, rows in zip(parts, np.split(matrix, len(parts)), strict=True):
            told = np.concatenate(list(part.values()), dtype=np.float32, casting="same_kind")
            rows[:] = told.reshape(len(names), n_rows).T
        return cls(names, matrix)

    def first(self, n_columns: int) -> Self:
        """Return the first columns alone, without copying them."""
        return type(self)(self.names[:n_columns], self.matrix[:, :n_columns])

    def frame(self) -> pd.DataFrame:
        """Return the columns as a frame on the same memory."""
        # Names as objects: each member compares them, and text of pandas' own type is slow to read.
        names = pd.Index(list(self.names), dtype=object)
        return pd.DataFrame(self.matrix, columns=names, copy=False)


Design = pd.DataFrame | Cells


def cells_of(design: Design, names: tuple[str, ...]) -> NDArray[np.floating]:
    """Return the columns of these names, in their order (n, k).

    Examples
    --------
    >>> cells_of(pd.DataFrame({"age": [7.0], "h_log": [3.0]}), ("h_log", "age")).tolist()
    [[3.0, 7.0]]
    """
    if isinstance(design, pd.DataFrame):
        read = design if tuple(design.columns.tolist()) == names else design[list(names)]
        return read.to_numpy()
    if design.names == names:
        return design.matrix
    return design.matrix[:, [design.names.index(name) for name in names]]
