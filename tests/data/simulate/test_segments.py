"""Planted segments: how far they overlap, and that they show in behaviour."""

import numpy as np
import pytest

from goodwill.data.simulate import Simulated, simulate_frames, world_from
from goodwill.data.simulate.programme import Segments
from goodwill.data.simulate.segments import centres

FEATURES = ["orders_per_year", "order_value", "tenure_days", "visits_per_year"]


@pytest.fixture(scope="module")
def firm() -> Simulated:
    return simulate_frames(customers=8_000, seed=71, world=world_from({"segments": {}}))


def test_the_bayes_error_is_five_percent(firm: Simulated) -> None:
    planted = Segments()
    score = (np.log(firm.tables["profiles"][FEATURES]) - np.log([6.0, 48.0, 420.0, 14.0])).to_numpy() / 0.6
    odds = np.log([group.share for group in planted.groups])
    fit = odds - ((score[:, None] - centres(planted)) ** 2).sum(axis=2) / 2
    best = np.array([group.name for group in planted.groups])[fit.argmax(axis=1)]
    assert (best != firm.truth["segments"]["segment"]).mean() == pytest.approx(0.05, abs=0.01)


def test_segments_come_in_the_stated_shares(firm: Simulated) -> None:
    shares = firm.truth["segments"]["segment"].value_counts(normalize=True)
    assert shares["regulars"] == pytest.approx(0.30, abs=0.02)
    assert shares["passers_by"] == pytest.approx(0.10, abs=0.015)


def test_segments_buy_differently(firm: Simulated) -> None:
    both = firm.truth["customers"].merge(firm.truth["segments"], on="customer_id").groupby("segment")
    assert (
        both["order_value_mean"].mean()["big_spenders"]
        > 4 * both["order_value_mean"].mean()["bargain_hunters"]
    )
    assert both["dropout_per_day"].mean()["passers_by"] > 4 * both["dropout_per_day"].mean()["regulars"]


def test_two_features_know_nothing(firm: Simulated) -> None:
    profiles = firm.tables["profiles"].merge(firm.truth["segments"], on="customer_id")
    means = profiles.groupby("segment")[["shoe_size", "letters_in_name"]].mean()
    assert (means.max() - means.min()).max() < 0.5
