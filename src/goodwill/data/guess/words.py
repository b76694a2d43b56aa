"""What columns are called: the words of many shops for the columns of our tables."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import yaml

# Of the lexicon of surveys: words that stand somewhere in a header; others are the whole of it.
_WITHIN = ("sides", "dimensions", "people", "personal", "burden")


def plain(header: str) -> str:
    r"""Return a header without the accidents of its spelling: case, signs, accents, units in brackets.

    Examples
    --------
    >>> headers = ("CustomerID", "\ufeffcust_no", " Order Date (UTC)", "金额(元)", "Größe")
    >>> [plain(header) for header in headers]
    ['customer id', 'cust no', 'order date', '金额', 'grosse']
    """
    text = unicodedata.normalize("NFKC", header.replace("\ufeff", "")).replace("ß", "ss")
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    text = re.sub(r"[\u0300-\u036f]", "", unicodedata.normalize("NFD", text))
    text = unicodedata.normalize("NFC", text).casefold().replace("#", " no ")
    bare = re.sub(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】", " ", text)
    return " ".join(re.findall(r"[^\W_]+", bare) or re.findall(r"[^\W_]+", text))


def roles(table: str) -> list[str]:
    """Return the roles that columns of a table can have, in the order in which they choose.

    Examples
    --------
    >>> roles("products")
    ['product_id', 'category', 'margin_rate']
    """
    return list(_lexicon().get(table, {}))


def rank(table: str, role: str, header: str) -> int | None:
    """Return how well a plain header names a role: 0 is best, None is not at all.

    Examples
    --------
    >>> [rank("transactions", "time", name) for name in ("order date", "timestamp", "date", "birth date")]
    [0, 1, 2, None]
    """
    patterns, never = _lexicon().get(table, {}).get(role, ((), None))
    if never is not None and never.search(header):
        return None
    return next((place for place, pattern in enumerate(patterns) if pattern.fullmatch(header)), None)


def period_days(word: str) -> int | None:
    """Return the days of a period of payment that a word stands for; None where it stands for none we know.

    Examples
    --------
    >>> [period_days(word) for word in ("Monthly", "jährlich", "半年", "half-yearly", "forever")]
    [30, 365, 182, 182, None]
    """
    return next((days for days, pattern in _periods().items() if pattern.fullmatch(plain(word))), None)


@cache
def survey_words() -> Mapping[str, Mapping[str, re.Pattern[str]]]:
    """Return what headers of a survey say: patterns by what they are of, each by the word it stands for.

    Examples
    --------
    >>> [name for name, words in survey_words()["dimensions"].items() if words.search("polite staff")]
    ['service']
    """
    return {
        of: {name: re.compile(_within(words) if of in _WITHIN else words) for name, words in _named(of, told)}
        for of, told in _words()["survey"].items()
    }


@cache
def answer_scales() -> Sequence[Sequence[re.Pattern[str]]]:
    """Return the wordings of the scales that we know, each lowest to highest.

    Examples
    --------
    >>> [level for level, words in enumerate(answer_scales()[0], start=1) if words.fullmatch("agree")]
    [4]
    """
    return [[re.compile(level) for level in scale.split(" < ")] for scale in _words()["wordings"]]


def _named(of: str, told: str | Mapping[str, str]) -> Iterable[tuple[str, str]]:
    """Return the pattern of each word that a part of the lexicon knows, or of the part itself."""
    return [(of, told)] if isinstance(told, str) else told.items()


def _within(pattern: str) -> str:
    """Return a pattern of whole words somewhere in a header; Chinese words have no blanks around them."""
    return f"(?<![a-z])(?:{pattern.replace('| ', '|')})(?![a-z])"


@cache
def _periods() -> Mapping[int, re.Pattern[str]]:
    return {days: re.compile(pattern) for days, pattern in _words()["periods"].items()}


_Patterns = tuple[tuple[re.Pattern[str], ...], re.Pattern[str] | None]


@cache
def _lexicon() -> Mapping[str, Mapping[str, _Patterns]]:
    lexicon = _words()
    groups = {f"<{name}>": f"(?:{words.replace(', ', '|')})" for name, words in lexicon["words"].items()}
    never = {role: re.compile(pattern) for role, pattern in lexicon["never"].items()}
    return {
        table: {role: (_compiled(patterns, groups), never.get(role)) for role, patterns in columns.items()}
        for table, columns in lexicon["roles"].items()
    }


def _words() -> dict[str, Any]:  # Any: YAML
    text = resources.files(__package__).joinpath("words.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def _compiled(patterns: list[str | list[str]], groups: Mapping[str, str]) -> tuple[re.Pattern[str], ...]:
    flat = [one for part in patterns for one in (part if isinstance(part, list) else [part])]
    return tuple(re.compile(re.sub("|".join(groups), lambda name: groups[name[0]], one)) for one in flat)
