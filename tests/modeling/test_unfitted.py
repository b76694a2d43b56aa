"""Models that were not fitted say so, keep their settings as scikit-learn's do, and tell nobody nothing."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import estimator_checks

from goodwill.decisions.uplift import UpliftModel
from goodwill.modeling.btyd import BGNBD, bootstrap
from goodwill.modeling.customer_value import CustomerValueModel
from goodwill.modeling.profiles.model import ProfileModel
from goodwill.modeling.retention import ContractModel
from goodwill.modeling.segments import Segmenter, segment_model

MANY = pd.DataFrame({"customer_id": range(80), "as_of": pd.Timestamp("2024-01-01"), "horizon_days": 30})
Y = pd.DataFrame({"churned": np.arange(80) % 2 == 0, "value": np.arange(80) % 2 * 5.0})
X = pd.DataFrame({"customer_id": ["a"], "horizon_days": [30], "age": [1.0]})
ASKED: dict[str, Callable[[], object]] = {
    "contracts": lambda: ContractModel().predict(X),
    "value": lambda: CustomerValueModel().predict(X),
    "profiles": lambda: ProfileModel().predict(X),
    "profiles_unseen": lambda: ProfileModel().unseen(X),
    "profiles_stored": lambda: ProfileModel().to_parts(),
    "segments_stored": lambda: segment_model(k=2).to_dict(),
    "segments": lambda: segment_model(k=2).assign(X),
    "uplift": lambda: UpliftModel().predict(X),
    "uplift_untreated": lambda: UpliftModel().predict_untreated(X),
    "bootstrap": lambda: bootstrap(BGNBD(), X, replicates=2),
}


@pytest.mark.parametrize("name", ASKED)
def test_an_unfitted_model_says_so(name: str) -> None:
    with pytest.raises(NotFittedError, match="not fitted yet"):
        ASKED[name]()


MODELS = [
    ContractModel(seed=3),
    CustomerValueModel(parameters={"trees": 3}),
    ProfileModel(
        parameters={"churn": {"trees": 3}}, served_by={"clv": "mean"}, monotone={"churn": {"age": 1}}
    ),
    segment_model(k=2, features=["value"]),
]


@pytest.mark.parametrize(
    "check",
    [
        estimator_checks.check_estimator_cloneable,
        estimator_checks.check_estimator_repr,
        estimator_checks.check_get_params_invariance,
        estimator_checks.check_no_attributes_set_in_init,
        estimator_checks.check_parameters_default_constructible,
        estimator_checks.check_set_params,
    ],
)
@pytest.mark.parametrize("model", [ContractModel(), CustomerValueModel(), ProfileModel(), Segmenter()])
def test_models_keep_their_settings_as_scikit_learns_do(
    model: BaseEstimator, check: Callable[[str, BaseEstimator], None]
) -> None:
    check(type(model).__name__, model)


@pytest.mark.parametrize("model", MODELS)
def test_a_copy_has_the_same_settings(model: BaseEstimator) -> None:
    assert clone(model).get_params() == model.get_params()


def test_settings_may_be_changed_before_the_fit() -> None:
    model = CustomerValueModel().set_params(parameters={"trees": 2}).fit(MANY, Y, MANY)
    assert model.boosters_.by_name["value"].trees.num_boosted_rounds() == 2


def test_a_fit_returns_the_model_itself_and_keeps_its_settings() -> None:
    table = pd.DataFrame({"age": np.arange(80.0), "visits": np.arange(80) % 7})
    segments, model = segment_model(k=2), ProfileModel(parameters={"churn": {"trees": 2}})
    assert segments.fit(table) is segments
    assert model.fit(table, Y[["churned"]]) is model
    assert clone(model).get_params() == {**ProfileModel().get_params(), "parameters": {"churn": {"trees": 2}}}
    assert repr(segments) == "Segmenter(k=2)"


def test_segments_end_a_pipeline() -> None:
    table = pd.DataFrame({"age": np.arange(80.0), "visits": np.arange(80) % 7})
    line = make_pipeline(FunctionTransformer(), segment_model(k=2)).fit(table, Y["churned"])
    assert line.predict(table).tolist() == segment_model(k=2).fit(table).assign(table).tolist()


def test_nobody_is_told_nothing() -> None:
    model = CustomerValueModel(parameters={"trees": 2}).fit(MANY, Y, MANY)
    assert len(model.predict(MANY.head(0)).clv) == 0
