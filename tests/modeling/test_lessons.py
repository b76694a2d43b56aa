"""Trees that learn from other rows than the rest of their model."""

import json

import numpy as np
import pytest

from goodwill.features.snapshot import Snapshot
from goodwill.modeling.customer_value import CustomerValueModel
from goodwill.modeling.lessons import Grown, Teaching


class Elsewhere:
    """Fits trees to rows of its own, and keeps what it was asked to teach."""

    def __init__(self, rows: Snapshot) -> None:
        self.rows = rows

    def __call__(self, teaching: Teaching) -> Grown:
        self.teaching, examples = teaching, teaching.examples(self.rows.X, self.rows.y)
        fitted = {name: examples.booster(lesson) for name, lesson in teaching.lessons.items()}
        return Grown(fitted, len(self.rows.X))


@pytest.fixture(scope="module")
def elsewhere(shop_train: Snapshot) -> Elsewhere:
    return Elsewhere(shop_train)


@pytest.fixture(scope="module")
def grown(shop_train: Snapshot, elsewhere: Elsewhere) -> CustomerValueModel:
    model = CustomerValueModel(parameters={"trees": 10})
    return model.fit(shop_train.X, shop_train.y, shop_train.now, elsewhere)


def test_the_same_rows_teach_the_same_trees(
    grown: CustomerValueModel, shop_model: CustomerValueModel, shop_test: Snapshot
) -> None:
    said, expected = grown.predict(shop_test.X), shop_model.predict(shop_test.X)
    for name in ("p_churn", "clv", "clv_if_churned"):
        np.testing.assert_array_equal(getattr(said, name), getattr(expected, name))


def test_trees_start_where_those_of_the_sample_would(grown: CustomerValueModel, elsewhere: Elsewhere) -> None:
    told = {name: booster.constant for name, booster in grown.boosters_.by_name.items()}
    assert elsewhere.teaching.constants == told
    assert told["active_plain"] is not None
    assert told["spend"] is None


@pytest.mark.usefixtures("grown")
def test_money_beyond_the_outliers_of_the_sample_counts_for_no_more(
    elsewhere: Elsewhere, shop_train: Snapshot
) -> None:
    rich = shop_train.y.assign(value=1e9)
    assert elsewhere.teaching.examples(shop_train.X, rich).value.max() == elsewhere.teaching.most
    assert elsewhere.teaching.most < shop_train.y["value"].max()


def test_how_many_rows_taught_is_kept(grown: CustomerValueModel, shop_test: Snapshot) -> None:
    described, trees = grown.to_parts()
    again = CustomerValueModel.from_parts(json.loads(json.dumps(described)), trees)
    assert again.grown_rows_ == grown.grown_rows_
    np.testing.assert_allclose(again.predict(shop_test.X).clv, grown.predict(shop_test.X).clv, rtol=1e-12)


def test_a_model_stored_before_there_was_a_choice_learned_from_its_sample(
    shop_model: CustomerValueModel,
) -> None:
    described, trees = shop_model.to_parts()
    del described["grown_rows"]
    assert CustomerValueModel.from_parts(described, trees).grown_rows_ is None
