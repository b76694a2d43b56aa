"""How a column's values can be read: as times, as numbers, or only as text."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ibis.expr import datatypes as dt

from goodwill.data.types import LOCAL, OTHERS, ZONED

MOST = 0.98  # share of the values that must read as a time or as a number for the column to be one
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TIMELY = re.compile(r"date|time|day|month|\bdt\b|\bts\b|\bat\b|fecha|datum|日|月|时|時|날짜|일시")
_YEARS, _MONTHS = range(1900, 2201), range(1, 13)
_EPOCHS = (("to_timestamp", 1e9, 2.2e9), ("epoch_ms", 1e12, 2.2e12))
_DAYS = (
    "%m/%d/%Y", "%d/%m/%Y", "%m-%d-%Y", "%d-%m-%Y", "%m/%d/%y", "%d/%m/%y", "%d.%m.%y", "%d-%b-%Y",
    "%d-%b-%y", "%d/%b/%Y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y",
)  # fmt: skip
_HOURS = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", ", %H:%M", ", %H:%M:%S")
_FORMATS = (
    *(day + hour for day in _DAYS for hour in _HOURS),
    "%Y%m%d%H%M%S",
    "%Y%m%d %H:%M:%S",
    "%Y-%m",
    "%Y/%m",
)
_SIGNS = ("$", "€", "£", "¥", "￥", "₹", "元", "USD", "EUR", "GBP", "CNY", "RMB", " ", "\u00a0", "\u202f")
_EUROPEAN = re.compile(r"-?[\d.]*\d,\d{1,2}")
_DOTTED_THOUSANDS = re.compile(r"[-(]?\d{1,3}(\.\d{3})+(,\d+)?\)?")
_FEW_WORDS = 3  # of no digit, that may stand in a column of days: active, open, -
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


@dataclass(frozen=True)
class Reading:
    """How a column can be read.

    Parameters
    ----------
    as_time, as_number : the mapping value that reads the column so; empty where it cannot be read so.
    as_term : the number as a part of a longer expression.
    is_zoned : its times carry a zone.
    is_whole : its numbers have no fraction.
    note : what the values left open, in words for a comment.
    """

    as_time: str = ""
    as_number: str = ""
    as_term: str = ""
    is_zoned: bool = False
    is_whole: bool = False
    note: str = ""


def read_values(name: str, header: str, kind: dt.DataType, texts: Sequence[str]) -> Reading:
    r"""Return how a column can be read.

    Parameters
    ----------
    name : of the column. header : its plain form. kind : its type in the source.
    texts : its distinct values as text, at least one.

    Examples
    --------
    >>> read_values("Order Date", "order date", dt.string, ["31/12/2023", "1/1/2024"]).as_time
    'strptime("Order Date", \'%d/%m/%Y\')'
    >>> read_values("Betrag", "betrag", dt.string, ["1.234,50€", "7,00€"]).as_number
    "TRY_CAST(replace(replace(replace(Betrag, '€', ''), '.', ''), ',', '.') AS DOUBLE)"
    """
    if kind.is_timestamp() or kind.is_date():
        return Reading(reference(name), is_zoned=kind.is_timestamp() and kind.timezone is not None)
    if kind.is_numeric():
        is_whole = all(_is_number(text) and float(text).is_integer() for text in texts)
        is_time = is_whole and _TIMELY.search(header)
        as_time, is_zoned = _time_of_number(name, kind, texts) if is_time else ("", False)
        return Reading(as_time, reference(name), quoted(name), is_zoned=is_zoned, is_whole=is_whole)
    if not kind.is_string():
        return Reading()
    may_be_time = _TIMELY.search(header) or not all(text.isdigit() for text in texts)
    return (_time_of_text(name, texts) if may_be_time else None) or _number_of_text(name, texts)


def reference(name: str) -> str:
    """Return the mapping value that reads a column as it is; outer blanks survive only in quotes.

    Examples
    --------
    >>> reference("Unit Price"), reference(" Unit Price")
    ('Unit Price', '" Unit Price"')
    """
    return name if name == name.strip() else quoted(name)


def quoted(name: str) -> str:
    """Return a column's name as it stands inside an expression.

    Examples
    --------
    >>> quoted("UnitPrice"), quoted("Unit Price")
    ('UnitPrice', '"Unit Price"')
    """
    return name if _PLAIN_NAME.fullmatch(name) else '"' + name.replace('"', '""') + '"'


def _time_of_number(name: str, kind: dt.DataType, texts: Sequence[str]) -> tuple[str, bool]:
    """Read whole numbers such as 20240501, or seconds or milliseconds since 1970."""
    if _most(texts, _is_local):
        return (reference(name) if kind.is_integer() else f"CAST({quoted(name)} AS BIGINT)"), False
    values = [float(text) for text in texts]
    for function, low, high in _EPOCHS:
        if low < min(values) and max(values) < high:
            return f"{function}({quoted(name)})", True
    return "", False


def _time_of_text(name: str, texts: Sequence[str]) -> Reading | None:
    words = [text for text in texts if not re.search(r"\d", text)]
    if not words:
        return _time_of_days(texts, reference(name), quoted(name), name)
    days = [text for text in texts if text not in words]
    if len(words) > min(_FEW_WORDS, len(days) // 2):
        return None
    column = f"trim({quoted(name)})"
    for word in words:
        doubled = word.replace("'", "''")
        column = f"NULLIF({column}, '{doubled}')"
    found = _time_of_days(days, column, column, name)
    told = f"{name}: {', '.join(words)} is taken for no day"
    return found and replace(found, note="; ".join(filter(None, (told, found.note))))


def _time_of_days(texts: Sequence[str], value: str, term: str, name: str) -> Reading | None:
    """Return how texts read as times; `value` is the mapping of what needs no format, `term` of what does."""
    if _most(texts, _is_local):
        return Reading(value)
    if _most(texts, lambda text: re.search(ZONED, text) is not None):
        return Reading(value, is_zoned=True)
    formats = [pattern for pattern in _FORMATS if all(_fits(pattern, text) for text in texts)]
    if not formats:
        return None
    note = f"{name}: day and month could be swapped, read as {formats[0]}" if len(formats) > 1 else ""
    return Reading(f"strptime({term}, '{formats[0]}')", note=note)


def _is_local(text: str) -> bool:
    """Tell whether a mapping reads this as a local time without help."""
    for pattern, iso in OTHERS:
        text = re.sub(pattern, iso, text)
    if not re.search(LOCAL, text):
        return False
    year, month = re.split(r"[-/]", text)[:2]
    return int(year) in _YEARS and int(month) in _MONTHS


def _fits(pattern: str, text: str) -> bool:
    try:
        datetime.strptime(text, pattern)  # noqa: DTZ007 - only the form counts, the moment is thrown away
    except ValueError:
        return False
    return True


def _number_of_text(name: str, texts: Sequence[str]) -> Reading:
    expression, bare = quoted(name), list(texts)
    for old, new in _replacements(texts):
        expression = f"replace({expression}, '{old}', '{new}')"
        bare = [text.replace(old, new) for text in bare]
    if not _most(bare, _is_number):
        return Reading()
    number = f"TRY_CAST({expression} AS DOUBLE)"
    return Reading(as_number=number, as_term=number, is_whole=all(text.isdigit() for text in texts))


def _replacements(texts: Sequence[str]) -> list[tuple[str, str]]:
    """Return what to replace so that amounts with signs and separators become plain numbers."""
    signs = [(sign, "") for sign in _SIGNS if any(sign in text for text in texts)]
    if any(text.startswith("(") for text in texts):
        signs += [("(", "-"), (")", "")]  # an accountant's way to write a loss
    bare = list(texts)
    for old, new in signs:
        bare = [text.replace(old, new) for text in bare]
    with_comma = [text for text in bare if "," in text]
    if not with_comma:
        return signs
    if not all(_EUROPEAN.fullmatch(text) for text in with_comma):
        return [*signs, (",", "")]
    dotted = [text for text in bare if "." in text]
    has_thousands = bool(dotted) and all(_DOTTED_THOUSANDS.fullmatch(text) for text in dotted)
    return [*signs, *([(".", "")] if has_thousands else []), (",", ".")]


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def _most(texts: Sequence[str], fits: Callable[[str], bool]) -> bool:
    return sum(map(fits, texts)) >= MOST * len(texts)
