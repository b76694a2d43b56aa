"""Texts: both languages say the same things; figures read as a reader of the language expects."""

import re
from collections.abc import Iterator, Mapping

import pytest

from goodwill.modeling.segments.names import WORDS
from goodwill.report.words import words_of

# Names that have no translation of their own: an English head already is the plain word.
ONE_SIDED = ("terms", "segment_words", "codes.tables", "columns", "codes.rfm")


def leaves(texts: Mapping[str, object], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in texts.items():
        here = f"{path}.{key}".lstrip(".")
        if here.startswith(ONE_SIDED):
            continue
        if isinstance(value, Mapping):
            yield from leaves(value, here)
        else:
            yield here, str(value)


def places(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


def test_both_languages_have_the_same_texts_with_the_same_places() -> None:
    en, zh = (dict(leaves(words_of(language).texts)) for language in ("en", "zh"))
    assert list(en) == list(zh)
    assert {key for key in en if places(en[key]) != places(zh[key])} == set()


def test_a_banks_words_replace_a_shops_in_both_languages() -> None:
    bank = {one: words_of(one, industry="bank") for one in ("en", "zh")}
    en, zh = (dict(leaves(words.texts)) for words in bank.values())
    assert list(en) == list(dict(leaves(words_of("en").texts)))
    assert {key for key in en if places(en[key]) != places(zh[key])} == set()
    assert (bank["en"].column("n_orders"), bank["zh"].column("n_orders")) == ("Transactions", "交易笔数")
    assert bank["en"].code("themes", "basket") == "Which products are used"
    assert bank["en"].code("segment", "recent_small_baskets") == "Recent, small transactions"
    assert bank["en"].code("segment", "recent_small_spenders") == "Recent, low totals"
    assert words_of("en", industry="subscription").column("n_orders") == "Orders"


def test_what_has_not_ended_is_told_without_a_trades_own_words() -> None:
    waiting = words_of("en", industry="bank")("decisions.unfinished_says", campaign="card", day="2025-09-01")
    assert waiting == "card: can be measured from 2025-09-01 on, once the tables reach up to that day."


def test_every_english_column_has_a_chinese_head() -> None:
    en, zh = (set(words_of(language).texts["columns"]) for language in ("en", "zh"))
    assert en - zh == set()


@pytest.mark.parametrize(
    ("language", "amount", "text"),
    [
        ("en", 1_234_567_890.0, "1.23 billion"),
        ("zh", 1_234_567_890.0, "12.3亿"),
        ("en", 999.6, "1,000"),
        ("zh", 12_345.0, "1.23万"),
        ("en", -42.5, "\N{MINUS SIGN}42.5"),
            ("en", 3.14159, "3.14"),
        ("en", float("nan"), "–"),
    ],
)  # fmt: skip
def test_amounts_keep_three_telling_digits(language: str, amount: float, text: str) -> None:
    assert words_of(language).compact(amount) == text


def test_a_segment_is_named_in_the_readers_language() -> None:
    assert words_of("en").code("segment", "recent_frequent_big_spenders") == "Recent frequent big spenders"
    assert words_of("zh").code("segment", "recent_frequent_big_spenders") == "近期活跃·高频·高消费"


def test_a_segment_of_contracts_is_told_in_phrases() -> None:
    name = "long_terms_payment_due_soon_plan_gold"
    assert words_of("en").segment(name) == "Long terms, payment due soon, plan gold"
    assert words_of("zh").segment(name) == "长周期·即将付款·套餐·gold"


def test_every_column_that_names_segments_has_a_head() -> None:
    assert WORDS.keys() <= words_of("en").texts["columns"].keys() & words_of("zh").texts["columns"].keys()


@pytest.mark.parametrize("word", [word for pair in WORDS.values() for word in pair])
def test_every_word_of_a_segment_is_told_in_chinese(word: str) -> None:
    assert words_of("zh").segment(word).isascii() is False


def test_names_of_a_config_replace_ours() -> None:
    assert words_of("en", names={"tier": {"gold": "VIP"}}).code("tier", "gold") == "VIP"


def test_what_is_unknown_is_a_dash() -> None:
    words = words_of("en")
    told = [words.share(None), words.count(None), words.exact(float("inf")), words.number(None)]
    assert {*told, words.measure(None), words.money(None)} == {"–"}


def test_no_p_value_is_told_as_zero() -> None:
    words = words_of("zh")
    assert [words.p_value(p) for p in (2e-9, 0.0312, None)] == ["< 0.001", "0.031", "–"]


def test_measures_keep_digits_and_money_keeps_cents() -> None:
    words = words_of("en")
    assert [words.measure(0.44184), words.measure(1234.5)] == ["0.4418", "1,234.50"]
    assert [words.exact(1234.5), words.exact(12.345)] == ["1,234", "12.35"]
    assert [words.number(2.0), words.number(2.196)] == ["2", "2.20"]


def test_nothing_is_told_as_less_than_zero_that_rounds_to_it() -> None:
    words = words_of("en", "EUR")
    told = [
        words.exact(-0.004),
        words.money(-4e-5),
        words.share(-1e-6),
        words.measure(-1e-9),
        words.number(-0.0),
    ]
    assert told == ["0.00", "0.00 EUR", "0.0%", "0.0000", "0"]


def test_columns_in_the_name_of_a_segment_are_told_apart() -> None:
    name = "high_n_interactions_call_90d_low_days_since_interaction_call_n_interactions_call_30d"
    told = "High contacts (call) in 90 days, low days since contact (call), contacts (call) in 30 days"
    assert words_of("en").segment(name) == told
    assert words_of("zh").segment("low_n_periods_high_n_contracts") == "低 计费期数·高 合同数"
