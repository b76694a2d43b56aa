"""Who brings nothing: learned where that is not who churns, and nowhere else."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from goodwill.modeling.intervals import ValueIntervals
from goodwill.modeling.out_of_sample import OutOfSample
from goodwill.modeling.payments_ahead import PaymentsAhead
from goodwill.modeling.silence import Silence

N = 6000


@pytest.fixture(scope="module")
def held() -> tuple[pd.DataFrame, pd.DataFrame, OutOfSample]:
    """Yearly contracts beside rare orders: hardly anybody ends, and most pay nothing in a quarter."""
    draw = np.random.default_rng(0)
    X = pd.DataFrame({"customer_id": range(N), "horizon_days": 90, "n_contracts_running": 1})
    X = X.assign(days_to_next_payment=draw.uniform(0, 365, N), contract_period_days=365.0)
    is_due, orders = X["days_to_next_payment"].to_numpy() < 90, draw.poisson(0.15, N)
    value = 100.0 * is_due + orders * draw.gamma(2.0, 20.0, N)
    y = pd.DataFrame({"churned": draw.random(N) < 0.01, "value": value})
    said = OutOfSample(np.arange(N), np.full(N, 0.01), 100.0 * is_due + 0.15 * 40, np.zeros(N))
    return X, y, said


def test_the_chance_to_bring_nothing_is_right(held: tuple[pd.DataFrame, pd.DataFrame, OutOfSample]) -> None:
    X, y, said = held
    silence = Silence.fit(X, said, y["value"].to_numpy(), y["churned"].to_numpy())
    assert silence is not None
    seen = silence.seen_in(X, said)
    is_due = X["days_to_next_payment"].to_numpy() < 90
    assert seen.p_churn[is_due].mean() < 0.03
    assert seen.p_churn[~is_due].mean() == pytest.approx(np.exp(-0.15), abs=0.03)
    np.testing.assert_allclose((1 - seen.p_churn) * seen.clv_if_active, said.clv)


def test_intervals_hold_where_most_who_stay_bring_nothing(
    held: tuple[pd.DataFrame, pd.DataFrame, OutOfSample],
) -> None:
    X, y, said = held
    intervals = ValueIntervals().fit(X, y, said)
    low, high, spread = intervals.bounds_and_spread(X, said, 0.8)
    value = y["value"].to_numpy()
    assert np.mean((low <= value) & (value <= high)) >= 0.8
    assert np.sqrt(spread.variance.sum()) == pytest.approx(np.sqrt(np.sum((value - said.clv) ** 2)), rel=0.05)
    stored, boosters = intervals.to_parts()
    again = ValueIntervals.from_parts(json.loads(json.dumps(stored)), boosters)
    np.testing.assert_array_equal(again.bounds(X, said, 0.8), (low, high))


def test_where_silence_is_churn_nothing_more_is_learned() -> None:
    churned = np.arange(200) % 2 == 0
    said = OutOfSample(np.arange(200), np.full(200, 0.5), np.full(200, 5.0), np.zeros(200))
    X = pd.DataFrame({"horizon_days": 30}, index=range(200))
    assert Silence.fit(X, said, np.where(churned, 0.0, 10.0), churned) is None


def test_where_no_single_contract_runs_no_payment_is_told(
    held: tuple[pd.DataFrame, pd.DataFrame, OutOfSample],
) -> None:
    X, y, said = held
    nothing = np.full(N, np.nan)
    ahead = PaymentsAhead(nothing, np.empty(0, np.intp), np.empty(0), np.empty(0))
    intervals = ValueIntervals().fit(X, y, replace(said, payments=ahead))
    assert intervals.payments_ is None
    low, high = intervals.bounds(X, replace(said, payments=ahead), 0.8)
    assert np.isfinite(low).all()
    assert (low <= high).all()
