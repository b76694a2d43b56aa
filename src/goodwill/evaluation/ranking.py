"""Customers in order of a score, with ties kept together: what every rank-based metric is computed from."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Ranking:
    """An order of customers, highest score first, in which equal scores form one group.

    Attributes
    ----------
    order : (n,) of int; positions of the customers, highest score first.
    ends : (n_groups,) of int; where each group of equal scores ends in `order` (exclusive).
    """

    order: npt.NDArray[np.intp]
    ends: npt.NDArray[np.intp]

    def cumulated(self, amounts: FloatArray) -> FloatArray:
        """Return running totals of `amounts` at the group borders, from 0 to the grand total.

        Parameters
        ----------
        amounts : (n,) of float, in the customers' own order.

        Examples
        --------
        >>> ranked([0.2, 0.9, 0.2]).cumulated(np.array([1.0, 5.0, 3.0])).tolist()
        [0.0, 5.0, 9.0]
        """
        running = np.cumsum(amounts[self.order])
        return np.concatenate(([0.0], running[self.ends - 1]))

    def midranks(self, weights: FloatArray) -> FloatArray:
        """Return each customer's average rank from the top, where a customer counts `weights` times.

        Examples
        --------
        >>> (ranked([0.2, 0.9, 0.2]).midranks(np.ones(3)) + 0.5).tolist()
        [2.5, 1.0, 2.5]
        """
        borders = self.cumulated(weights)
        ranks = np.empty(len(self.order))
        ranks[self.order] = np.repeat((borders[:-1] + borders[1:]) / 2, np.diff(self.ends, prepend=0))
        return ranks


def ranked(scores: npt.ArrayLike) -> Ranking:
    """Return the order of customers by falling score.

    Parameters
    ----------
    scores : (n,) of float without missing values.

    Examples
    --------
    >>> ranked([0.2, 0.9, 0.2]).ends.tolist()
    [1, 3]
    """
    values = np.asarray(scores, dtype=float)
    order = np.argsort(-values, kind="stable")
    is_last = np.append(np.diff(values[order]) != 0, np.ones(min(len(values), 1), dtype=bool))
    return Ranking(order, np.flatnonzero(is_last) + 1)


def up_to(share: npt.ArrayLike, weight: FloatArray, total: FloatArray) -> FloatArray:
    """Return how much of `total` the first `share` of the weight holds; a group cut in two gives pro rata.

    Dividing tied customers pro rata is what makes bins, gains and lifts independent of the row order.

    Parameters
    ----------
    share : shares of the customers, 0 to 1.
    weight, total : running totals of the same ranking, from `Ranking.cumulated`.

    Examples
    --------
    >>> up_to([0.25, 1.0], np.array([0.0, 4.0]), np.array([0.0, 8.0])).tolist()
    [2.0, 8.0]
    """
    return np.interp(np.asarray(share, dtype=float) * weight[-1], weight, total)


def binned(weight: FloatArray, total: FloatArray, bins: int = 10) -> FloatArray:
    """Return what each of `bins` equally heavy bins holds of `total`, the highest scores first.

    Examples
    --------
    >>> binned(np.array([0.0, 1.0, 4.0]), np.array([0.0, 5.0, 5.0]), bins=2).tolist()
    [5.0, 0.0]
    """
    return np.diff(up_to(np.linspace(0.0, 1.0, bins + 1), weight, total))


def area(weight: FloatArray, total: FloatArray) -> float:
    """Return the area under a running total over its running weight (trapezoids).

    Examples
    --------
    >>> area(np.array([0.0, 1.0, 2.0]), np.array([0.0, 3.0, 3.0]))
    4.5
    """
    return dot(np.diff(weight), total[1:] + total[:-1]) / 2


def dot(x: FloatArray, y: FloatArray) -> float:
    """Return the sum of products, without BLAS.

    BLAS wakes its threads for each short product: 50 times slower when the processors are busy, and the last
    digits depend on the number of threads.

    Examples
    --------
    >>> dot(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    11.0
    """
    return float(np.einsum("i,i->", x, y))
