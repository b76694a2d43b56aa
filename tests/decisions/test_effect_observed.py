import numpy as np
import pandas as pd
import pytest

from goodwill.decisions.campaign import Campaign
from goodwill.decisions.effect_observed import observed_effects, with_counterparts
from goodwill.errors import DataError

RNG = np.random.default_rng(1)
N = 3_000
NEED = RNG.normal(size=N)
CHANCE = 1 / (1 + np.exp(-1.2 * NEED))
CALLED = RNG.random(N) < CHANCE
ROWS = pd.DataFrame({
    "treatment": np.where(CALLED, "call", "control"),
    "need": NEED,
    "chance": CHANCE,
    "spend": 2 * NEED + 0.5 * NEED**2 + CALLED + RNG.normal(size=N),
    "visit": RNG.random(N) < 0.2 + 0.2 * CALLED + 0.2 * (NEED > 0),
})  # fmt: skip


def campaign(**changes: object) -> Campaign:
    outcomes = {"spend": "money", "visit": "binary"}
    given = {"rows": ROWS, "outcomes": outcomes, "is_randomised": False, "covariates": ("need",), **changes}
    return Campaign(**given)


def test_the_naive_difference_is_wrong_and_ours_holds_the_truth() -> None:
    spend, visit = (one.effect for one in observed_effects(campaign()).effects)
    assert spend.plain_limits[0] > 1.5
    assert spend.low < 1 < spend.high
    assert visit.plain_limits[0] > 0.2
    assert visit.low < 0.2 < visit.high


def test_every_effect_says_what_would_explain_it_away() -> None:
    spend, visit = observed_effects(campaign()).sensitivities
    assert 0.2 < spend.robustness_limit < spend.robustness < 0.6
    assert (spend.strongest, spend.e_value) == ("need", None)
    assert visit.e_value > visit.e_value_limit > 1
    assert spend.strongest_outcome > 0.5


def test_known_chances_need_no_covariates() -> None:
    found = observed_effects(campaign(covariates=(), propensity="chance", outcomes={"spend": "money"}))
    (one,) = found.effects
    assert one.effect.low < 1 < one.effect.high
    assert found.sensitivities[0].strongest == "none"


def test_an_effect_that_may_be_none_needs_no_hidden_cause() -> None:
    rows = ROWS.assign(visit=RNG.random(N) < 0.3)
    (visit,) = observed_effects(campaign(rows=rows, outcomes={"visit": "binary"})).sensitivities
    assert (visit.e_value_limit, visit.robustness_limit) == (1.0, 0.0)


def test_nothing_to_adjust_for_is_refused() -> None:
    with pytest.raises(DataError, match=r"covariates: none are given, and treatment was not by lot"):
        observed_effects(campaign(covariates=()))


def test_who_has_no_counterpart_is_left_out_of_what_is_learned_further() -> None:
    asked = campaign()
    found = observed_effects(asked)
    part = with_counterparts(asked, found)
    assert len(part.rows) == found.overlaps[0].n_kept < N
    assert part.rows["need"].abs().max() < np.abs(NEED).max()


def test_a_lot_with_a_small_control_group_keeps_everybody() -> None:
    rng = np.random.default_rng(0)
    chance = rng.choice([0.9, 0.97], 6_000)
    was_called = rng.random(6_000) < chance
    rows = pd.DataFrame({"chance": chance, "treatment": np.where(was_called, "call", "control")})
    rows["spend"] = 50 * chance + was_called + rng.normal(size=6_000)
    (found,) = observed_effects(Campaign(rows, {"spend": "money"}, propensity="chance")).effects
    assert found.effect.n == 6_000
    assert found.effect.low < 1 < found.effect.high


def test_known_chances_say_what_to_expect_of_customers() -> None:
    rng, held, widths = np.random.default_rng(0), 0, []
    for _ in range(20):
        kind = rng.integers(0, 3, 600)
        chance, usual = np.array([0.2, 0.5, 0.8])[kind], np.array([5.0, 20.0, 80.0])[kind]
        got = rng.random(600) < chance
        rows = pd.DataFrame({"treatment": np.where(got, "call", "control"), "chance": chance})
        rows["spend"] = usual * rng.gamma(2.0, 0.5, 600) + got
        effect = observed_effects(Campaign(rows, {"spend": "money"}, propensity="chance")).effects[0].effect
        held += effect.low < 1 < effect.high
        widths.append(effect.high - effect.low)
    assert held >= 18
    assert np.mean(widths) < 16  # 20 where chances only weigh
