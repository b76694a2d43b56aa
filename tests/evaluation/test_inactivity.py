"""Thresholds of inactivity: by hand, against the truth of drawn customers, and what is refused."""

import numpy as np
import pytest

from goodwill.errors import UsageError
from goodwill.evaluation.inactivity import inactivity_table, propose_inactivity
from goodwill.wording import told


def test_every_silence_counts_once() -> None:
    table = inactivity_table([1, 1, 1, 2], [0, 20, 20, 0], 90, days=(14, 21, 80), follow_up_days=30)
    assert table["n_silences"].tolist() == [3, 2]
    assert table["n_followed"].tolist() == [3, 2]
    np.testing.assert_allclose(table["false_churn_rate"], [0.333, 0])
    assert table["lost_share"].tolist() == [1, 1]


def test_the_rate_is_that_of_those_who_would_come_back() -> None:
    draw = np.random.default_rng(0)
    customer = np.repeat(np.arange(3000), 12)
    day = draw.exponential(30, (3000, 12)).cumsum(axis=1)
    stays = np.arange(12) < draw.geometric(0.2, 3000)[:, None]
    seen = (day < 500) & stays
    table = inactivity_table(
        customer[seen.ravel()], day[seen].astype(int), 500, days=(60,), follow_up_days=200
    )
    # P(stays) = .8 after a purchase; a stayer is silent for 60 days with probability exp(-2).
    silent = 0.8 * np.exp(-2)
    assert table["false_churn_rate"][0] == pytest.approx(silent / (silent + 0.2), abs=0.03)


def test_the_shortest_safe_silence_is_proposed() -> None:
    rule = propose_inactivity(np.repeat(range(40), 20), list(range(0, 200, 10)) * 40, 600)
    assert (rule.days, rule.why_none) == (14, "")
    assert rule.table["days"].max() < 410 - 365


def test_a_history_shorter_than_the_return_it_waits_for_proposes_nothing() -> None:
    gaps = np.random.default_rng(0).exponential(150, (2000, 20)).cumsum(axis=1)
    seen = gaps < 240
    rule = propose_inactivity(np.repeat(range(2000), 20)[seen.ravel()], gaps[seen].astype(int), 240)
    assert rule.days is None
    assert "no threshold of 14 days or more can be followed for 365 days" in rule.why_none


def test_a_proposal_needs_silences_that_were_followed() -> None:
    rule = propose_inactivity([*range(60), 59], [0] * 29 + [370] * 31 + [372], 400)
    assert rule.days is None
    assert rule.table["n_silences"].iloc[0] == 60
    assert rule.why_none.startswith("At most 29 silences were followed for 365 days, fewer than the 30")
    assert "29" in told(rule.why_none, "zh")


def test_where_no_silence_is_safe_nothing_is_proposed() -> None:
    rule = propose_inactivity(np.repeat(range(40), 2), [0, 290] * 40, 600, follow_up_days=280)
    assert rule.days is None
    assert rule.why_none == "Of those called lost 50.0% come back at best, more than the 10.0% allowed."


def test_a_history_without_purchases_is_refused() -> None:
    with pytest.raises(UsageError, match="0 purchase days"):
        inactivity_table([], [], 10)


def test_a_purchase_after_the_end_is_refused() -> None:
    with pytest.raises(UsageError, match="all of them before `until`"):
        inactivity_table([1], [10], 10)
