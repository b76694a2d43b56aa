"""Campaigns: effects as planted, by lot or confounded, never on those who left."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from goodwill.data.simulate import Simulated, expected_value, simulate_frames, world_from

DAY, WINDOW_DAYS = 760, 90
MOMENT = date(2022, 7, 1) + timedelta(days=DAY)
STRONG = {"name": "offer", "effect_mean": 0.5, "effect_spread": 0.8}


def campaign(**extra: object) -> Simulated:
    parameters = {
        "interactions": None,
        "campaigns": [{"day": DAY, "window_days": WINDOW_DAYS, "arms": [STRONG]} | extra],
    }
    return simulate_frames(customers=10_000, seed=61, world=world_from(parameters))


def window_orders(simulated: Simulated) -> pd.Series:
    rows = simulated.tables["transactions"].query("amount > 0")
    begin = pd.Timestamp(MOMENT)
    rows = rows[(rows["time"] >= begin) & (rows["time"] < begin + pd.Timedelta(days=WINDOW_DAYS))]
    who = simulated.tables["treatments"]["customer_id"]
    return rows.groupby("customer_id")["order_id"].nunique().reindex(who).fillna(0)


@pytest.fixture(scope="module")
def randomised() -> Simulated:
    return campaign()


@pytest.mark.parametrize("arm", ["offer", "control"])
def test_orders_under_treatment_and_control_are_as_expected(randomised: Simulated, arm: str) -> None:
    expected = expected_value(randomised.truth, MOMENT, WINDOW_DAYS).set_index("customer_id")[
        "expected_orders"
    ]
    chosen = randomised.tables["treatments"].loc[lambda t: t["treatment"] == arm, "customer_id"]
    gap = window_orders(randomised)[chosen] - expected[chosen]
    assert abs(gap.sum() / np.sqrt((gap**2).sum())) < 3


def test_effects_are_what_expectations_differ_by(randomised: Simulated) -> None:
    treated = randomised.truth["treatments"].query("is_treated").set_index("customer_id")
    untreated = {**randomised.truth, "treatments": randomised.truth["treatments"].head(0)}
    with_it, without = (
        expected_value(truth, MOMENT, WINDOW_DAYS).set_index("customer_id")["expected_orders"][treated.index]
        for truth in (randomised.truth, untreated)
    )
    np.testing.assert_allclose(treated["effect_orders"], with_it - without, atol=1e-9)


def test_some_are_put_off_and_no_rate_falls_below_zero(randomised: Simulated) -> None:
    effect = randomised.truth["treatments"]["effect_rate"]
    assert (effect < 0).mean() > 0.15
    assert effect.min() == -1.0


def test_nobody_new_and_no_prospect_takes_part(randomised: Simulated) -> None:
    both = randomised.tables["treatments"].merge(randomised.truth["customers"], on="customer_id")
    assert (both["signup_day"] < DAY).all()
    assert not both["is_prospect"].any()
    assert both["time"].eq(pd.Timestamp(MOMENT)).all()


def test_a_lottery_states_its_propensity(randomised: Simulated) -> None:
    table = randomised.tables["treatments"]
    assert table["propensity"].unique().tolist() == [0.5]
    assert (table["treatment"] == "offer").mean() == pytest.approx(0.5, abs=0.02)


def test_confounding_deceives_the_difference_of_means() -> None:
    simulated = campaign(confounding=1.2)
    table, truth = simulated.tables["treatments"], simulated.truth["treatments"]
    means = window_orders(simulated).groupby(table["treatment"].to_numpy()).mean()
    assert table["propensity"].isna().all()
    assert means["offer"] - means["control"] > 2 * truth["effect_orders"].mean()


def test_hidden_confounding_follows_the_latent_rate() -> None:
    truth = campaign(confounding=1.0, confounder="latent_rate").truth
    both = truth["treatments"].merge(truth["customers"], on="customer_id")
    assert both[["propensity", "rate_per_day"]].corr("spearman").iloc[0, 1] > 0.999


def test_arms_share_the_treated_and_cost_their_own() -> None:
    arms = [STRONG | {"cost": 2.0}, {"name": "letter", "share": 3.0, "cost": 5.0}]
    simulated = campaign(arms=arms, treated_share=0.8)
    table = simulated.tables["treatments"]
    shares = table["treatment"].value_counts(normalize=True)
    assert shares[["offer", "letter", "control"]].tolist() == pytest.approx([0.2, 0.6, 0.2], abs=0.02)
    assert table.groupby("treatment")["cost"].unique().str[0].to_dict() == {
        "control": 0,
        "letter": 5,
        "offer": 2,
    }
    assert len(simulated.truth["treatments"]) == 2 * len(table)
