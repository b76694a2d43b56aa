"""Sentences in the language of the reader: the code says them in English, the others are data.

The catalogue `<language>.yaml` holds each English sentence, with {places} for what it tells, and the same in
its language.
"""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import yaml

_ENGLISH = "en"
LANGUAGES = (_ENGLISH, "zh")
_PLACE = re.compile(r"{(\w+)(?::(\w))?}")
_FIGURE = r"[+\-−]?[\d.,]+(?:e[+-]?\d+)?(?: ?%)?"
_MARKED = {"n": _FIGURE, "w": r"\S+"}
_NOUNS = (
    "customer|order|row|day|week|date|month|window|horizon|file|segment|respondent|answer|treatment|feature"
    "|different score|buyer|repeat buyer|group|column"
)
_ONE = re.compile(rf"(?<![\w.,:+−-])(?P<one>1 (?:{_NOUNS}))s\b(?: (?P<verb>get|have|were|are|hold|stand)\b)?")
_VERBS = {"get": "gets", "have": "has", "were": "was", "are": "is", "hold": "holds", "stand": "stands"}
_SENTENCE_END = re.compile(r"(?<=[.?!]) +")


def told(text: str, language: str) -> str:
    """Return what our code says in English as the reader's language has it.

    A sentence that the catalogue does not have stays as it is, and so do names and figures within one.

    Examples
    --------
    >>> told("The top 1% of customers bring 12% of all money. No single customer decides the totals.", "zh")
    '价值最高的 1% 客户带来全部金额的 12%。没有单个客户左右总额。'
    >>> told("0.81 to 0.89", "zh"), told("roc_auc", "zh"), told("Steady enough.", "en")
    ('0.81 至 0.89', 'roc_auc', 'Steady enough.')
    """
    if language == _ENGLISH:
        return of_one(text)
    return "".join(_sentences(text, language))


def of_one(text: str) -> str:
    """Return English with what there is one of in the singular; our code counts in the plural.

    Examples
    --------
    >>> of_one("1 customers get an offer, 21 customers none; 1 of 2 days.")
    '1 customer gets an offer, 21 customers none; 1 of 2 days.'
    """
    return _ONE.sub(_singular, text)


def _singular(found: re.Match[str]) -> str:
    return found["one"] + (f" {_VERBS[found['verb']]}" if found["verb"] else "")


def _sentences(text: str, language: str) -> Iterator[str]:
    parts = [_found(part, language) or part for part in _SENTENCE_END.split(text)]
    for part, following in zip(parts, [*parts[1:], ""], strict=True):
        yield f"{part} " if following and part[-1:].isascii() else part


def _found(text: str, language: str) -> str | None:
    """Return one sentence as the catalogue has it; a full stop at its end is no part of the key."""
    key = text.removesuffix(".")
    exact, patterns = _catalogue(language)
    if key in exact:
        return exact[key] + "。" * (key != text)
    for pattern, looked_up, template in patterns:
        if matched := pattern.fullmatch(key):
            facts = {
                name: told(fact, language) if name in looked_up else fact
                for name, fact in matched.groupdict().items()
            }
            return template.format(**facts) + "。" * (key != text)
    return None


@cache
def _catalogue(language: str) -> tuple[dict[str, str], list[tuple[re.Pattern[str], set[str], str]]]:
    """Return the texts without places, and the patterns of the others.

    Those that begin with a place match almost any beginning and come last; else those that say most first.
    """
    texts = catalogue(language)
    exact = {key: text for key, text in texts.items() if not _PLACE.search(key)}
    others = sorted(
        texts.keys() - exact.keys(),
        key=lambda key: (_PLACE.match(key) is not None, -len(_PLACE.sub("", key)), key),
    )
    return exact, [(re.compile(_pattern(key)), _looked_up(key), texts[key]) for key in others]


def catalogue(language: str) -> dict[str, str]:
    """Return the texts of a language by their English."""
    text = files("goodwill.wording").joinpath(f"{language}.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


def _pattern(key: str) -> str:
    """Return a key as a regular expression; a place marked :n holds a figure, one marked :w a word."""
    pieces = _PLACE.split(key)
    places = [
        f"(?P<{name}>{_MARKED.get(mark, '.+?')})"
        for name, mark in zip(pieces[1::3], pieces[2::3], strict=True)
    ]
    return "".join(re.escape(text) + place for text, place in zip(pieces[::3], [*places, ""], strict=True))


def _looked_up(key: str) -> set[str]:
    """Return the places of a key whose text is translated too."""
    return {name for name, mark in _PLACE.findall(key) if mark == "t"}
