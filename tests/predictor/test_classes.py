"""Which rules the settings of classes mean."""

import pandas as pd
import pytest

from goodwill.errors import UsageError
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
