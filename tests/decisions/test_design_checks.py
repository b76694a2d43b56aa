import numpy as np
import pandas as pd

from goodwill.decisions.campaign import Campaign
from goodwill.decisions.design_checks import design_checks

RNG = np.random.default_rng(0)


def rows(tilt: float) -> pd.DataFrame:
    old = RNG.exponential(size=1_500)
    is_treated = RNG.random(1_500) < 1 / (1 + np.exp(-tilt * (old - 1)))
    return pd.DataFrame({"treatment": np.where(is_treated, "letter", "control"), "old": old, "spend": old})


def campaign(tilt: float) -> Campaign:
    shares = {"letter": 1, "control": 1}
    return Campaign(
        rows(tilt), {"spend": "money"}, covariates=("old",), before={"spend": "old"}, shares=shares
    )


def test_a_campaign_by_lot_passes() -> None:
    tests = design_checks(campaign(0.0))
    assert [test.name for test in tests] == ["sample ratio", "balance: letter", "before: letter, spend"]
    assert all(test.is_passed for test in tests)


def test_a_campaign_that_went_to_the_good_customers_does_not() -> None:
    _, balance, before = design_checks(campaign(1.5))
    assert (balance.is_passed, before.is_passed) == (False, False)
