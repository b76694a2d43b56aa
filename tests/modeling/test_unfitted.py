"""Models that were not fitted say so, keep their settings as scikit-learn's do, and tell nobody nothing."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError

from goodwill.decisions.uplift import UpliftModel
from goodwill.modeling.btyd import BGNBD, bootstrap
from goodwill.modeling.customer_value import CustomerValueModel
from goodwill.modeling.retention import ContractModel
from goodwill.modeling.segments import segment_model

MANY = pd.DataFrame({"customer_id": range(80), "as_of": pd.Timestamp("2024-01-01"), "horizon_days": 30})
Y = pd.DataFrame({"churned": np.arange(80) % 2 == 0, "value": np.arange(80) % 2 * 5.0})
X = pd.DataFrame({"customer_id": ["a"], "horizon_days": [30], "age": [1.0]})
ASKED: dict[str, Callable[[], object]] = {
    "contracts": lambda: ContractModel().predict(X),
    "value": lambda: CustomerValueModel().predict(X),
    "segments": lambda: segment_model(k=2).assign(X),
    "uplift": lambda: UpliftModel().predict(X),
    "uplift_untreated": lambda: UpliftModel().predict_untreated(X),
    "bootstrap": lambda: bootstrap(BGNBD(), X, replicates=2),
}


@pytest.mark.parametrize("name", ASKED)
def test_an_unfitted_model_says_so(name: str) -> None:
    with pytest.raises(NotFittedError, match="not fitted yet"):
        ASKED[name]()


@pytest.mark.parametrize("model", [ContractModel(seed=3), CustomerValueModel(parameters={"trees": 3})])
def test_a_copy_has_the_same_settings(model: BaseEstimator) -> None:
    assert clone(model).get_params() == model.get_params()


def test_settings_may_be_changed_before_the_fit() -> None:
    model = CustomerValueModel().set_params(parameters={"trees": 2}).fit(MANY, Y, MANY)
    assert model.boosters_.by_name["value"].trees.num_boosted_rounds() == 2


def test_nobody_is_told_nothing() -> None:
    model = CustomerValueModel(parameters={"trees": 2}).fit(MANY, Y, MANY)
    assert len(model.predict(MANY.head(0)).clv) == 0
