"""How many trees a hazard deserves beyond its curve: as many as help with customers they have not seen."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.modeling.boosting import TREES, Plan
from goodwill.modeling.out_of_sample import dealt

F = NDArray[np.float64]
_SHARES = (0.1, 0.2, 0.4, 0.7, 1.0)


def n_trees_worth(
    rows: pd.DataFrame,
    ended: F,
    start: F,
    customer_id: pd.Series,
    *,
    parameters: Mapping[str, float],
    seed: int = 0,
) -> int:
    """Return the number of trees with the lowest log-loss on customers that did not grow them; 0 for none.

    None where the gain is no larger than its standard error. One renewal is seen from several snapshots, so
    that a customer's rows all go into one half. Each half
    grows trees that the other judges.

    Parameters
    ----------
    rows : (n, ...) numbers. ended : (n,) 0 or 1. start : (n,) the logit that trees go on from.
    customer_id : (n,) whose row it is. parameters : XGBoost parameters and `trees`, the most there may be.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> rows, ids = pd.DataFrame({"noise": rng.normal(size=400)}), pd.Series(range(400))
    >>> n_trees_worth(rows, (rng.random(400) < 0.5).astype(float), np.zeros(400), ids, parameters={})
    0
    """
    most = int(parameters.get("trees", TREES))
    counts = [max(round(most * share), 1) for share in _SHARES]
    fold, plan = dealt(customer_id, 2, seed), Plan("binary:logistic", parameters, {}, seed)
    gains = np.zeros((len(counts), len(rows)))
    for held in (0, 1):
        is_held = fold == held
        grown = plan.fit(rows[~is_held], ended[~is_held], start[~is_held])
        plain = _losses(start[is_held], ended[is_held])
        for i, n in enumerate(counts):
            margin = grown.first(n).margin(rows[is_held], start[is_held])
            gains[i, is_held] = plain - _losses(margin, ended[is_held])
    codes, _ = pd.factorize(customer_id)
    best = gains[int(np.argmax(gains.sum(axis=1)))]
    per_customer = np.bincount(codes, best)
    is_clear = per_customer.sum() > np.sqrt(np.sum(per_customer**2))
    return counts[int(np.argmax(gains.sum(axis=1)))] if is_clear else 0


def _losses(margin: F, ended: F) -> F:
    return np.logaddexp(0.0, margin) - ended * margin
