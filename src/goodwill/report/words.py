"""Texts and figures in the language of the reader; the texts are data, in `text/<language>.yaml`."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from goodwill.wording import of_one
from goodwill.wording.figures import NOTHING, p_text

LANGUAGES = ("en", "zh")
_OF_THEIR_OWN, _LEVELS = ("bank",), ("low", "high")
_UNITS = {"en": ((1e9, " billion"), (1e6, " million")), "zh": ((1e8, "亿"), (1e4, "万"))}


@dataclass(frozen=True)
class Words:
    """The texts of one language, and how it writes figures.

    Examples
    --------
    >>> en, zh = words_of("en", "USD"), words_of("zh", "CNY")
    >>> en.code("tier", "platinum"), zh.code("tier", "platinum")
    ('Platinum', '铂金')
    >>> en.money(1_234_567.0), zh.money(1_234_567.0), en.share(0.1234)
    ('1.23 million USD', '123万 CNY', '12.3%')
    """

    language: str
    currency: str
    texts: Mapping[str, Any]
    names: Mapping[str, Mapping[str, str]]

    def __call__(self, key: str, **values: object) -> str:
        """Return a text by its dotted key, its {places} filled."""
        text: Any = self.texts
        for part in key.split("."):
            text = text[part]
        told = str(text).format(**values)
        return of_one(told) if self.language == "en" else told

    def has(self, key: str) -> bool:
        """Return whether there is such a text."""
        text: Any = self.texts
        for part in key.split("."):
            if not isinstance(text, Mapping) or part not in text:
                return False
            text = text[part]
        return True

    def column(self, name: str) -> str:
        """Return the head of a column; one without a text of its own is its name."""
        return self._known_column(name) or plain(name)

    def _known_column(self, name: str) -> str | None:
        """Return the head of a column that has a text, by its name or by how it is made up."""
        if name in self.texts["columns"]:
            return str(self.texts["columns"][name])
        likes = ((re.fullmatch(like, name), text) for like, text in self.texts["columns_like"].items())
        return next((str(text).format(*found.groups()) for found, text in likes if found), None)

    def code(self, dimension: str, code: object) -> str:
        """Return what a class, a segment or another code is called."""
        known = self.names.get(dimension, {}).get(str(code))
        if known:
            return known
        if dimension == "segment":
            return self.segment(str(code))
        return str(self.texts["codes"].get(dimension, {}).get(str(code)) or plain(str(code)))

    def known_code(self, dimension: str, code: str) -> str:
        """Return what a code is called; one we have no text for is the reader's own, and stays."""
        return self.code(dimension, code) if self.has(f"codes.{dimension}.{code}") else code

    def group(self, grouping: str, group: str) -> str:
        """Return what divides people and in which group they are; names of the reader's own stay.

        Examples
        --------
        >>> words_of("en").group("tier", "gold"), words_of("en").group("city", "gold")
        ('Value tier: Gold', 'city: gold')
        """
        if grouping == "segment":
            return f"{self.column(grouping)}: {self.code(grouping, group)}"
        head = self.column(grouping) if self.has(f"codes.{grouping}") else grouping
        return f"{head}: {self.known_code(grouping, group)}"

    def segment(self, name: str) -> str:
        """Return a segment's name in words, the longest known parts first.

        Examples
        --------
        >>> words_of("en").segment("low_n_interactions_30d_high_n_periods")
        'Low contacts in 30 days, high billing periods'
        >>> words_of("en").segment("all_customers"), words_of("zh").segment("new_small_spenders")
        ('All customers', '新·低消费')
        """
        joined, last, rest = "", "", name.split("_")
        while rest:
            found = ((n, self._segment_part("_".join(rest[:n]))) for n in range(len(rest), 0, -1))
            n, said = next(((n, said) for n, said in found if said), (1, rest[0]))
            part = "_".join(rest[:n])
            joined += f"{self._segment_joint(last, part) if last else ''}{said}"
            last, rest = part, rest[n:]
        return joined[:1].upper() + joined[1:]

    def _segment_joint(self, last: str, part: str) -> str:
        """Return what stands between two parts; "low" belongs to the column after it."""
        if last in _LEVELS:
            return " "
        is_apart = part in _LEVELS or any(self._is_phrase(one) for one in (last, part))
        return str(self.texts["segment_comma" if is_apart else "segment_joint"])

    def _is_phrase(self, part: str) -> bool:
        return part in self.texts["segment_words"] or self._segment_column(part) is not None

    def _segment_part(self, part: str) -> str | None:
        known = self.texts["segment_words"].get(part) or self._segment_column(part)
        return None if known is None else str(known)

    def _segment_column(self, part: str) -> str | None:
        """Return a column within a segment's name; one of a single word may be a word of ours."""
        column = self._known_column(part) if "_" in part else None
        return None if column is None else uncapitalised(column)

    def money(self, amount: float | None) -> str:
        """Return money with its currency, rounded to what a reader can hold in mind."""
        text = self.compact(amount)
        return text if text == NOTHING else f"{text} {self.currency}"

    def priced(self, title: str = "") -> str:
        """Return the title of an axis of money, with its unit."""
        return self("page.priced", title=title, currency=self.currency) if title else self.currency

    def compact(self, number: float | None) -> str:
        """Return a number with three or more telling digits."""
        if number is None or not math.isfinite(number):
            return NOTHING
        for size, unit in _UNITS[self.language]:
            if abs(number) >= size:
                return f"{_three_digits(number / size)}{unit}"
        return _three_digits(number)

    def exact(self, amount: float | None) -> str:
        """Return money as it stands in a table: cents only where they tell."""
        if amount is None or not math.isfinite(amount):
            return NOTHING
        return _minus(f"{amount:z,.0f}" if abs(amount) >= 1000 else f"{amount:z,.2f}")  # noqa: PLR2004 - cents under 1,000

    def share(self, share: float | None) -> str:
        """Return a share as percent."""
        if share is None or not math.isfinite(share):
            return NOTHING
        return _minus(f"{share * 100:z.1f}%".replace("100.0%", "100%"))

    def points(self, difference: float | None) -> str:
        """Return a difference of two shares in percentage points, without their name."""
        return self.share(difference).removesuffix("%")

    def count(self, number: float | None) -> str:
        """Return a count."""
        return NOTHING if number is None or not math.isfinite(number) else f"{number:,.0f}"

    def number(self, number: float | None) -> str:
        """Return a number as a reader compares it: decimals only where it is small."""
        if number is None or not math.isfinite(number):
            return NOTHING
        return _minus(f"{number:z,.0f}") if number == round(number) else _three_digits(number)

    def measure(self, number: float | None) -> str:
        """Return a measure of quality with four decimals, or cents where it is money."""
        if number is None or not math.isfinite(number):
            return NOTHING
        return _minus(f"{number:z,.4f}" if abs(number) < 10 else f"{number:z,.2f}")  # noqa: PLR2004 - shares need digits

    def p_value(self, number: float | None) -> str:
        """Return a p-value with three decimals; none is zero."""
        return p_text(number)


def uncapitalised(text: str) -> str:
    """Return a heading as it stands within a sentence; a name in capitals of its own stays as it is.

    Examples
    --------
    >>> uncapitalised("Billing periods"), uncapitalised("LASTGIFT"), uncapitalised("AgeGroup")
    ('billing periods', 'LASTGIFT', 'AgeGroup')
    """
    first, *_ = text.split() or [""]
    return text if first[1:] != first[1:].lower() else text[:1].lower() + text[1:]


def words_of(
    language: str,
    currency: str = "USD",
    names: Mapping[str, Mapping[str, str]] | None = None,
    industry: str = "retail",
) -> Words:
    """Return the texts of a language.

    Parameters
    ----------
    names : by dimension and code, names that replace ours.
    industry : whose terms: a bank has transactions where a shop has orders.
    """
    return Words(language, currency, _texts(language, industry), names or {})


@cache
def _texts(language: str, industry: str) -> Mapping[str, Any]:
    texts = _file(f"{language}.yaml")
    return _with(texts, _file(f"{industry}_{language}.yaml")) if industry in _OF_THEIR_OWN else texts


def _file(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load(files("goodwill.report").joinpath("text", name).read_text(encoding="utf-8")))


def _with(texts: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return texts with those that an industry has of its own in their place."""
    parts = {key: _with(texts[key], text) for key, text in own.items() if isinstance(text, Mapping)}
    return {**texts, **own, **parts}


def plain(name: str) -> str:
    """Return a code in words: first letter large, no underscores.

    Examples
    --------
    >>> plain("high_frequency")
    'High frequency'
    """
    spaced = name.replace("_", " ")
    return spaced[:1].upper() + spaced[1:]


def _three_digits(number: float) -> str:
    if abs(number) >= 100:  # noqa: PLR2004 - three digits before the point need none behind it
        return _minus(f"{number:,.0f}")
    return _minus(f"{number:z,.1f}" if abs(number) >= 10 else f"{number:z,.2f}")  # noqa: PLR2004 - as above


def _minus(text: str) -> str:
    """Set a minus sign, which is wider than a hyphen and never breaks a line."""
    return text.replace("-", "−")
