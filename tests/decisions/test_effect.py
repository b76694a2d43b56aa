from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from goodwill.decisions.campaign import Campaign
from goodwill.decisions.effect import randomised_effects

RNG = np.random.default_rng(0)
OLD = RNG.exponential(size=3_000)
TREATMENT = RNG.choice(["letter", "call", "control"], 3_000)
ROWS = pd.DataFrame({
    "treatment": TREATMENT,
    "old": OLD,
    "spend": OLD + 0.3 * (TREATMENT == "letter") + RNG.normal(size=3_000),
    "visit": RNG.random(3_000) < 0.2,
})  # fmt: skip


def test_each_arm_and_outcome_has_its_effect() -> None:
    campaign = Campaign(ROWS, {"spend": "money", "visit": "binary"}, before={"spend": "old"})
    effects = {(one.effect.arm, one.effect.outcome): one.effect for one in randomised_effects(campaign)}
    assert len(effects) == 4
    letter = effects["letter", "spend"]
    assert letter.low < 0.3 < letter.high
    assert letter.p_holm < 0.001
    assert all(effects[key].low < 0 < effects[key].high for key in effects if key != ("letter", "spend"))


def test_the_period_before_sharpens_the_interval() -> None:
    plain, cuped = (
        randomised_effects(Campaign(ROWS, {"spend": "money"}, before=before))[1].effect
        for before in ({}, {"spend": "old"})
    )
    assert cuped.high - cuped.low < 0.75 * (plain.high - plain.low)
    assert cuped.plain == plain.estimate


def test_correction_counts_every_question() -> None:
    found = randomised_effects(Campaign(ROWS, {"spend": "money", "visit": "binary"}))
    smallest = min((one.effect for one in found), key=lambda effect: effect.p_value)
    assert smallest.p_holm == pytest.approx(4 * smallest.p_value)


def test_heavy_tails_get_a_bootstrap_interval() -> None:
    rows = ROWS.assign(spend=np.exp(2.5 * RNG.normal(size=3_000)) * (1 + 9 * (TREATMENT == "letter")))
    methods = {
        one.effect.arm: one.effect.method for one in randomised_effects(Campaign(rows, {"spend": "money"}))
    }
    assert methods["letter"] == "difference in means, bootstrap-t interval"


def test_hillstrom_is_what_was_published(data_dir: Path) -> None:
    rows = pd.read_parquet(data_dir / "hillstrom/hillstrom.parquet")
    known = ("recency", "history", "mens", "womens", "zip_code", "newbie", "channel")
    campaign = Campaign(rows, {"visit": "binary", "spend": "money"}, "segment", "No E-Mail", covariates=known)
    found = {(one.effect.arm[:4], one.effect.outcome): one.effect for one in randomised_effects(campaign)}
    mens, womens = found["Mens", "spend"], found["Wome", "spend"]
    assert (mens.plain, womens.plain) == pytest.approx((0.770, 0.424), abs=5e-4)
    assert (mens.low, mens.high, womens.low, womens.high) == pytest.approx(
        (0.485, 1.055, 0.169, 0.680), abs=0.05
    )
    assert found["Wome", "visit"].plain == pytest.approx(0.0452, abs=5e-5)


def test_a_small_control_group_finds_nothing_where_nothing_is() -> None:
    found = []
    for seed in range(300):
        visit = np.random.default_rng(seed).random(2_100) < 0.02
        rows = pd.DataFrame({"treatment": ["control"] * 100 + ["letter"] * 2_000, "visit": visit})
        found.append(randomised_effects(Campaign(rows, {"visit": "binary"}))[0].effect)
    assert np.mean([one.low > 0 or one.high < 0 for one in found]) < 0.08
    assert np.mean([one.p_value < 0.05 for one in found]) < 0.08
    assert found[0].method == "difference in means, score interval"


def test_a_rate_of_nobody_in_two_groups_has_an_interval() -> None:
    rows = pd.DataFrame({"treatment": ["a", "b", "control"] * 30, "visit": [True, False, False] * 30})
    nothing = randomised_effects(Campaign(rows, {"visit": "binary"}))[1].effect
    assert (nothing.estimate, nothing.low, nothing.high) == pytest.approx((0.0, -0.115, 0.115), abs=1e-3)
    assert nothing.plain_limits == (nothing.low, nothing.high)


def test_the_p_value_says_what_the_interval_says() -> None:
    for seed in range(20):
        spend = np.random.default_rng(seed).exponential(size=440) ** 4
        rows = pd.DataFrame({"treatment": ["control"] * 40 + ["letter"] * 400, "spend": spend})
        found = randomised_effects(Campaign(rows, {"spend": "money"}))[0].effect
        assert (found.p_value < 0.05) == (found.low > 0 or found.high < 0)
