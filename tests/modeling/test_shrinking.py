import numpy as np
import pandas as pd
import pytest

from goodwill.errors import FitError
from goodwill.modeling.btyd import BGNBD, GammaGamma, ParetoNBD
from goodwill.modeling.shrinking import fitted_or_shrunk


def test_a_fit_that_the_data_determine_is_maximum_likelihood() -> None:
    truth = ParetoNBD.from_params(r=0.55, alpha=10.58, s=0.61, beta=11.67)
    histories = truth.simulate(n=1500, T=52.0, seed=0)
    fit = fitted_or_shrunk(ParetoNBD, histories)
    assert fit.penalty == 0
    assert fit.params_ == ParetoNBD().fit(histories).params_


@pytest.mark.parametrize("kind", [ParetoNBD, BGNBD])
def test_customers_who_never_stop_leave_the_drop_out_to_the_prior(kind: type[ParetoNBD | BGNBD]) -> None:
    histories = pd.DataFrame({"frequency": [4.0, 5.0, 6.0] * 40, "recency": 51.9, "T": 52.0})
    fit = fitted_or_shrunk(kind, histories)
    assert (fit.penalty, fit.converged_) == (1.0, True)
    assert fit.expected_purchases(histories, t=52.0)[:3] == pytest.approx([5, 5, 5], rel=0.1)


def test_a_spend_that_hardly_varies_between_customers_is_shrunk() -> None:
    rng = np.random.default_rng(0)
    histories = pd.DataFrame({"frequency": 3.0, "monetary_value": rng.gamma(30, 1 / 3, 60)})
    fit = fitted_or_shrunk(GammaGamma, histories)
    assert (fit.penalty, fit.converged_) == (1.0, True)
    assert fit.population_mean() == pytest.approx(10, rel=0.2)


def test_what_the_data_forbid_stays_an_error() -> None:
    histories = pd.DataFrame({"frequency": [0.0, 0.0], "recency": 0.0, "T": [5.0, 9.0]})
    with pytest.raises(FitError, match="no rate can be learned"):
        fitted_or_shrunk(ParetoNBD, histories)
