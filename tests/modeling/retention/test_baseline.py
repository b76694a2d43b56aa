"""The retention curve as a baseline: levels, storage, and what it does not speak of."""

import json

import numpy as np
import pandas as pd
import pytest

from goodwill.errors import FitError
from goodwill.modeling.retention import RetentionCurve

Frames = tuple[pd.DataFrame, pd.DataFrame]


def test_the_level_is_that_of_the_windows(seen: Frames) -> None:
    X, y = seen
    said = RetentionCurve().fit(X, y, X).predict(X)
    assert said["p_churn"].mean() == pytest.approx(y["churned"].mean(), abs=0.01)
    assert said["clv"].sum() == pytest.approx(y["value"].sum(), rel=0.02)


def test_a_stored_curve_is_the_same(seen: Frames) -> None:
    X, y = seen
    curve = RetentionCurve().fit(X, y, X)
    again = RetentionCurve.from_dict(json.loads(json.dumps(curve.to_dict())))
    np.testing.assert_array_equal(again.predict(X)["clv"], curve.predict(X)["clv"])


def test_customers_without_a_contract_are_not_its_own(seen: Frames) -> None:
    X, y = seen
    with pytest.raises(FitError, match="2999 of 3000 rows hold a running contract"):
        RetentionCurve().fit(X.assign(n_contracts_running=[0] + [1] * 2999), y, X)


def test_it_speaks_of_several_contracts_and_of_those_without_a_period(seen: Frames) -> None:
    X, y = seen
    curve = RetentionCurve().fit(X, y, X)
    odd = X.assign(n_contracts_running=1 + np.arange(len(X)) % 2)
    odd.loc[::3, ["contract_period_days", "days_to_next_payment"]] = np.nan
    assert np.isfinite([*curve.predict(odd).values()]).all()
