"""From what stands in a cell to a number or to a Kano answer."""

import re
from collections.abc import Collection, Iterable, Mapping

import numpy as np
import pandas as pd

from goodwill.errors import TableError, UsageError
from goodwill.perceived.survey import KANO_ANSWERS, SIDES

_WHOLE = re.compile(r"^(-?\d+)\.0+$")
# What survey tools write beside a number, without a second one: "5 - very satisfied", "5分", "good (4)".
LABELLED = (
    r"^(-?[0-9]+) *(?:分|星|stars?|points?)$",
    r"^(-?[0-9]+) *(?:[-–—:=.)、(]|分) *[^0-9]+$",
    r"^[^0-9]+\((-?[0-9]+) *分?\)$",
)
HALF_WIDTH = "0123456789():-"
FULL_WIDTH = "".join(chr(ord(sign) + 0xFEE0) for sign in HALF_WIDTH)
_NARROW = str.maketrans(FULL_WIDTH, HALF_WIDTH)


def numbers(column: pd.Series, meant: Mapping[str, float] | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of a column, NaN where there is none, and where a cell holds anything at all.

    A number with its label, as survey tools write the ends of a scale, is that number.

    Parameters
    ----------
    meant : wording → the number it means, whatever the capitals and blanks.

    Examples
    --------
    >>> values, is_given = numbers(pd.Series(["4", " ", "x", None, "5 - Very satisfied", "1 - 2 times"]))
    >>> values.tolist(), is_given.tolist()
    ([4.0, nan, nan, nan, 5.0, nan], [True, False, True, False, True, True])
    """
    if pd.api.types.is_numeric_dtype(column):
        values = column.to_numpy(dtype=float, na_value=np.nan)
        return np.where(np.isfinite(values), values, np.nan), ~np.isnan(values)
    places, found = pd.factorize(column.astype("object"))
    texts = pd.Series([plain(word) for word in found], dtype="object")
    read = [
        texts.map(meant_numbers(meant or {})),
        texts,
        *(texts.str.extract(pattern, expand=False) for pattern in LABELLED),
    ]
    told = pd.DataFrame(dict(enumerate(read)), dtype="object").apply(pd.to_numeric, errors="coerce")
    values = told.bfill(axis=1).iloc[:, 0]
    is_given = np.array([*(texts != ""), False])
    return np.array([*values, np.nan])[places], is_given[places]


def meant_numbers(meant: Mapping[str, float]) -> dict[str, float]:
    """Return the number of each wording, wordings as cells are compared.

    Raises
    ------
    UsageError
        If two spellings of one wording mean different numbers.

    Examples
    --------
    >>> meant_numbers({"Very  good": 5, "very good": 4})
    Traceback (most recent call last):
    goodwill.errors.UsageError: numbers: 'very good' means both 5 and 4, whatever the capitals and blanks...
    """
    found: dict[str, float] = {}
    for wording, number in meant.items():
        word = plain(wording)
        if found.setdefault(word, number) != number:
            raise UsageError(
                f"numbers: {word!r} means both {found[word]:g} and {number:g}, whatever the capitals and "
                "blanks. Keep one."
            )
    return found


def is_word(column: pd.Series, words: Collection[str]) -> np.ndarray:
    """Return where a cell is one of some words, such as "n/a", whatever the capitals and blanks."""
    if not words or pd.api.types.is_numeric_dtype(column):
        return np.zeros(len(column), dtype=bool)
    wanted = {plain(word) for word in words}
    return column.astype("object").map(plain, na_action="ignore").isin(wanted).to_numpy(dtype=bool)


def kano_codes(column: pd.Series, meanings: Mapping[str, str]) -> tuple[np.ndarray, np.ndarray]:
    """Return places in `KANO_ANSWERS`, -1 where none, and where a cell holds anything at all.

    Examples
    --------
    >>> codes, _ = kano_codes(pd.Series(["I like it", "LIKE", "eh"]), meanings({"like": ["i like it"]}))
    >>> codes.tolist()
    [0, 0, -1]
    """
    places, found = pd.factorize(column.astype("object"))
    words = [plain(word) for word in found]
    known = [KANO_ANSWERS.index(meanings[word]) if word in meanings else -1 for word in words]
    codes = np.array([*known, -1], dtype=np.int8)
    given = np.array([*(word != "" for word in words), False])
    return codes[places], given[places]


def meanings(answers: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Return wording → Kano code, the codes themselves among the wordings.

    Raises
    ------
    UsageError
        If a code is unknown, or one wording means two codes.

    Examples
    --------
    >>> meanings({"like": ["1", "It would please me"]})["it would please me"]
    'like'
    """
    unknown = [code for code in answers if code not in KANO_ANSWERS]
    if unknown:
        raise UsageError(f"answers: unknown code {unknown[0]!r}. Codes are {', '.join(KANO_ANSWERS)}.")
    found = {code: code for code in KANO_ANSWERS}
    for code, wordings in answers.items():
        for word in map(plain, wordings):
            if found.get(word, code) != code:
                raise UsageError(f"answers: {word!r} means both {found[word]} and {code}. Keep one.")
            found[word] = code
    return found


def coded(codes: np.ndarray, names: Iterable[str]) -> pd.Categorical:
    """Return text as places in a list of names; -1 is missing.

    Examples
    --------
    >>> coded(np.array([1, -1]), ["a", "b"]).tolist()
    ['b', nan]
    """
    return pd.Categorical.from_codes(codes, pd.Index(list(names), dtype="str"))


def side_codes(column: pd.Series) -> np.ndarray:
    """Return places in `SIDES`.

    Raises
    ------
    TableError
        If a side is none of them.

    Examples
    --------
    >>> side_codes(pd.Series(["score", "Perception"])).tolist()
    [0, 2]
    """
    places, found = pd.factorize(column.astype("object"))
    names = [plain(name) for name in found]
    unknown = [name for name in names if name not in SIDES]
    if unknown or (places < 0).any():
        what = repr(unknown[0]) if unknown else "a missing side"
        raise TableError(f"surveys.side: found {what}; sides are {', '.join(SIDES)}. Map them in `columns`.")
    return np.array([SIDES.index(name) for name in names], dtype=np.int8)[places]


def plain(word: object) -> str:
    """Return what stands in a cell as cells are compared: small letters, single blanks, narrow digits.

    Examples
    --------
    >>> plain(" Strongly  AGREE"), plain(4.0)
    ('strongly agree', '4')
    """
    text = " ".join(str(word).translate(_NARROW).split()).casefold()
    return _WHOLE.sub(r"\1", text)
