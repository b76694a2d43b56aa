"""Which rules the settings of classes mean, and in whose words they let reasons be told."""

import copy
import re

import pandas as pd
import pytest

import goodwill as gw
from goodwill.errors import UsageError
from goodwill.modeling.reasons.columns import REASONS, ReasonRule
from goodwill.predictor.classes import class_rules

ORDERS = pd.DataFrame({"customer_id": ["a"], "n_orders": [1]})


def test_settings_name_the_industry() -> None:
    assert class_rules({"industry": "bank"}, ORDERS).industry == "bank"
    assert class_rules({"industry": "auto"}, ORDERS) == class_rules(None, ORDERS)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"industry": "zoo"}, "industry: 'zoo'; there is auto, retail, bank, subscription"),
        ({"adjust": "often"}, "adjust: 'often'; there is fixed, refit"),
        ({"industy": "bank"}, "industy: 'bank'; there is industry, dimensions, adjust"),
    ],
)
def test_settings_that_mean_nothing_are_refused(settings: dict, reason: str) -> None:
    with pytest.raises(UsageError, match=f"classes: {reason}"):
        class_rules(settings, ORDERS)


def test_reasons_speak_in_the_words_of_the_industry(
    predictor: gw.CustomerValuePredictor, train: gw.Snapshot
) -> None:
    bank, limits = copy.copy(predictor), predictor.class_limits_
    bank.class_limits_ = limits.model_copy(
        update={"rules": limits.rules.model_copy(update={"industry": "bank"})}
    )
    said = bank.predict(train.now.head(40), reasons=ReasonRule("approximate"))[list(REASONS)]
    texts = " ".join(said.to_numpy().ravel().tolist())
    assert "transaction" in texts
    assert re.search("order|basket", texts) is None
