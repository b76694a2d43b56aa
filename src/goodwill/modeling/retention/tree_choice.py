"""How many trees a model deserves beyond a plain one: as many as help with customers they have not seen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.modeling.boosting import Booster, Objective, Plan
from goodwill.modeling.out_of_sample import dealt

F = NDArray[np.float64]
_SMALLEST = 1e-9


@dataclass(frozen=True)
class TreeChoice:
    """Some numbers of trees, judged on customers that did not grow them, and how clear a gain must be.

    Parameters
    ----------
    plan : how trees are grown; its number of trees is the most there may be.
    shares : parts of that number, rising to 1, that are tried.
    n_errors : how many of its standard errors a gain must exceed.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> rows, ids = pd.DataFrame({"told": rng.normal(size=400)}), pd.Series(range(400))
    >>> choice = TreeChoice(Plan("binary:logistic", {"trees": 20, "min_child_weight": 10}, {}))
    >>> choice.n_worth(rows, (rng.random(400) < 0.5).astype(float), ids, np.zeros(400))
    0
    >>> choice.n_worth(rows, (rows["told"] > 0).to_numpy(float), ids, np.zeros(400))
    20
    """

    plan: Plan
    shares: tuple[float, ...] = (0.1, 0.2, 0.4, 0.7, 1.0)
    n_errors: float = 1.0

    def n_worth(self, rows: pd.DataFrame, y: F, customer_id: pd.Series, start: F | None = None) -> int:
        """Return the number of trees with the lowest loss, 0 where none gains beyond chance.

        Each half of the customers grows trees that the other judges. A customer is seen from several
        snapshots, whose rows all go into one half.

        Parameters
        ----------
        rows : (n, ...) numbers. y : (n,) what came. customer_id : (n,) whose row it is.
        start : (n,) the margin that trees go on from, and are compared with; None for that of the mean.
        """
        if self.plan.n_trees <= 0:
            return 0
        fold, counts = dealt(customer_id, 2, self.plan.seed), self._counts
        gains = np.zeros((len(counts), len(rows)))
        for held in (fold == 0, fold == 1):
            # From nothing but zeros no trees can start.
            if start is None and not y[~held].any():
                return 0
            gains[:, held] = self._gains(rows, y, held, start)
        best = int(np.argmax(gains.sum(axis=1)))
        per_customer = np.bincount(pd.factorize(customer_id)[0], gains[best])
        is_clear = per_customer.sum() > self.n_errors * np.sqrt(np.sum(per_customer**2))
        return counts[best] if is_clear else 0

    def _gains(self, rows: pd.DataFrame, y: F, held: NDArray[np.bool_], start: F | None) -> F:
        """Return what each number of trees gains on each held row (n_counts, n_held)."""
        known, asked = (None, None) if start is None else (start[~held], start[held])
        grown, loss = self.plan.fit(rows[~held], y[~held], known), _LOSSES[self.plan.objective]
        plain = loss(_margin(grown, asked, int(held.sum())), y[held])
        return np.stack(
            [plain - loss(grown.first(n).margin(rows[held], asked), y[held]) for n in self._counts]
        )

    @property
    def _counts(self) -> list[int]:
        return [max(round(self.plan.n_trees * share), 1) for share in self.shares]


def _margin(grown: Booster, start: F | None, n: int) -> F:
    return np.full(n, grown.constant) if start is None else start


def _log_loss(margin: F, y: F) -> F:
    return np.logaddexp(0.0, margin) - y * margin


def _deviance(margin: F, y: F) -> F:
    """Return Tweedie(1.5) deviances but for what does not depend on the mean."""
    root = np.sqrt(np.maximum(np.exp(margin), _SMALLEST))
    return np.asarray(4 * (root + y / root))


_LOSSES: Mapping[Objective, Callable[[F, F], F]] = {"binary:logistic": _log_loss, "reg:tweedie": _deviance}
