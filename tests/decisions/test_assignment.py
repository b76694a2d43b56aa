import numpy as np
import pandas as pd
import pytest

from goodwill.decisions.assignment import assign_treatments
from goodwill.errors import UsageError

RNG = np.random.default_rng(0)
CUSTOMERS = pd.DataFrame({
    "customer_id": [f"c{i}" for i in range(1_000)],
    "city": RNG.choice(["y", "n"], 1_000),
    "spend": RNG.exponential(size=1_000),
    "tier": RNG.integers(1, 4, 1_000),
})  # fmt: skip
SHARES = {"letter": 2, "call": 1, "control": 1}


def test_every_stratum_is_divided_as_planned() -> None:
    lot = assign_treatments(CUSTOMERS, SHARES, strata=["city", "spend", "tier"])
    quarter = pd.qcut(CUSTOMERS["spend"], 4, labels=False)
    keys = [CUSTOMERS["city"], quarter, CUSTOMERS["tier"]]
    share = pd.Series(lot.to_numpy() == "letter").groupby(keys).agg(["sum", "size"])
    assert ((share["sum"] - share["size"] / 2).abs() <= 1).all()
    assert lot.value_counts().to_dict() == {"letter": 500, "call": 250, "control": 250}


def test_the_order_of_rows_plays_no_part() -> None:
    shuffled = CUSTOMERS.sample(frac=1, random_state=0)
    lot, again = (assign_treatments(rows, SHARES, strata=["city"], seed=7) for rows in (CUSTOMERS, shuffled))
    assert again[lot.index].equals(lot)


def test_another_seed_is_another_lot() -> None:
    one, other = (assign_treatments(CUSTOMERS, SHARES, seed=seed) for seed in (1, 2))
    assert 0.2 < (one == other).mean() < 0.55


@pytest.mark.no_cover
@pytest.mark.parametrize("size", [1, 3, 1_000])
def test_customers_of_small_strata_have_the_planned_chance(size: int) -> None:
    rows = pd.DataFrame({"customer_id": [f"c{i}" for i in range(30)], "city": np.arange(30) // size})
    rows = rows.astype({"city": str})
    shares = {"letter": 2, "control": 1}
    lots = [assign_treatments(rows, shares, strata=["city"], seed=seed) for seed in range(600)]
    chance = np.mean([(lot == "letter").to_numpy() for lot in lots], axis=0)
    assert np.abs(chance - 2 / 3).max() < 0.08


def test_one_customer_alone_is_drawn_by_lot() -> None:
    one = CUSTOMERS.head(1)
    lots = [assign_treatments(one, {"letter": 1, "control": 1}, seed=seed).iloc[0] for seed in range(400)]
    assert 0.4 < np.mean(np.array(lots) == "letter") < 0.6


def test_the_holdout_is_left_alone() -> None:
    lot = assign_treatments(CUSTOMERS, {"letter": 9, "control": 1}, holdout=CUSTOMERS["customer_id"][:100])
    assert set(lot.iloc[:100]) == {"holdout"}
    assert lot.value_counts()["letter"] == 810


@pytest.mark.parametrize(
    ("customers", "shares", "message"),
    [
        (CUSTOMERS, {"letter": 1}, r"at least two treatments, control among them"),
        (CUSTOMERS, {"letter": 1, "control": 0}, r"with shares above 0"),
        (CUSTOMERS[["city"]], SHARES, r"strata: 'customer_id' is no column. There are: city"),
        (CUSTOMERS.assign(customer_id="a"), SHARES, r"customer_id: a customer has several rows"),
    ],
)
def test_an_impossible_lot_is_refused(
    customers: pd.DataFrame, shares: dict[str, float], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        assign_treatments(customers, shares)


def test_strata_are_a_list_of_columns() -> None:
    with pytest.raises(UsageError, match="strata: 'city' is one text"):
        assign_treatments(pd.DataFrame({"customer_id": ["a"]}), {"mail": 1, "control": 1}, strata="city")
