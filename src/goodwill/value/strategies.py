"""The strategy that goes with each class, as data."""

from collections.abc import Mapping

import pandas as pd

from goodwill.value.defaults import rules_of
from goodwill.value.fitting import ClassLimits
from goodwill.value.rules import Industry, Rules


def strategies(
    rules: Rules | ClassLimits | Industry = "retail", changes: Mapping[str, object] | None = None
) -> pd.DataFrame:
    """Return what to do with the customers of each class, in English and in Chinese.

    Parameters
    ----------
    rules : whose classes: those of an industry, or a predictor's `class_limits_`.
    changes : what differs from the industry's, as `classes.dimensions` of the config.

    Returns
    -------
    A row per class: `dimension`, `class` (the code in the scores), `name_en`, `strategy_en`, `name_zh`,
    `strategy_zh`; join it to scores on the code.

    Examples
    --------
    >>> found = strategies("retail")
    >>> found.loc[found["dimension"] == "tier", ["class", "strategy_en"]].head(1).to_numpy().tolist()
    [['platinum', 'VIP service and a person who answers.']]
    >>> changed = {"tier": {"classes": {"gold": {"strategy": {"en": "Call in May."}}}}}
    >>> found = strategies("bank", changed)
    >>> found.loc[found["class"] == "gold", ["strategy_en", "strategy_zh"]].to_numpy().tolist()
    [['Call in May.', '找出升级为铂金客户的途径。']]
    """
    if isinstance(rules, str):
        rules = rules_of(rules, changes)
    known = rules.rules if isinstance(rules, ClassLimits) else rules
    rows = [
        {
            "dimension": name,
            "class": code,
            "name_en": rule.name.en,
            "strategy_en": rule.strategy.en,
            "name_zh": rule.name.zh,
            "strategy_zh": rule.strategy.zh,
        }
        for name, dimension in known.dimensions.items()
        for code, rule in dimension.classes.items()
    ]
    return pd.DataFrame(rows)
