"""Lists of customers for other systems, such as advertising: a CSV per offer or class, hashed if wanted."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from goodwill.errors import UsageError
from goodwill.files import replacing

_UNSAFE = re.compile(r"[^\w.-]+")
_PHONE = re.compile(r"\+[\d ()./-]+")
_NO_DIGIT = re.compile(r"\(0\)|[ ()./-]")  # a (0) is dialled at home alone


def hashed_ids(ids: pd.Series, salt: str = "") -> pd.Series:
    """Return SHA-256 of each normalised identifier, in hexadecimal.

    Normalised as advertising systems ask for: Unicode NFKC, without space around it, in lower case; a phone
    number with its country code is + and digits (E.164). With a salt nobody can match the list against
    identifiers they hold, the advertising system included.

    Examples
    --------
    >>> same = hashed_ids(pd.Series(["Ann@Example.com ", "ann@example.com"]))
    >>> same[0] == same[1], same[0][:16]
    (True, '71d4f55f72fa128d')
    >>> hashed_ids(pd.Series(["+44 (0)20 7946-0001", "+442079460001"])).nunique()
    1
    >>> bool(hashed_ids(pd.Series(["1"]), "s")[0] == hashed_ids(pd.Series(["1"]))[0])
    False
    """
    texts = [unicodedata.normalize("NFKC", str(one)).strip().lower() for one in ids]
    plain = [_NO_DIGIT.sub("", one) if _PHONE.fullmatch(one) else one for one in texts]
    return pd.Series([hashlib.sha256(f"{salt}{one}".encode()).hexdigest() for one in plain], index=ids.index)


def ensure_listable(customers: pd.DataFrame, columns: Sequence[str]) -> None:
    """Raise UsageError where a column that lists are made by or of is missing, or asked for twice."""
    twice = [column for place, column in enumerate(columns) if column in columns[:place]]
    if twice:
        raise UsageError(
            f"audiences: {twice[0]} is asked for twice. Lists are made by one column, such as tier, of "
            "another: leave it out of `audiences.by`."
        )
    missing = [column for column in columns if column not in customers]
    if missing:
        raise UsageError(
            f"audiences: there is no column {missing[0]}; there are "
            f"{', '.join(map(str, customers.columns))}. Name one of these, or carry it there with "
            "`score.carry` and score again."
        )


def write_audiences(
    folder: Path,
    customers: pd.DataFrame,
    by: str,
    *,
    identifier: str = "customer_id",
    salt: str | None = None,
) -> dict[str, int]:
    """Write one CSV per value of a column, each a list of identifiers; the folder is replaced as a whole.

    Parameters
    ----------
    customers : a row per customer, with `by` (an offer, a strategy, a class) and the identifier.
    identifier : the column written, such as customer_id or an e-mail address; missing ones are left out.
    salt : hash the identifiers with this salt, which may be empty; None writes them as they are.

    Returns
    -------
    The number of identifiers by value.

    Raises
    ------
    UsageError
        If a column is missing, both are one, or the folder cannot be written.
    """
    ensure_listable(customers, [by, identifier])
    known = customers[[by, identifier]].dropna()
    numbers = known[identifier]
    if pd.api.types.is_float_dtype(numbers) and (numbers % 1 == 0).all():
        # Whole numbers, which a missing one among them has made floats.
        known = known.assign(**{identifier: numbers.astype("int64")})
    if salt is not None:
        known = known.assign(**{identifier: hashed_ids(known[identifier], salt)})
    counts = {}
    with replacing(folder) as draft:
        draft.mkdir()
        for place, (value, rows) in enumerate(known.groupby(by, sort=True)):
            ids = rows[[identifier]].drop_duplicates()
            ids.to_csv(draft / f"{place:02}_{_UNSAFE.sub('_', str(value))[:80]}.csv", index=False)
            counts[str(value)] = len(ids)
    return counts
