from datetime import date

import ibis
import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from goodwill.data.tables import Tables
from goodwill.decisions.next_best import next_best_offers
from goodwill.decisions.next_best_items import Baskets, bought_lines, frequent_products, item_weights
from goodwill.decisions.next_best_judging import next_best_report
from goodwill.decisions.next_best_model import NextBestRule
from goodwill.errors import HistoryError, TableError, UsageError

AS_OF = date(2024, 7, 1)


def shop(**products: object) -> Tables:
    """Return a shop where tea goes with cups, pens go with ink, and two customers own one half of a pair."""
    pairs = {"tea": "cup", "pen": "ink"}
    lines = [(f"{one}{i}", item) for one, other in pairs.items() for i in range(30) for item in (one, other)]
    lines += [("half_tea", "tea"), ("half_pen", "pen"), ("refunded", "dear")]
    frame = pd.DataFrame(lines, columns=["customer_id", "product_id"])
    frame["amount"] = frame["product_id"].map({"tea": 2.0, "cup": 4.0, "pen": 3.0, "ink": 8.0, "dear": -5.0})
    frame["time"] = pd.to_datetime(np.where(np.arange(len(frame)) % 3 == 0, "2024-02-01", "2024-05-15"))
    rates = {"products": ibis.memtable(pd.DataFrame(products))} if products else {}
    return Tables(transactions=ibis.memtable(frame), **rates)


def test_what_goes_with_the_basket_comes_first() -> None:
    found = next_best_offers(shop(), as_of=AS_OF, rule=NextBestRule(n=1, ridge=1.0)).set_index("customer_id")
    assert found.loc[["half_tea", "half_pen"], "product_id"].tolist() == ["cup", "ink"]
    assert found["rank"].eq(1).all()


def test_what_was_ever_bought_is_not_offered() -> None:
    tables = shop()
    found = next_best_offers(tables, as_of=AS_OF)
    owned = bought_lines(tables)
    assert found.merge(owned, on=["customer_id", "product_id"]).empty
    assert "refunded" not in set(found["customer_id"])


def test_postage_is_not_offered() -> None:
    rule = NextBestRule(n=2, ridge=1.0, not_offered=("cup",))
    found = next_best_offers(shop(), as_of=AS_OF, rule=rule)
    assert "cup" not in set(found["product_id"])
    assert set(found.loc[found["customer_id"] == "half_tea", "product_id"]) == {"pen", "ink"}


def test_chances_fall_with_rank_and_money_follows_them() -> None:
    found = next_best_offers(shop(), as_of=AS_OF, rule=NextBestRule(ridge=1.0))
    assert found["p_buy"].between(0, 1).all()
    first = found[found["rank"] == 1].set_index("customer_id")["p_buy"]
    assert (found["p_buy"] <= found["customer_id"].map(first) + 1e-12).all()
    ink = found[found["product_id"] == "ink"]
    np.testing.assert_allclose(ink["expected_margin"], 8.0 * ink["p_buy"])


def test_margin_moves_the_dearer_product_up() -> None:
    rule = NextBestRule(n=2, ridge=1.0, rank_by="margin")
    found = next_best_offers(shop(), as_of=AS_OF, horizon_days=90, rule=rule)
    margins = found.groupby("customer_id")["expected_margin"].agg(list)
    assert all(money == sorted(money, reverse=True) for money in margins)


def test_margin_is_by_rate_or_less_cost() -> None:
    rated = bought_lines(shop(product_id=["tea", "cup"], margin_rate=[0.5, 0.25]))
    means = rated.groupby("product_id")["margin_mean"].mean()
    assert means.to_dict() == {"cup": 1.0, "ink": 8.0, "pen": 3.0, "tea": 1.0}
    tables = shop()
    assert tables.transactions is not None
    costly = Tables(transactions=tables.transactions.mutate(cost=ibis.literal(1.0)))
    assert bought_lines(costly).groupby("product_id")["margin_mean"].mean()["tea"] == 1.0


def test_where_no_cost_is_known_the_product_and_then_the_rule_tell_the_margin() -> None:
    tables = shop(product_id=["tea"], margin_rate=[0.25])
    assert tables.transactions is not None
    cost = (tables.transactions.product_id == "ink").ifelse(5.0, ibis.null("float64"))
    known = Tables(transactions=tables.transactions.mutate(cost=cost), products=tables.products)
    means = bought_lines(known, margin_rate=0.5).groupby("product_id")["margin_mean"].mean()
    assert means.to_dict() == {"cup": 2.0, "ink": 3.0, "pen": 1.5, "tea": 0.5}


def test_the_margin_of_an_offer_is_by_the_rule() -> None:
    found = next_best_offers(shop(), as_of=AS_OF, rule=NextBestRule(ridge=1.0, margin_rate=0.25))
    ink = found[found["product_id"] == "ink"]
    np.testing.assert_allclose(ink["expected_margin"], 2.0 * ink["p_buy"])


def test_the_model_finds_more_than_popularity() -> None:
    past, future = shop(), []
    assert past.transactions is not None
    for i in range(20):
        future += [(f"late{i}", "pen", "2024-06-01"), (f"late{i}", "ink", "2024-08-01")]
    later = pd.DataFrame(future, columns=["customer_id", "product_id", "time"])
    later = later.assign(amount=1.0, time=pd.to_datetime(later["time"]))
    lines = pd.concat([past.transactions.to_pandas(), later])
    report = next_best_report(
        Tables(transactions=ibis.memtable(lines)), as_of=AS_OF, rule=NextBestRule(n=1, ridge=1.0)
    )
    assert report["model"] == {"recall": 1.0, "any_hit": 1.0, "customers": 20.0}
    assert report["popularity"]["recall"] < 1.0


def test_rare_products_are_left_out_of_the_model() -> None:
    lines = pd.DataFrame({"customer_id": ["1", "2", "1"], "product_id": ["tea", "tea", "cup"]})
    assert list(frequent_products(lines, 1)) == ["tea"]
    baskets = Baskets.of(lines, pd.Index(["tea"]))
    assert baskets.bought.toarray().tolist() == [[1.0], [1.0]]
    assert baskets.rows(pd.Index(["2", "9"])).toarray().tolist() == [[1.0], [0.0]]


def test_weights_are_those_of_a_ridge_regression_of_each_product_on_the_others() -> None:
    bought = (np.random.default_rng(0).random((40, 4)) < 0.4).astype(float)
    others, wanted = bought[:, 1:], bought[:, 0]
    expected = np.linalg.solve(others.T @ others + 3.0 * np.eye(3), others.T @ wanted)
    np.testing.assert_allclose(item_weights(sparse.csr_array(bought), 3.0)[1:, 0], expected)


def test_an_early_day_has_no_chances_to_learn_from() -> None:
    found = next_best_offers(shop(), as_of=date(2024, 3, 1), rule=NextBestRule(ridge=1.0))
    assert found["p_buy"].eq(0.0).all()


def test_what_cannot_be_offered_is_told() -> None:
    with pytest.raises(TableError, match="needs transactions with product_id"):
        next_best_offers(Tables(), as_of=AS_OF)
    with pytest.raises(HistoryError, match="No product was bought before 2023-01-01"):
        next_best_offers(shop(), as_of="2023-01-01")
    with pytest.raises(UsageError, match="n is 0; ask for 1"):
        next_best_offers(shop(), as_of=AS_OF, rule=NextBestRule(n=0))
    with pytest.raises(HistoryError, match="Nobody known before 2024-07-01 bought a new product"):
        next_best_report(shop(), as_of=AS_OF)
