"""The rules that industries start from, and what a user changes in them."""

import re

import pytest

from goodwill.errors import ConfigError
from goodwill.value.defaults import INDUSTRIES, Industry, industry_of, rules_of
from goodwill.value.rules import DIMENSIONS

# The codes of the scores' contract.
CODES = {
    "behaviour": {"high_frequency", "low_frequency", "promising"},
    "loyalty": {"loyal", "occasional", "lost"},
    "spending": {"high", "mid", "low"},
    "lifecycle": {"potential", "first_purchase", "repeat", "lost"},
    "holding": {"incremental", "flow", "stock"},
    "tier": {"platinum", "gold", "iron", "lead"},
    "matrix": {"high_high", "high_low", "low_high", "low_low"},
    "need": {"pain", "concern", "expectation", "unknown"},
    "relationship": {"close", "regular", "distant"},
}


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_every_industry_has_every_dimension_with_the_codes_of_the_contract(industry: str) -> None:
    dimensions = rules_of(industry).dimensions
    assert tuple(dimensions) == DIMENSIONS
    assert {name: set(dimensions[name].classes) for name in CODES} == CODES


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_every_class_has_names_and_a_strategy_in_both_languages(industry: str) -> None:
    rules = [rule for d in rules_of(industry).dimensions.values() for rule in d.classes.values()]
    texts = [text.of(language) for rule in rules for text in (rule.name, rule.strategy) for language in "ez"]
    assert all(texts)
    assert all(any("一" <= sign <= "鿿" for sign in rule.strategy.zh) for rule in rules)


@pytest.mark.parametrize(("industry", "unused"), [("bank", ""), ("subscription", "rfm")])
def test_no_strategy_of_a_bank_or_a_subscription_speaks_of_baskets(industry: Industry, unused: str) -> None:
    rules = [
        rule
        for name, d in rules_of(industry).dimensions.items()
        if name != unused
        for rule in d.classes.values()
    ]
    told = " ".join(f"{text.en} {text.zh}" for rule in rules for text in (rule.name, rule.strategy))
    assert not re.findall("(?i)purchas|basket|packs|sets|购买|客单|包装|套装", told)


def test_limits_are_replaced_as_a_whole_and_the_rest_key_by_key() -> None:
    changes = {"spending": {"measures": {"basket": {"limits": {"natural": 2}}}}}
    basket = rules_of("retail", changes).dimensions["spending"].measures["basket"]
    assert (basket.limits.natural, basket.limits.quantile) == (2, None)
    assert basket.columns == ("spend_mean", "contract_price_total")


def test_null_takes_a_key_away() -> None:
    changes = {"loyalty": {"measures": {"silence": {"missing": None}}}}
    assert rules_of("retail", changes).dimensions["loyalty"].measures["silence"].missing is None


def test_an_unknown_dimension_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"classes.dimensions.loyality: no such .* Did you mean 'loyalty'"):
        rules_of("retail", {"loyality": {}})


def test_an_unknown_key_is_named_with_its_place() -> None:
    with pytest.raises(ConfigError, match=r"classes.dimensions.tier.measures.value.columm: Extra inputs"):
        rules_of("retail", {"tier": {"measures": {"value": {"columm": "clv"}}}})


def test_limits_out_of_order_are_named_with_their_place() -> None:
    limits = {"absolute": [9, 5, 1]}
    with pytest.raises(ConfigError, match=r"tier.measures.value.limits: the limits .* are out of order"):
        rules_of("retail", {"tier": {"measures": {"value": {"limits": limits}}}})


def test_several_problems_are_counted() -> None:
    with pytest.raises(ConfigError, match=r"\(and 1 more problems\)"):
        rules_of("retail", {"tier": {"needs": 1, "name": 2}})


def test_the_tables_tell_the_industry() -> None:
    assert industry_of(["n_orders", "n_contracts"]) == "retail"
    assert industry_of(["n_contracts"]) == "subscription"
    assert industry_of(["n_orders", "balance_total"]) == "bank"
