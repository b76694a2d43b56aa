"""Every sentence that the code says has its Chinese, with the same facts in it."""

import ast
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import get_args

import pytest

import goodwill
from goodwill.data.quality import Quality
from goodwill.evaluation.findings import Level
from goodwill.monitoring.verdict import ADVICE
from goodwill.value.defaults import INDUSTRIES, rules_of
from goodwill.wording import catalogue, told

SOURCE = Path(goodwill.__file__).parent
# Layers whose sentences are results that people read; what they raise is an error and stays English.
TELLING = (
    "evaluation",
    "monitoring",
    "pipeline",
    "modeling/tuning/customer_value.py",
    "modeling/tuning/choice.py",
    "modeling/tuning/profiles.py",
    "cli/show.py",
)
# Sentences that only ever stand in an error, or in another catalogue (survey_words.yaml).
ERRORS = (
    "evaluation/metrics.py",
    "pipeline/profiles.py",
    "pipeline/profile_labels.py",
    "pipeline/survey_report.py",
)
# Stored with a model, or said by `init`, which has no config and so no language.
KEPT = {"promoted by hand", "Read it through, then run: goodwill {} {}"}
SENTENCE = re.compile(r"[A-Za-z]{2,}[ ,:;]+[A-Za-z]{2,}[ ,:;]+[A-Za-z]{2,}")


def pieces(module: Path) -> Iterator[str]:
    """Yield the texts of a module, each place in them as {}, but for what it raises and its docstrings."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    silent = {id(part) for node in ast.walk(tree) if is_silent(node) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in silent:
            continue
        if isinstance(node, ast.JoinedStr):
            silent |= {id(part) for part in ast.walk(node)}
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.sub(r"{[\w:.,+%]*}", "{}", node.value)


def is_silent(node: ast.AST) -> bool:
    is_message = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "message"
    is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    is_error = isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Error")
    return isinstance(node, ast.Raise) or is_error or is_message or is_docstring


def telling() -> list[Path]:
    places = [SOURCE / name for name in TELLING]
    found = [file for place in places for file in (place.rglob("*.py") if place.is_dir() else [place])]
    return sorted(file for file in found if file.relative_to(SOURCE).as_posix() not in ERRORS)


@pytest.mark.parametrize("module", telling(), ids=lambda file: file.relative_to(SOURCE).as_posix())
def test_every_sentence_that_is_told_has_its_chinese(module: Path) -> None:
    keys = "\n".join(catalogue("zh"))
    sentences = [part for text in pieces(module) for part in re.split(r"(?<=[.?!]) +", text)]
    asked = {part for part in sentences if SENTENCE.search(part)} - KEPT
    assert [part for part in asked if not re.search(likeness(part), keys)] == []


def likeness(part: str) -> str:
    """Return a sentence, or a part of one, as a pattern that its key in the catalogue has somewhere."""
    return ".*?".join(re.escape(text.strip()) for text in part.strip(" .").split("{}"))


def test_a_translation_tells_the_same_facts() -> None:
    def places(text: str) -> set[str]:
        return set(re.findall(r"{(\w+)", text))

    assert [key for key, text in catalogue("zh").items() if places(key) != places(text)] == []


def test_every_verdict_and_level_has_its_chinese() -> None:
    codes = [*ADVICE, *get_args(Level)]
    assert [code for code in codes if told(code, "zh") == code] == []


def test_every_fact_of_a_table_has_its_chinese() -> None:
    codes = [field.name for field in fields(Quality)]
    assert [code for code in codes if told(code, "zh") == code] == []


def test_every_advice_is_told_in_chinese() -> None:
    assert [said for said in ADVICE.values() if SENTENCE.search(told(said, "zh"))] == []


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Money per order changed by -11% over 30 months (-27% to +3%). Steady enough.",
         "每单金额在 30 个月内变化了 -11%（-27% 至 +3%）。足够平稳。"),
        ("log_loss 0.48, best baseline (past_window) 0.51: difference -1.2e-05 (90 % interval -0.05 to 0.1)",
         "log_loss 0.48，最好的基线（past_window）为 0.51：相差 -1.2e-05（90 % 区间 -0.05 至 0.1）"),
        ("balance: offer", "平衡性：offer"),
        ("shop_a to shop_b", "shop_a to shop_b"),
        ("Something new. Steady enough.", "Something new. 足够平稳。"),
        ("Steady enough. Something new.", "足够平稳。Something new."),
        ("", ""),
    ],
)  # fmt: skip
def test_facts_are_kept_and_what_is_unknown_stays(english: str, chinese: str) -> None:
    assert told(english, "zh") == chinese


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_what_a_dimension_needs_is_told_in_chinese(industry: str) -> None:
    needs = [f"needs {dimension.needs}" for dimension in rules_of(industry).dimensions.values()]
    english = re.compile(r"\b(needs|or|and|with|value|predicted|past|of)\b")
    assert [text for text in needs if english.search(told(text, "zh"))] == []


def test_one_is_told_in_the_singular_and_looked_up_in_the_plural() -> None:
    said = "1 rows of 1 customers removed from 2 files."
    assert told(said, "en") == "1 row of 1 customer removed from 2 files."
    assert told(said, "zh") == "已从 2 个文件中删除 1 位客户的 1 行。"
    assert told("backtest 2024-07-05 + 1 days, 4,1 customers", "en").endswith("+ 1 day, 4,1 customers")


def test_one_of_a_kind_is_told_in_the_singular() -> None:
    said = "1 features were asked from one side only; quality: 1 different scores, low and high need 3."
    expected = "1 feature was asked from one side only; quality: 1 different score, low and high need 3."
    assert told(said, "en") == expected


def test_a_sentence_with_a_known_beginning_is_found_before_one_that_begins_with_a_name() -> None:
    said = told("left out tier gold: quality, price: no stated importance.", "zh")
    assert said == "略去 tier gold：quality, price：没有陈述的重要性。"


@pytest.mark.parametrize(
    ("text", "singular"),
    [
        ("100% of 1 buyers bought on one day only.", "100% of 1 buyer bought on one day only."),
        ("1 repeat buyers, too few", "1 repeat buyer, too few"),
        ("1 of 1 customers stand in no table", "1 of 1 customer stands in no table"),
        ("Not told: 1 groups of 'city'", "Not told: 1 group of 'city'"),
        ("1 respondents answered all of 1 columns", "1 respondent answered all of 1 column"),
    ],
)
def test_what_there_is_one_of_is_told_in_the_singular(text: str, singular: str) -> None:
    assert told(text, "en") == singular
