"""What labels of past windows say as a whole."""

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import FitError, UsageError
from goodwill.modeling.outcomes import check_labels

WINDOWS = pd.DataFrame({"customer_id": ["a", "a", "b"], "horizon_days": 30})
LABELS = pd.DataFrame({"churned": [True, False, False], "value": [0.0, 3.0, 5.0]})


def test_customers_are_counted_once_however_many_windows_hold_them() -> None:
    with pytest.raises(FitError, match="nobody of 2 customers in the training windows churned"):
        check_labels(WINDOWS, LABELS.assign(churned=False))


@pytest.mark.parametrize(
    ("X", "y", "reason"),
    [
        (WINDOWS.drop(columns="horizon_days"), LABELS, "horizon_days: no such column"),
        (WINDOWS, LABELS[["churned"]], "value: no such column"),
        (WINDOWS, LABELS.head(2), "Lengths differ: 3 X, 2 y"),
        (WINDOWS, LABELS.assign(churned=np.nan), "churned: 3 of 3 values are neither True nor False"),
        (WINDOWS, LABELS.assign(churned="no"), "churned: 3 of 3 values are neither True nor False"),
        (WINDOWS, LABELS.assign(value=[1.0, np.nan, np.inf]), "value: 2 of 3 values are missing or infinite"),
        (WINDOWS, LABELS.assign(weight=-1.0), "weight: 3 of 3 values are missing, infinite or below 0"),
    ],
)
def test_labels_that_teach_nothing_are_refused(X: pd.DataFrame, y: pd.DataFrame, reason: str) -> None:
    with pytest.raises(UsageError, match=reason):
        check_labels(X, y)
