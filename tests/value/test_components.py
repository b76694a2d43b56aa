"""The parts of expected value add up to it."""

import numpy as np
import pandas as pd

from goodwill.value.components import CrossSellShare, clv_components


def test_the_parts_add_up() -> None:
    draw = np.random.default_rng(0)
    clv, renewal = draw.normal(50, 40, 500), draw.uniform(0, 30, 500)
    share = CrossSellShare((1.0, 4.0), (0.4, 0.1))
    parts = clv_components(clv, draw.integers(0, 6, 500).astype(float), share, renewal)
    np.testing.assert_allclose(parts.sum(axis=1), clv, atol=1e-9)
    assert (parts["clv_cross_sell"] >= 0).all()


def test_who_is_not_scored_has_no_parts() -> None:
    parts = clv_components(
        np.array([np.nan]), np.array([2.0]), CrossSellShare((1.0,), (0.5,)), np.array([3.0])
    )
    assert parts.isna().to_numpy().all()


def test_without_contracts_and_categories_all_is_base() -> None:
    parts = clv_components(
        np.array([9.0]), np.array([np.nan]), CrossSellShare((1.0,), (0.5,)), np.array([np.nan])
    )
    assert parts.to_numpy().tolist() == [[9.0, 0.0, 0.0]]


def test_a_small_group_is_drawn_to_all() -> None:
    sold = pd.DataFrame({"n_categories": [1, 2], "sales_total": [1000.0, 1.0], "new_total": [100.0, 1.0]})
    first, second = CrossSellShare.fit(sold).of(np.array([1.0, 2.0]))
    assert 0.09 < first < 0.11
    assert second < 0.15


def test_without_sales_there_is_nothing_new() -> None:
    share = CrossSellShare.fit(pd.DataFrame({"n_categories": [], "sales_total": [], "new_total": []}))
    assert share.of(np.array([3.0]))[0] == 0
