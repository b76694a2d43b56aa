import numpy as np
import pandas as pd
import pytest

from goodwill.errors import FitError, UsageError
from goodwill.modeling.btyd import BGNBD, GammaGamma, bootstrap

TRUE = BGNBD().with_params(r=0.9, alpha=6.0, a=0.8, b=2.0)
HISTORIES = TRUE.simulate(n=1_000, T=40.0, seed=1)


def test_bootstrap_spread_is_the_standard_error() -> None:
    model = BGNBD().fit(HISTORIES)
    band = bootstrap(model, HISTORIES, replicates=60, seed=1).parameters(level=0.6827)
    half = (band.high - band.low) / 2
    assert half["r"] == pytest.approx(model.standard_errors_["r"], rel=0.35)
    assert ((band.low < pd.Series(model.params_)) & (pd.Series(model.params_) < band.high)).all()


def test_predictions_get_a_band_per_customer() -> None:
    model = BGNBD().fit(HISTORIES)
    band = bootstrap(model, HISTORIES, replicates=10).predictions(
        lambda refit: refit.expected_purchases(HISTORIES, t=9.0)
    )
    assert band.shape == (1_000, 2)
    assert (band.low <= band.high).all()
    assert band.mean().tolist() == pytest.approx(
        [model.expected_purchases(HISTORIES, t=9.0).mean()] * 2, rel=0.3
    )


def test_same_seed_same_band() -> None:
    once, again = (bootstrap(TRUE, HISTORIES.head(200), replicates=3, seed=5).parameters() for _ in range(2))
    pd.testing.assert_frame_equal(once, again)


def test_spend_can_be_bootstrapped_too() -> None:
    spend = GammaGamma.from_params(p=6.25, q=3.74, v=15.44)
    X = spend.simulate_like(pd.DataFrame({"frequency": np.full(500, 3.0)}), seed=1)
    band = bootstrap(spend, X, replicates=20).predictions(lambda refit: refit.conditional_mean(X))
    assert (band.low < band.high).all()
    assert (band.high / band.low).mean() < 2


def test_samples_without_repeat_buyers_are_counted() -> None:
    rare = BGNBD().with_params(r=0.02, alpha=20.0, a=0.8, b=2.0)
    with pytest.raises(FitError, match=r"Only \d of 6 simulated samples of 3 customers"):
        bootstrap(rare, HISTORIES.head(3), replicates=6)


def test_one_replicate_is_no_interval() -> None:
    with pytest.raises(UsageError, match="needs at least 2"):
        bootstrap(TRUE, HISTORIES, replicates=1)


@pytest.mark.parametrize("level", [0.0, 1.0, 90.0])
def test_level_is_a_probability(level: float) -> None:
    with pytest.raises(UsageError, match="give a probability"):
        bootstrap(TRUE, HISTORIES.head(100), replicates=2).parameters(level=level)


def test_weights_are_customers_of_every_replicate() -> None:
    few = HISTORIES.head(50).round(0)
    weight = np.full(50, 40.0)
    model = BGNBD(penalty=1.0).fit(few, sample_weight=weight)
    again = bootstrap(model, few, replicates=3, sample_weight=weight)
    assert [refit.n_customers_ for refit in again.models] == [2_000] * 3


def test_a_weighted_bootstrap_is_that_of_the_repeated_rows() -> None:
    few, weight = HISTORIES.head(50).round(0), np.arange(50) % 4
    weighted = bootstrap(TRUE, few, replicates=3, sample_weight=weight).parameters()
    repeated = bootstrap(TRUE, few.iloc[np.repeat(np.arange(50), weight)], replicates=3).parameters()
    pd.testing.assert_frame_equal(weighted, repeated)


def test_forgotten_weights_are_told() -> None:
    few = HISTORIES.head(50).round(0)
    model = BGNBD(penalty=1.0).fit(few, sample_weight=np.full(50, 2.0))
    with pytest.raises(UsageError, match=r"fitted to 100 customers, and 50 are given.*`sample_weight`"):
        bootstrap(model, few)
