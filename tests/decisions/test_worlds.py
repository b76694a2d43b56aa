"""Twenty small worlds with a known effect; `tests/benchmarks/effect_study.py` has four hundred."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from goodwill.decisions import nuisance
from goodwill.decisions.campaign import Campaign
from goodwill.decisions.effect import Effect, randomised_effects
from goodwill.decisions.effect_observed import observed_effects

Measure = Callable[[pd.DataFrame], Effect]


@pytest.fixture(autouse=True)
def few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nuisance, "TREES", 15)


def world(seed: int, tilt: float, n: int) -> pd.DataFrame:
    """Heavy-tailed spend that treatment raises by .3 on average; with a tilt, good customers are treated."""
    rng = np.random.default_rng(seed)
    need = rng.normal(size=n)
    is_treated = rng.random(n) < 1 / (1 + np.exp(-tilt * need))
    spend = np.exp(0.5 * need + 0.8 * rng.normal(size=n)) + is_treated * (0.3 + 0.2 * need)
    treatment = np.where(is_treated, "letter", "control")
    return pd.DataFrame({"treatment": treatment, "need": need, "spend": spend})


def by_lot(rows: pd.DataFrame) -> Effect:
    return randomised_effects(Campaign(rows, {"spend": "money"}, covariates=("need",)))[0].effect


def by_choice(rows: pd.DataFrame) -> Effect:
    campaign = Campaign(rows, {"spend": "money"}, is_randomised=False, covariates=("need",))
    return observed_effects(campaign).effects[0].effect


@pytest.mark.parametrize(("tilt", "measure"), [(0.0, by_lot), (1.0, by_choice)])
def test_intervals_hold_the_truth_nearly_always(tilt: float, measure: Measure) -> None:
    found = [measure(world(seed, tilt, 1_200)) for seed in range(20)]
    assert sum(effect.low < 0.3 < effect.high for effect in found) >= 17


def test_the_naive_difference_is_wrong_in_the_confounded_world() -> None:
    found = [by_choice(world(seed, 1.0, 2_000)) for seed in range(3)]
    assert all(effect.plain_limits[0] > 0.3 for effect in found)
