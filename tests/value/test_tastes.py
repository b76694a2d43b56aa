"""Tastes that differ, and tastes that chance alone would show."""

import numpy as np
import pandas as pd

from goodwill.value.tastes import beyond_chance


def shop(seed: int, n: int = 2_000, mug_of_gold: float = 1.0) -> pd.DataFrame:
    """Return baskets of 30 products, some rare, drawn alike for all but for the mugs of gold customers."""
    rng = np.random.default_rng(seed)
    lines = pd.DataFrame({"customer_id": rng.integers(0, n, 10 * n), "product": rng.zipf(1.5, 10 * n)})
    lines = lines[lines["product"] <= 30]
    lines["spend_total"] = rng.lognormal(2, 1, len(lines)) * (1 + 9 * (lines["customer_id"] % 10 == 0))
    lines["class"] = np.where(lines["customer_id"] % 10 == 0, "gold", "lead")
    is_mug = (lines["product"] == 2) & (lines["class"] == "gold")
    return lines.assign(spend_total=lines["spend_total"].where(~is_mug, mug_of_gold * lines["spend_total"]))


def test_where_all_have_one_taste_hardly_any_shop_shows_another() -> None:
    shown = [beyond_chance(shop(seed)).any() for seed in range(100)]
    assert np.mean(shown) <= 0.2


def test_a_taste_that_differs_is_found_in_its_class() -> None:
    found = beyond_chance(shop(0, mug_of_gold=0.5))
    assert found[("gold", 2)]


def test_one_class_has_nobody_to_differ_from() -> None:
    assert not beyond_chance(shop(0).assign(**{"class": "gold"})).any()


def test_a_product_few_buy_is_not_clear() -> None:
    rare = pd.DataFrame({"customer_id": [10], "class": ["gold"], "product": [99], "spend_total": [1e4]})
    assert not beyond_chance(pd.concat([shop(0), rare]))[("gold", 99)]
