"""Retention curves: the published fits, nesting, left truncation, discounting and storage."""

import json
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy.special import hyp2f1
from sklearn.exceptions import ConvergenceWarning, NotFittedError

from goodwill.errors import FitError, UsageError
from goodwill.modeling.retention import BetaDiscreteWeibull, ShiftedBetaGeometric

# Fader & Hardie (2007), Table 1, years 0 to 12, per thousand; the models see the first seven renewals.
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173]
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394]


def renewals(alive: list[int], first: int = 0, last: int = 7) -> pd.DataFrame:
    seen = np.array(alive[first : last + 1], dtype=float)
    return pd.DataFrame(
        {"period": np.arange(first + 1, last + 1), "at_risk": seen[:-1], "ended": -np.diff(seen)}
    )


@pytest.mark.parametrize(
    ("alive", "alpha", "beta", "log_likelihood"),
    [(REGULAR, 0.704, 1.182, -1680.27), (HIGH_END, 0.668, 3.806, -1611.16)],
)
def test_the_published_estimates(alive: list[int], alpha: float, beta: float, log_likelihood: float) -> None:
    fit = ShiftedBetaGeometric().fit(renewals(alive))
    assert fit.params_ == pytest.approx({"alpha": alpha, "beta": beta}, abs=5e-4)
    assert fit.log_likelihood_ == pytest.approx(log_likelihood, abs=5e-3)
    assert fit.converged_


def test_the_weibull_extension_projects_the_high_end_better() -> None:
    rest = np.array(HIGH_END[8:]) / 1000
    plain, rich = (
        ShiftedBetaGeometric().fit(renewals(HIGH_END)),
        BetaDiscreteWeibull().fit(renewals(HIGH_END)),
    )
    errors = [np.abs(fit.survival(np.arange(8, 13)) - rest).max() for fit in (plain, rich)]
    assert rich.log_likelihood_ > plain.log_likelihood_ + 5
    assert rich.params_["c"] > 1
    assert errors[1] < 0.01 < errors[0]


def test_a_shape_of_1_is_the_shifted_beta_geometric() -> None:
    plain = ShiftedBetaGeometric.from_params(alpha=0.7, beta=1.2)
    rich = BetaDiscreteWeibull.from_params(alpha=0.7, beta=1.2, c=1.0)
    np.testing.assert_allclose(plain.survival(range(9)), rich.survival(range(9)))


def test_the_hazard_is_alpha_over_alpha_plus_beta_plus_t() -> None:
    hazard = ShiftedBetaGeometric.from_params(alpha=1.0, beta=3.0).hazard([1, 2, 3])
    np.testing.assert_allclose(hazard, [1 / 4, 1 / 5, 1 / 6])


def test_survival_multiplies_over_what_is_outlived() -> None:
    curve = BetaDiscreteWeibull.from_params(alpha=0.7, beta=1.2, c=1.4)
    np.testing.assert_allclose(curve.survival(2) * curve.survival(3, outlived=2), curve.survival(5))


def test_contracts_seen_late_give_the_same_curve() -> None:
    known = ShiftedBetaGeometric.from_params(alpha=0.9, beta=4.0)
    period = np.arange(3, 40)
    table = pd.DataFrame({"period": period, "at_risk": 1e5, "ended": 1e5 * known.hazard(period)})
    assert ShiftedBetaGeometric().fit(table).params_ == pytest.approx(known.params_, rel=1e-2)


def test_standard_errors_shrink_with_the_root_of_the_sample() -> None:
    table = renewals(REGULAR)
    large = table.assign(at_risk=100 * table["at_risk"], ended=100 * table["ended"])
    errors = [ShiftedBetaGeometric().fit(rows).standard_errors_["alpha"] for rows in (table, large)]
    assert errors[0] / errors[1] == pytest.approx(10, rel=0.02)


def test_discounted_residual_lifetime_has_the_closed_form() -> None:
    # Fader & Hardie (2010): ((δ+n-1)/(γ+δ+n-1)) 2F1(1, δ+n; γ+δ+n; 1/(1+d)), n - 1 = 3 renewals made.
    model = ShiftedBetaGeometric.from_params(alpha=3.8, beta=15.19)
    closed = 18.19 / 21.99 * hyp2f1(1, 19.19, 22.99, 1 / 1.1)
    assert model.residual_lifetime([3], 0.1)[0] == pytest.approx(closed, rel=1e-6)


def test_a_rising_hazard_says_that_it_has_no_limit_and_serves() -> None:
    table = pd.DataFrame({"period": range(1, 9), "at_risk": 1000.0, "ended": np.arange(96.5, 104)})
    with pytest.warns(ConvergenceWarning, match="has no limit in the data"):
        fit = ShiftedBetaGeometric().fit(table)
    np.testing.assert_allclose(fit.hazard(range(1, 20)), 0.1, atol=0.002)
    assert not fit.converged_
    assert np.isnan(fit.standard_errors_["alpha"])


def test_a_penalty_keeps_a_flat_hazard_finite() -> None:
    table = pd.DataFrame({"period": range(1, 9), "at_risk": 1000.0, "ended": 100.0})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ShiftedBetaGeometric(penalty=1.0).fit(table).converged_


def test_long_lives_do_not_overflow() -> None:
    curve = BetaDiscreteWeibull.from_params(alpha=0.5, beta=2.0, c=8.0).survival([10, 10**4, 10**6])
    assert np.isfinite(curve).all()
    assert (np.diff(curve) <= 0).all()


@pytest.mark.parametrize("ended", [0.0, 10.0])
def test_nobody_or_everybody_ended_is_told(ended: float) -> None:
    table = pd.DataFrame({"period": [1.0], "at_risk": [10.0], "ended": [ended]})
    with pytest.raises(FitError, match=rf"{ended:g} of 10 periods at risk ended"):
        ShiftedBetaGeometric().fit(table)


@pytest.mark.parametrize("kind", [ShiftedBetaGeometric, BetaDiscreteWeibull])
def test_a_stored_fit_is_the_same(kind: type[BetaDiscreteWeibull]) -> None:
    fit = kind().fit(renewals(REGULAR))
    again = kind.from_dict(json.loads(json.dumps(fit.to_dict())))
    assert vars(again) == vars(fit)


def test_known_parameters_are_stored_without_errors() -> None:
    given = ShiftedBetaGeometric.from_params(alpha=1.0, beta=2.0)
    again = ShiftedBetaGeometric.from_dict(given.to_dict())
    assert again.params_ == given.params_
    assert np.isnan(again.log_likelihood_)


def test_an_unfitted_curve_says_so() -> None:
    with pytest.raises(NotFittedError, match="Call `fit` with a life table first"):
        BetaDiscreteWeibull().survival(1)


def test_impossible_parameters_are_named() -> None:
    with pytest.raises(
        UsageError, match="takes the parameters alpha, beta; missing: beta; not above 0: alpha"
    ):
        ShiftedBetaGeometric.from_params(alpha=-1.0)


def test_an_impossible_penalty_is_refused() -> None:
    table = pd.DataFrame({"period": [1], "at_risk": [9], "ended": [3]})
    with pytest.raises(UsageError, match=r"`penalty` is -1\.0; it weighs a prior"):
        ShiftedBetaGeometric(penalty=-1.0).fit(table)
