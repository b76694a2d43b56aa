import json

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from goodwill.errors import ArtefactError, UsageError
from goodwill.modeling.btyd import BGNBD, MBGCNBD, GammaGamma, ParetoNBD
from goodwill.modeling.btyd.purchase_model import PurchaseModel

TRUE = BGNBD().with_params(r=0.6, alpha=6.0, a=0.8, b=2.0)
HISTORIES = TRUE.simulate(n=1_000, T=40.0, seed=1).assign(z=np.tile([0.0, 1.0], 500))


def test_json_round_trip_keeps_every_answer(known: PurchaseModel) -> None:
    histories = known.simulate(n=50, T=6.0, seed=1)
    fit = type(known)(penalty=1.0).fit(histories)
    again = type(known).from_dict(json.loads(json.dumps(fit.to_dict())))
    assert again.get_params() == fit.get_params()
    assert again.to_dict() == fit.to_dict()
    assert (again.expected_purchases(histories, t=3.0) == fit.expected_purchases(histories, t=3.0)).all()


def test_unknown_errors_are_stored_as_null() -> None:
    text = json.dumps(TRUE.to_dict(), allow_nan=False)
    assert json.loads(text)["standard_errors"] == dict.fromkeys(["r", "alpha", "a", "b"], None)
    assert np.isnan(BGNBD.from_dict(json.loads(text)).log_likelihood_)


def test_stored_size_does_not_grow_with_the_customers() -> None:
    assert len(json.dumps(BGNBD().fit(HISTORIES).to_dict())) < 600


def test_settings_come_back() -> None:
    stored = MBGCNBD(k=3, penalty=0.5, covariates=("z",)).fit(HISTORIES).to_dict()
    assert MBGCNBD.from_dict(stored).get_params() == {"k": 3, "penalty": 0.5, "covariates": ("z",)}


@pytest.mark.parametrize("change", [{"model": "ParetoNBD"}, {"extra": 1}])
def test_foreign_description_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ArtefactError, match="Expected a stored BGNBD"):
        BGNBD.from_dict(TRUE.to_dict() | change)


@pytest.mark.parametrize("ask", ["aic", "bic", "to_dict"])
def test_unfitted_model_says_so(ask: str) -> None:
    with pytest.raises(NotFittedError, match="Call `fit`"):
        getattr(BGNBD(), ask)()


def test_information_criteria_by_hand() -> None:
    model = BGNBD().fit(HISTORIES)
    assert model.aic() == pytest.approx(8 - 2 * model.log_likelihood_)
    assert model.bic() == pytest.approx(4 * np.log(1_000) - 2 * model.log_likelihood_)


def test_useless_covariate_gains_little_likelihood() -> None:
    test = BGNBD(covariates=["z"]).fit(HISTORIES).likelihood_ratio_test(BGNBD().fit(HISTORIES))
    assert test.degrees == 3
    assert 0 <= test.statistic < 12
    assert 0.01 < test.p_value <= 1


def test_models_that_are_not_nested_cannot_be_tested() -> None:
    with pytest.raises(UsageError, match=r"not nested .* Compare them by `aic`"):
        BGNBD().fit(HISTORIES).likelihood_ratio_test(ParetoNBD().fit(HISTORIES))


def test_fits_to_different_customers_cannot_be_tested() -> None:
    rich = BGNBD(covariates=["z"]).fit(HISTORIES.head(900))
    with pytest.raises(UsageError, match="saw 1000 and 900 customers"):
        rich.likelihood_ratio_test(BGNBD().fit(HISTORIES))


def test_known_parameters_stand_in_for_a_fit() -> None:
    model = GammaGamma.from_params(p=6.0, q=2.0, v=9.0)
    assert (model.params_, model.converged_) == ({"p": 6.0, "q": 2.0, "v": 9.0}, False)
    assert model.message_ == "parameters given"


@pytest.mark.parametrize(
    ("params", "reason"),
    [
        ({"r": 1.0, "alpha": 1.0, "a": 1.0}, "missing: b"),
        ({"r": 1.0, "alpha": 1.0, "a": 1.0, "b": 1.0, "alpha:z": 0.1}, "unknown: alpha:z"),
        ({"r": -1.0, "alpha": 0.0, "a": 1.0, "b": 1.0}, "not above 0: r, alpha"),
    ],
)
def test_impossible_parameters_are_named(params: dict[str, float], reason: str) -> None:
    with pytest.raises(UsageError, match=rf"BGNBD takes the parameters r, alpha, a, b; {reason}\. Give"):
        BGNBD.from_params(**params)


def test_parameters_are_finite() -> None:
    with pytest.raises(UsageError, match="a: inf is not finite"):
        BGNBD.from_params(r=1.0, alpha=1.0, a=np.inf, b=1.0)


def test_coefficients_may_be_below_0() -> None:
    given = {"r": 1.0, "alpha": 1.0, "s": 1.0, "beta": 1.0, "alpha:z": -0.1, "beta:z": 0.0}
    assert ParetoNBD(covariates=["z"]).with_params(**given).params_ == given


def test_a_model_stored_without_a_parameter_is_refused() -> None:
    stored = BGNBD.from_params(r=0.2, alpha=4.0, a=0.8, b=2.5).to_dict()
    del stored["params"]["alpha"]
    with pytest.raises(ArtefactError, match=r"has the parameters \['r', 'alpha', 'a', 'b'\], not \['r', 'a'"):
        BGNBD.from_dict(stored)


def test_given_parameters_have_no_criterion() -> None:
    model = BGNBD.from_params(r=0.2, alpha=4.0, a=0.8, b=2.5)
    assert np.isnan([model.aic(), model.bic()]).all()


def test_what_is_no_fit_is_not_compared() -> None:
    with pytest.raises(UsageError, match="other is a int"):
        TRUE.likelihood_ratio_test(3)  # type: ignore[arg-type]  # what is asked
