"""How much each member of a blend of logits should count, by customers that none of them learned from."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import LinearConstraint, minimize
from scipy.special import expit

from goodwill.features.windows import newer_half
from goodwill.modeling.out_of_sample import dealt, drawn_rows

F = NDArray[np.float64]
Rows = NDArray[np.intp]
MAX_ROWS = 30_000
_PRICE, _CHANCE = 0.01, 5.0


def apart(X: pd.DataFrame, seed: int) -> tuple[Rows, Rows]:
    """Return rows to learn from, and rows of other customers in the newer half of the windows to judge by.

    Parameters
    ----------
    X : (n, ...) with `customer_id` and `as_of`; at most `MAX_ROWS` of each kind are drawn.

    Examples
    --------
    >>> days = pd.to_datetime(["2024-01-01", "2024-02-01"] * 3)
    >>> seen, held = apart(pd.DataFrame({"customer_id": list("aabbcc"), "as_of": days}), seed=0)
    >>> seen.tolist(), held.tolist()
    ([0, 1, 2, 3], [5])
    """
    fold, is_new = dealt(X["customer_id"], 2, seed), newer_half(X)
    seen, held = np.flatnonzero(fold == 0), np.flatnonzero((fold == 1) & is_new)
    return seen[drawn_rows(len(seen), MAX_ROWS, seed)], held[drawn_rows(len(held), MAX_ROWS, seed)]


def stacked(usual: F, logits: F, is_active: F, *, n_customers: int, weight: F | None = None) -> F:
    """Return weights of members near the `usual` ones that predict unseen customers better.

    The weights are at least 0 and add up to 1 (stacking: Breiman 1996, Machine Learning 24). Moving away from
    the usual ones has a price: the months to predict are not those that the weights are judged by, so a gain
    of next to nothing should move next to nothing.

    Parameters
    ----------
    usual : (k,) weights that add up to 1.
    logits : (n, k) what each member said of rows that it had not learned from.
    is_active : (n,) 0 or 1, what came true, both present.
    n_customers : how many customers the rows are of; the fewer, the dearer a move.
    weight : (n,) how much each row counts, 1 on average; all the same when None.

    Examples
    --------
    >>> is_active = np.tile([1.0, 0.0], 50)
    >>> knowing, guessing = 3 * (2 * is_active - 1), np.tile([1.0, 1.0, -1.0, -1.0], 25)
    >>> usual, unlike = np.array([0.5, 0.5]), np.column_stack([knowing, guessing])
    >>> stacked(usual, unlike, is_active, n_customers=1000).round(2)
    array([1., 0.])
    >>> stacked(usual, np.column_stack([knowing, knowing]), is_active, n_customers=1000).round(2)
    array([0.5, 0.5])
    """
    counts = np.ones(len(is_active)) if weight is None else weight
    share = np.average(is_active, weights=counts)
    price = (_PRICE + _CHANCE / n_customers) * _entropy(share) / _entropy(0.5)

    def loss(found: F) -> tuple[float, F]:
        moved, logit = found[:-1] - usual, logits @ found[:-1] + found[-1]
        residual = counts * (expit(logit) - is_active) / len(is_active)
        fit = float(np.mean(counts * (np.logaddexp(0.0, logit) - is_active * logit)))
        slope = np.append(logits.T @ residual + 2 * price * moved, residual.sum())
        return fit + price * float(moved @ moved), slope

    whole = LinearConstraint(np.append(np.ones(len(usual)), 0.0), 1.0, 1.0)
    # The level of the judged months is taken out: a member must not win by being low where all are high.
    bounds = [(0.0, 1.0)] * len(usual) + [(-2.0, 2.0)]
    start = np.append(usual, 0.0)
    found = minimize(loss, start, jac=True, method="SLSQP", bounds=bounds, constraints=whole)
    weights = np.clip(found.x[:-1], 0.0, 1.0)
    return np.asarray(weights / weights.sum(), dtype=float)


def _entropy(share: float) -> float:
    return -(share * np.log(share) + (1 - share) * np.log(1 - share))
