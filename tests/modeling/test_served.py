import json

import numpy as np
import pytest

from goodwill.features.snapshot import Snapshot
from goodwill.modeling.baselines import BuyTillYouDie, RecencyRule
from goodwill.modeling.blend import Predicted
from goodwill.modeling.customer_value import CustomerValueModel
from goodwill.modeling.served import ServedModel

FEW = {"trees": 10}


def served(train: Snapshot, **served_by: str) -> ServedModel:
    return ServedModel(served_by=served_by, parameters=FEW).fit(train.X, train.y, train.now)


def said(predicted: Predicted) -> np.ndarray:
    return np.stack([predicted.p_churn, predicted.clv, predicted.clv_if_churned, predicted.clv_if_active])


def test_the_learned_model_serves_unless_told_otherwise(
    shop_train: Snapshot, shop_test: Snapshot, shop_model: CustomerValueModel
) -> None:
    learned = said(shop_model.predict(shop_test.X))
    np.testing.assert_array_equal(said(served(shop_train).predict(shop_test.X)), learned)
    told = served(shop_train, churn="model", clv="model")
    assert told.baselines == {}
    np.testing.assert_array_equal(said(told.predict(shop_test.X)), learned)


def test_each_target_comes_from_what_serves_it(
    shop_train: Snapshot, shop_test: Snapshot, shop_model: CustomerValueModel
) -> None:
    model = served(shop_train, churn="recency_rule", clv="bgnbd_gg")
    rule, btyd = (
        baseline.fit(shop_train.X, shop_train.y, shop_train.now).predict(shop_test.X)
        for baseline in (RecencyRule(), BuyTillYouDie("bgnbd_gg"))
    )
    p = model.predict(shop_test.X)
    np.testing.assert_allclose(p.p_churn, rule["p_churn"], atol=1e-6)
    np.testing.assert_array_equal(p.clv, btyd["clv"])
    np.testing.assert_array_equal(p.clv_if_churned, shop_model.predict(shop_test.X).clv_if_churned)


def test_a_plain_model_of_one_target_leaves_the_other_alone(
    shop_train: Snapshot, shop_test: Snapshot, shop_model: CustomerValueModel
) -> None:
    p = served(shop_train, clv="past_window").predict(shop_test.X)
    np.testing.assert_array_equal(p.clv, shop_test.X["value_past_window"].clip(lower=0))
    np.testing.assert_array_equal(p.p_churn, shop_model.predict(shop_test.X).p_churn)


@pytest.mark.parametrize("churn", ["recency_rule", "pareto_nbd_gg", "model"])
def test_the_parts_make_the_whole_whoever_serves(
    shop_train: Snapshot, shop_test: Snapshot, churn: str
) -> None:
    p = served(shop_train, churn=churn, clv="pareto_nbd_gg").predict(shop_test.X)
    whole = (1 - p.p_churn) * p.clv_if_active + p.p_churn * p.clv_if_churned
    np.testing.assert_allclose(whole, p.clv, rtol=0, atol=1e-9)
    assert 0 < p.p_churn.min() <= p.p_churn.max() < 1


def test_stored_parts_serve_the_same(shop_train: Snapshot, shop_test: Snapshot) -> None:
    model = served(shop_train, churn="recency_rule", clv="pareto_nbd_gg")
    described, trees = model.to_parts()
    again = ServedModel.from_parts(json.loads(json.dumps(described)), trees)
    assert again.served_by == {"churn": "recency_rule", "clv": "pareto_nbd_gg"}
    np.testing.assert_array_equal(said(again.predict(shop_test.X)), said(model.predict(shop_test.X)))
