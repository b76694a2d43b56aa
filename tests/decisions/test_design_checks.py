from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

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


def unequal(extra: float) -> Campaign:
    tier, hidden = RNG.integers(0, 3, 3_000), RNG.normal(size=3_000)
    chance = np.array([0.3, 0.5, 0.8])[tier]
    odds = chance / (1 - chance) * np.exp(extra * hidden)
    is_treated = RNG.random(3_000) < odds / (1 + odds)
    known = pd.DataFrame({"tier": tier.astype(float), "hidden": hidden, "old": 5 * tier + hidden})
    known = known.assign(
        spend=known["old"], chance=chance, treatment=np.where(is_treated, "letter", "control")
    )
    outcomes = {"spend": "money"}
    return Campaign(
        known, outcomes, covariates=("tier", "hidden"), before={"spend": "old"}, propensity="chance"
    )


def test_known_chances_explain_why_groups_differ() -> None:
    tests = design_checks(unequal(0.0))
    assert [test.name for test in tests] == ["sample ratio", "balance: letter", "before: letter, spend"]
    assert all(test.is_passed for test in tests)


@pytest.mark.no_cover
def test_known_chances_do_not_explain_more_than_they_say() -> None:
    _, balance, before = design_checks(unequal(1.0))
    assert (balance.is_passed, before.is_passed) == (False, False)


@pytest.mark.no_cover
def test_more_treated_than_their_chances_say_are_told() -> None:
    planned = unequal(0.0)
    lowered = replace(planned, rows=planned.rows.assign(chance=planned.rows["chance"] - 0.1))
    assert not design_checks(lowered)[0].is_passed
