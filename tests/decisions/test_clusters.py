import numpy as np
import pandas as pd
import pytest

from goodwill.decisions.campaign import Campaign
from goodwill.decisions.campaign_effects import campaign_effects
from goodwill.decisions.clusters import Clusters, clustered_difference
from goodwill.decisions.design_checks import design_checks
from goodwill.decisions.returns import returns
from goodwill.errors import DataError


def stores(seed: int, n_stores: int = 24, size: int = 50) -> pd.DataFrame:
    """Return customers of stores, a half of which were treated to no effect, and which differ in taste."""
    rng = np.random.default_rng(seed)
    lot, taste = rng.permutation(np.arange(n_stores) % 2 == 0), rng.normal(size=n_stores)
    place = np.repeat(np.arange(n_stores), rng.integers(size // 2, 2 * size, n_stores))
    old = taste[place] + rng.normal(size=len(place))
    got = np.where(lot[place], "letter", "control")
    rows = pd.DataFrame({"treatment": got, "store": place, "old": old})
    return rows.assign(spend=taste[place] + rng.gamma(1.0, 2.0, len(place)))


def measured(rows: pd.DataFrame, **changes: object) -> Campaign:
    return Campaign(**{"rows": rows, "outcomes": {"spend": "money"}, "cluster": "store", **changes})


@pytest.mark.no_cover
@pytest.mark.parametrize(("before", "n_stores"), [({}, 12), ({}, 24), ({"spend": "old"}, 24)])
def test_intervals_hold_no_effect_as_often_as_they_say(before: dict[str, str], n_stores: int) -> None:
    held = {"store": 0, None: 0}
    for seed in range(100):
        for cluster in held:
            campaign = measured(stores(seed, n_stores), before=before, cluster=cluster)
            effect = campaign_effects(campaign).effects[0].effect
            held[cluster] += effect.low < 0 < effect.high
    assert held["store"] > 92
    assert held[None] < 70


def test_the_period_before_narrows_intervals_of_stores() -> None:
    plain, known = (
        campaign_effects(measured(stores(0), before=before)).effects[0].effect
        for before in ({}, {"spend": "old"})
    )
    assert known.high - known.low < 0.7 * (plain.high - plain.low)
    assert plain.plain_limits == (plain.low, plain.high)


def test_errors_are_those_of_leaving_out_one_store_after_the_other() -> None:
    rows = stores(1)
    y, lot = rows["spend"].to_numpy(), (rows["treatment"] == "letter").to_numpy()
    found = clustered_difference(
        y, lot, np.empty((len(y), 0)), Clusters.of(rows["store"].to_numpy().astype(str))
    )
    left_out = [rows[rows["store"] != store] for store in range(24)]
    means = [part.groupby("treatment")["spend"].mean() for part in left_out]
    moved = np.array([mean["letter"] - mean["control"] for mean in means]) - found.estimate
    assert found.error == pytest.approx(np.sqrt((moved**2).sum()))


def test_lots_among_stores_are_tested_among_stores() -> None:
    campaign = measured(stores(2), covariates=("old",), before={"spend": "old"})
    alone, together = (
        {test.name: test for test in design_checks(one)}
        for one in (Campaign(**{**vars(campaign), "cluster": None}), campaign)
    )
    assert not alone["before: letter, spend"].is_passed
    assert together["before: letter, spend"].is_passed
    assert together["balance of clusters: letter"].is_passed


def test_planned_shares_are_of_stores() -> None:
    campaign = measured(stores(3), shares={"letter": 1, "control": 1})
    assert design_checks(campaign)[0].value == 0.0


def test_returns_count_stores() -> None:
    ways = []
    for cluster in (None, "store"):
        campaign = measured(stores(4), costs={"letter": 0.5}, cluster=cluster)
        (brought,) = returns(campaign, campaign_effects(campaign).effects, {"spend": 1.0})
        ways.append(brought.high - brought.low)
    assert ways[1] > 2 * ways[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rows": stores(0, 10)}, r"group '\w+' has 5 clusters \(store\); at least 6 are needed"),
        ({"rows": stores(0).assign(store=1)}, r"1 of 1 values of store hold customers of several groups"),
        ({"rows": stores(0).assign(store=None)}, r"customers have no store\. Fill it in"),
        ({"cluster": "shop"}, r"shop: the campaign has no such column"),
        ({"is_randomised": False}, r"cluster: clusters are measured where lot gave each the same chance"),
    ],
)
def test_clusters_that_tell_nothing_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(DataError, match=message):
        campaign_effects(measured(**{"rows": stores(0), **changes}))
