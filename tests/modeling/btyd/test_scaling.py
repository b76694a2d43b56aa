import numpy as np
import pandas as pd
import pytest

from goodwill.errors import FitError
from goodwill.modeling.btyd import BGNBD, ParetoNBD
from goodwill.modeling.btyd.purchase_model import PurchaseModel
from goodwill.modeling.btyd.rows import Rows
from goodwill.modeling.btyd.scaling import Scaling, carried

Z = np.random.default_rng(0).normal(size=2_000)
MODELS = [
    BGNBD(covariates=["z"]).with_params(
        r=0.9, alpha=6.0, a=0.8, b=2.0, **{"alpha:z": 0.4, "a:z": 0.4, "b:z": 0.4}
    ),
    ParetoNBD(covariates=["z"]).with_params(
        r=0.9, alpha=6.0, s=0.8, beta=9.0, **{"alpha:z": 0.4, "beta:z": 0.4}
    ),
]


@pytest.fixture(params=MODELS, ids=["BGNBD", "ParetoNBD"])
def known(request: pytest.FixtureRequest) -> PurchaseModel:
    return request.param


def histories(model: PurchaseModel) -> pd.DataFrame:
    return model.simulate_like(pd.DataFrame({"T": np.full(Z.size, 40.0), "z": Z}), seed=3)


@pytest.mark.parametrize(
    ("start", "unit"),
    [(2010.0, 5.0), (0.0, 0.01), (30_000.0, 20_000.0), (0.0, 1e6), (0.0, 1e200), (0.0, 1e-200)],
)
def test_a_fit_does_not_depend_on_the_unit_of_a_covariate(
    known: PurchaseModel, start: float, unit: float
) -> None:
    X = histories(known)
    plain = type(known)(covariates=["z"]).fit(X)
    other = type(known)(covariates=["z"]).fit(X.assign(z=start + unit * Z))
    assert plain.converged_
    assert other.converged_
    assert other.log_likelihood_ == pytest.approx(plain.log_likelihood_, abs=1e-6)
    for name in (f"{parameter}:z" for parameter in known.covariate_signs):
        assert other.params_[name] * unit == pytest.approx(plain.params_[name], rel=1e-3)
        assert other.standard_errors_[name] * unit == pytest.approx(plain.standard_errors_[name], rel=1e-3)


def test_predictions_do_not_depend_on_the_unit_of_a_covariate(known: PurchaseModel) -> None:
    X = histories(known)
    years = X.assign(z=2010 + 5 * Z)
    plain, other = (type(known)(covariates=["z"]).fit(each) for each in (X, years))
    said = other.expected_purchases(years, t=9.0)
    assert said == pytest.approx(plain.expected_purchases(X, t=9.0), rel=1e-3)


def test_the_baseline_and_its_error_are_of_a_customer_with_0(known: PurchaseModel) -> None:
    X = histories(known)
    plain = type(known)(covariates=["z"]).fit(X)
    shifted = type(known)(covariates=["z"]).fit(X.assign(z=Z + 1.0))
    moved = plain.params_["alpha"] * np.exp(plain.params_["alpha:z"])
    assert shifted.params_["alpha"] == pytest.approx(moved, rel=1e-3)
    assert shifted.standard_errors_["r"] == pytest.approx(plain.standard_errors_["r"], rel=1e-3)


def test_a_constant_covariate_is_named(known: PurchaseModel) -> None:
    with pytest.raises(FitError, match=r"\['z'\] are the same for all 2000 customers"):
        type(known)(covariates=["z"]).fit(histories(known).assign(z=3.0))


def test_a_baseline_beyond_the_largest_number_is_told(known: PurchaseModel) -> None:
    with pytest.raises(FitError, match=r"\{'z': \d+\.\d\} standard deviations from 0.* Subtract"):
        type(known)(covariates=["z"]).fit(histories(known).assign(z=1e5 + Z))


def test_customers_of_weight_0_have_no_say() -> None:
    rows = Rows(np.array([[0.0] * 3, [0.0] * 3, [9.0] * 3, [0.0] * 3, [1.0, 3.0, 99.0]]))
    scaling = Scaling.of(rows, np.array([1.0, 1.0, 0.0]), ["z"])
    assert (scaling.mean.tolist(), scaling.spread.tolist()) == ([2.0], [1.0])


def test_errors_are_carried_with_their_covariances() -> None:
    assert carried(np.array([[1.0, -1.0]]), np.array([[3.0, 1.0], [1.0, 3.0]])).tolist() == [2.0]
