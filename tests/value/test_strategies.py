"""What to do with each class."""

import re

import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.value.defaults import INDUSTRIES, rules_of
from goodwill.value.fitting import fit_classes
from goodwill.value.rules import DIMENSIONS, Industry
from goodwill.value.strategies import strategies


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_every_class_has_a_strategy_in_both_languages(industry: Industry) -> None:
    found = strategies(industry)
    assert set(found["dimension"]) == set(DIMENSIONS)
    assert (found.map(len) > 0).all(axis=None)
    assert not found.duplicated(["dimension", "class"]).any()
    assert found["strategy_zh"].str.contains("[\u4e00-\u9fff]").all()


def test_subscribers_are_not_told_to_purchase() -> None:
    found = strategies("subscription")
    texts = found[found["dimension"] != "rfm"].drop(columns=["dimension", "class"])
    words = "purchase|basket|packs|sets|order|购买|交叉销售|套装|大包装|交易"
    assert texts.map(lambda text: re.search(words, text) is not None).sum().sum() == 0
    names = found.set_index(["dimension", "class"])[["name_en", "name_zh"]]
    assert names.loc[("lifecycle", "repeat")].tolist() == ["Renewed", "已续约"]


def test_a_predictors_own_rules_come_with_its_limits() -> None:
    X = pd.DataFrame({"clv": [1.0, 2.0]})
    rules = rules_of("retail", {"tier": {"classes": {"gold": {"strategy": {"en": "Call in May."}}}}})
    found = strategies(fit_classes(X, X, rules)).set_index(["dimension", "class"])
    assert found.loc[("tier", "gold"), "strategy_en"] == "Call in May."


def test_an_industry_without_rules_is_refused() -> None:
    with pytest.raises(UsageError, match="industry: 'zoo' is none of retail, bank, subscription"):
        strategies("zoo")
