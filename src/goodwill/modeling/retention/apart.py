"""Several contracts of one customer, each as if it ran alone."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.features.columns import numbers
from goodwill.features.contracts import OF_EACH
from goodwill.features.payments import PLACES

Rows = NDArray[np.intp]
_MONTH_DAYS, _CENT = 30.0, 0.01


def apart(X: pd.DataFrame) -> list[tuple[Rows, pd.DataFrame]]:
    """Return the contracts of customers who hold several: whose they are, and the features of each alone.

    First the contract with the largest payment of each customer, then the second; of more than two, the
    others follow as one that is paid by the month.

    Parameters
    ----------
    X : (n, ...) as a snapshot's.

    Returns
    -------
    Up to three pairs: positions in X (k,), and k rows like those of customers with one contract, with
    `n_contracts_beside` in the place of `OF_EACH`.

    Examples
    --------
    >>> X = pd.DataFrame({"n_contracts_running": [1, 2], "contract_price_total": [10.0, 40.0]})
    >>> X = X.assign(contract_largest_payment=[10.0, 365.0], days_to_largest_payment=[5.0, 90.0])
    >>> X = X.assign(contract_largest_period_days=[np.nan, 365.0], contract_largest_periods=[np.nan, 2.0])
    >>> X = X.assign(contract_second_payment=[np.nan, 10.0], contract_second_days_to_payment=[np.nan, 7.0])
    >>> X = X.assign(contract_second_period_days=[np.nan, 30.0], contract_second_periods=[np.nan, 3.0])
    >>> shown = ["contract_price_total", "days_to_next_payment", "contract_period_days", "n_periods"]
    >>> [(rows.tolist(), alone[shown].iloc[0].tolist()) for rows, alone in apart(X)]
    [([1], [30.0, 90.0, 365.0, 2.0]), ([1], [10.0, 7.0, 30.0, 3.0])]
    """
    rows = np.flatnonzero(has_several_apart(X))
    if not len(rows):
        return []
    held = X.iloc[rows]
    each = [_alone(held, place) for place in PLACES]
    told = sum(numbers(alone, "contract_price_total") for alone in each)
    left = numbers(held, "contract_price_total") - told
    more = np.flatnonzero((numbers(held, "n_contracts_running") > len(PLACES)) & (left > _CENT))
    others = (
        each[-1]
        .iloc[more]
        .assign(
            contract_price_total=left[more],
            contract_period_days=_MONTH_DAYS,
            days_to_next_payment=_MONTH_DAYS / 2,
            n_contracts_cancelled=0.0,
        )
    )
    return [(rows, alone) for alone in each] + ([(rows[more], others)] if len(more) else [])


def has_several_apart(X: pd.DataFrame) -> NDArray[np.bool_]:
    """Return who holds several contracts that are told apart (n,): one of them has a price."""
    if "contract_second_payment" not in X:
        return np.zeros(len(X), bool)
    second = numbers(X, "contract_second_payment")
    return np.isfinite(second) & (numbers(X, "contract_largest_payment") > 0)


def _alone(held: pd.DataFrame, place: str) -> pd.DataFrame:
    payment, period = (numbers(held, f"contract_{place}_{name}") for name in ("payment", "period_days"))
    is_first = place == PLACES[0]
    days = numbers(held, "days_to_largest_payment" if is_first else f"contract_{place}_days_to_payment")
    own: dict[str, Any] = {  # numbers, or text
        "n_contracts_running": 1,
        "n_contracts_beside": numbers(held, "n_contracts_running") - 1,
        "contract_price_total": payment * _MONTH_DAYS / period,
        "contract_period_days": period,
        "contract_largest_payment": payment,
        "days_to_largest_payment": days,
        "days_to_next_payment": days,
        "n_periods": numbers(held, f"contract_{place}_periods"),
        "n_contracts_cancelled": np.nan_to_num(numbers(held, f"contract_{place}_cancelled")),
        "days_to_end": numbers(held, f"contract_{place}_days_to_end"),
    }
    if f"contract_{place}_plan" in held:
        own["plan"] = held[f"contract_{place}_plan"]
    return held.drop(columns=[*OF_EACH], errors="ignore").assign(**own)
