import numpy as np
import pandas as pd
import pytest

from goodwill.value.sellers import sellers


@pytest.fixture(scope="module")
def sales() -> pd.DataFrame:
    """Everybody buys tea and mugs; gold customers alone buy lamps, and hardly any mugs."""
    rng, ids = np.random.default_rng(0), [f"c{i}" for i in range(200)]
    is_gold = np.arange(200) < 100
    bought = {"tea": np.full(200, 10.0), "lamp": 50.0 * is_gold, "mug": np.where(is_gold, 0.1, 20.0)}
    frames = [pd.DataFrame({"customer_id": ids, "product": p, "spend_total": s}) for p, s in bought.items()]
    found = pd.concat(frames).query("spend_total > 0")
    return found.sample(frac=1, random_state=rng.integers(9), ignore_index=True)


CLASSES = pd.Series({f"c{i}": "gold" if i < 100 else "lead" for i in range(200)})


def test_best_sellers_bring_the_most_and_slow_ones_fall_short(sales: pd.DataFrame) -> None:
    found = sellers(sales, CLASSES, n=1).set_index(["class", "kind"])["product"]
    assert found.to_dict() == {
        ("gold", "best"): "lamp",
        ("gold", "slow"): "mug",
        ("lead", "best"): "mug",
        ("lead", "slow"): "lamp",
    }


def test_shares_add_up_and_lift_is_against_everybody(sales: pd.DataFrame) -> None:
    best = sellers(sales, CLASSES, n=9).query("kind == 'best'")
    assert best.groupby("class")["share"].sum().tolist() == pytest.approx([1, 1])
    lamp = best.set_index(["class", "product"]).loc[("gold", "lamp")]
    assert lamp["lift"] == pytest.approx((50 / 60.1) / (5_000 / 9_010))
    assert lamp["customers"] == 100


def test_a_product_few_would_buy_is_not_called_slow(sales: pd.DataFrame) -> None:
    rare = pd.DataFrame({"customer_id": ["c150"], "product": ["boat"], "spend_total": [900.0]})
    found = sellers(pd.concat([sales, rare]), CLASSES, n=9)
    assert "boat" not in set(found[found["kind"] == "slow"]["product"])


def test_only_a_difference_beyond_chance_is_clear(sales: pd.DataFrame) -> None:
    found = sellers(sales, CLASSES, n=1)
    assert found["is_clear"].all()
    by_lot = pd.Series(np.where(np.arange(200) % 2, "gold", "lead"), index=CLASSES.index)
    assert not sellers(sales, by_lot, n=3)["is_clear"].any()


def test_buyers_without_a_class_are_left_out(sales: pd.DataFrame) -> None:
    assert set(sellers(sales, CLASSES[:100])["class"]) == {"gold"}


def test_a_best_seller_is_no_slow_one(sales: pd.DataFrame) -> None:
    found = sellers(sales, CLASSES, n=5)
    assert not found.duplicated(["class", "product"]).any()
    assert len(sellers(sales, CLASSES, n=2).query("kind == 'slow'")) == 2


def test_spellings_of_one_product_are_one(sales: pd.DataFrame) -> None:
    spelled = sales.query("product == 'lamp' and customer_id < 'c15'").assign(product="Lamp ")
    both = pd.concat([sales, spelled])
    assert "Lamp " not in set(sellers(both, CLASSES)["product"])
    gold = sellers(both, CLASSES, n=1).query("`class` == 'gold' and kind == 'best'")
    assert gold["product"].tolist() == ["lamp"]
    assert gold["customers"].tolist() == [100]
