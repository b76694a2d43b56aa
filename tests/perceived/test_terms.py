"""Comments cut into terms."""

import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

import pytest

from goodwill.perceived import terms
from goodwill.perceived.terms import term_cutter, without_set_phrases


@pytest.fixture
def no_jieba(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "find_spec", lambda _: None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The courier was LATE by 3 days", ["courier", "late", "days"]),
        ("Доставка опоздала", ["доставка", "опоздала"]),
        ("배송이 늦었어요", ["배송이", "늦었어요"]),
        ("Größe passt nicht", ["größe", "passt", "nicht"]),
        ("!!! 42 :-)", []),
        ("Anna's app didn\u2019t work, I couldn't search", ["anna", "app", "work", "search"]),
    ],
)
def test_words_between_spaces_are_terms(text: str, expected: list[str]) -> None:
    assert term_cutter()(text) == expected


@pytest.mark.usefixtures("no_jieba")
def test_chinese_without_a_dictionary_is_cut_into_pairs() -> None:
    assert term_cutter()("快递太慢了，app闪退") == ["快递", "递太", "太慢", "app", "闪退"]


def test_chinese_with_a_dictionary_is_cut_into_words(monkeypatch: pytest.MonkeyPatch) -> None:
    jieba = ModuleType("jieba")
    jieba.__spec__ = ModuleSpec("jieba", None)
    vars(jieba).update(setLogLevel=lambda _: None, lcut=lambda run: [run[:2], "的", run[2:]])
    monkeypatch.setitem(sys.modules, "jieba", jieba)
    assert term_cutter()("快递公司") == ["快递", "公司"]


def test_greetings_are_left_out() -> None:
    said = [f"The {thing} broke. Thank you." for thing in ("door", "lamp", "lid")] + [
        "Thank you.",
        "The door again.",
    ]
    kept, phrases = without_set_phrases(said, term_cutter())
    assert kept == ["The door broke.", "The lamp broke.", "The lid broke.", "", "The door again."]
    assert phrases == ["Thank you."]


def test_a_common_complaint_is_no_set_phrase() -> None:
    said = ["Slow app."] * 3 + [
        "The app is slow today",
        "Slow app again",
        "An app so slow",
        "My app",
        "Slow!",
    ]
    assert without_set_phrases(said, term_cutter())[1] == []


def test_chinese_sentences_need_no_space() -> None:
    said = [f"{thing}坏了。谢谢。" for thing in ("门", "灯", "盖")]
    assert without_set_phrases(said, term_cutter())[0] == ["门坏了。", "灯坏了。", "盖坏了。"]


def test_what_many_say_and_nothing_else_is_no_set_phrase() -> None:
    said = ["Far too expensive."] * 4 + ["No comment."] * 4 + ["The staff helped."]
    assert without_set_phrases(said, term_cutter())[1] == ["No comment."]
