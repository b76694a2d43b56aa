"""When half of such contracts have ended: by the known hazard, at notice, at the cap, and of several."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from goodwill.modeling.retention import ContractModel, half_left_days

Frames = tuple[pd.DataFrame, pd.DataFrame]


@pytest.fixture(scope="module")
def model(seen: Frames) -> ContractModel:
    return ContractModel().fit(*seen)


@pytest.fixture(scope="module")
def running(drawn: Callable[..., Frames]) -> pd.DataFrame:
    """Return contracts without notice."""
    X = drawn(9, n=2000)[0]
    return X[X["n_contracts_cancelled"] == 0].reset_index(drop=True)


def test_half_have_left_at_the_renewal_that_the_hazard_says(
    model: ContractModel, running: pd.DataFrame
) -> None:
    renewal = (half_left_days(model, running, years=5) - running["days_to_next_payment"]) / 30 + 1
    found = renewal.groupby(running["plan"]).median()
    # .85 to the power of 5 and .95 to that of 14 are the first below a half.
    assert found["basic"] == pytest.approx(np.ceil(np.log(0.5) / np.log(0.85)), abs=1)
    assert found["plus"] == pytest.approx(np.ceil(np.log(0.5) / np.log(0.95)), abs=3)
    np.testing.assert_allclose(renewal % 1, 0, atol=1e-9)


def test_it_lies_within_the_horizon_just_where_half_leave_in_it(
    model: ContractModel, running: pd.DataFrame
) -> None:
    X = running.assign(horizon_days=150, plan="basic")
    late = half_left_days(model, X, years=5) > 150
    assert (model.predict(X).p_churn[late] <= 0.5 + 1e-9).all()


def test_notice_is_the_day_of_the_end(model: ContractModel, running: pd.DataFrame) -> None:
    X = running.head(2).assign(n_contracts_cancelled=1, days_to_end=[17.0, 400.0])
    assert half_left_days(model, X, years=1).tolist() == [17.0, 365.25]


def test_notice_of_one_of_several_contracts_ends_nothing(model: ContractModel, running: pd.DataFrame) -> None:
    X = pd.concat([running.head(1)] * 3, ignore_index=True)
    several = X.assign(n_contracts_running=2, n_contracts_cancelled=[0, 1, 2], days_to_end=[np.nan, 3, 3])
    several = several.assign(contract_second_days_to_end=[np.nan, 3, 50.0])
    days = half_left_days(model, several, years=5)
    assert days[1] == days[0] > 3
    assert days[2] == 50


def test_who_stays_beyond_the_cap_gets_the_cap(model: ContractModel, running: pd.DataFrame) -> None:
    plus = running[running["plan"] == "plus"]
    assert set(half_left_days(model, plus, years=0.5)) == {0.5 * 365.25}


def test_without_a_contract_it_is_missing_and_several_count_as_one(
    model: ContractModel, running: pd.DataFrame
) -> None:
    X = running.head(3).assign(n_contracts_running=[1, 0, 2])
    assert np.isnan(half_left_days(model, X, years=5)).tolist() == [False, True, False]


def test_of_several_contracts_the_last_to_half_empty_counts(
    model: ContractModel, running: pd.DataFrame
) -> None:
    alone = running[running["plan"] == "plus"].head(1).assign(n_periods=2, days_to_next_payment=10.0)
    # A loan of two years nears its end beside it; together they have been billed 25 times.
    both = alone.assign(n_contracts_running=2, n_periods=25, plan="basic", contract_price_total=40.0)
    both = both.assign(
        contract_largest_payment=30.0, days_to_largest_payment=10.0, contract_second_payment=10.0
    )
    told = {"largest": ("basic", 23.0), "second": ("plus", 2.0)}
    for place, (plan, periods) in told.items():
        names = {"plan": plan, "periods": periods, "period_days": 30.0, "days_to_payment": 10.0}
        both = both.assign(**{f"contract_{place}_{name}": value for name, value in names.items()})
    assert half_left_days(model, both, years=5) == half_left_days(model, alone, years=5)
