"""The allocation solved to the optimum, where it is small."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from goodwill.decisions.allocation import NOBODY, Allocation

I = NDArray[np.int64]
LARGEST = 10_000  # customers × options
_MOST_NODES = 20_000
_IS_INFEASIBLE = 2


@dataclass(frozen=True)
class Exact:
    """What the solver found: the plan (n,) and what no plan can exceed. `choice` is None where none is."""

    choice: I | None
    bound: float


def solved(problem: Allocation) -> Exact:
    """Return the best plan by branch and bound (HiGHS), or the best after its limit of nodes, with a bound.

    Examples
    --------
    >>> gain = np.array([[4.0, 3.0], [6.0, 4.0]])
    >>> two = Allocation(gain, np.array([1.0, 2.0]), np.array([0, 0]), 3.0, np.array([np.inf]))
    >>> exact = solved(two)
    >>> exact.choice, exact.bound
    (array([1, 0]), 9.0)
    """
    option, who = np.nonzero(np.isfinite(problem.gain))
    if not len(who):
        nothing = np.full(problem.n, NOBODY)
        return Exact(nothing if problem.is_feasible(nothing) else None, 0.0)
    with _unheard():
        found = milp(
            -problem.gain[option, who],
            constraints=_limits(problem, option, who),
            bounds=Bounds(0, 1),
            integrality=np.ones(len(who)),
            options={"mip_rel_gap": 0.0, "node_limit": _MOST_NODES},
        )
    if found.x is None:
        return Exact(None, -np.inf if found.status == _IS_INFEASIBLE else np.inf)
    taken = found.x > 0.5  # noqa: PLR2004 - a solver's 0 and 1
    choice = np.full(problem.n, NOBODY)
    choice[who[taken]] = option[taken]
    return Exact(choice, max(-float(found.mip_dual_bound), problem.total(choice)))


@contextmanager
def _unheard() -> Iterator[None]:
    """Keep off standard output, which may be for one JSON object, what HiGHS prints past its settings."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _limits(problem: Allocation, option: I, who: I) -> LinearConstraint:
    n, columns = len(who), np.arange(len(who))
    one_each = sparse.csr_array((np.ones(n), (who, columns)), shape=(problem.n, n))
    money = sparse.csr_array(problem.cost[option][None, :])
    contacts = sparse.csr_array(
        (np.ones(n), (problem.channel[option], columns)), shape=(len(problem.capacity), n)
    )
    rows = [one_each, money, contacts]
    if problem.group is not None and problem.floor is not None:
        group = sparse.csr_array((-np.ones(n), (problem.group[who], columns)), shape=(len(problem.floor), n))
        rows.append(group)
    return LinearConstraint(
        sparse.vstack(rows), -np.inf, np.concatenate([np.ones(problem.n), problem.limits])
    )
