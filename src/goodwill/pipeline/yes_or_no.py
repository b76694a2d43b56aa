"""Outcomes of a campaign that are told in words: yes and no."""

from collections.abc import Iterable

import pandas as pd

_YES = {"1", "1.0", "yes", "y", "true", "t", "ja", "j", "oui", "si", "sí", "sim", "是", "有"}
_NO = {"0", "0.0", "no", "n", "false", "f", "nein", "non", "não", "nao", "否", "无"}


def with_words_read(rows: pd.DataFrame, names: Iterable[str]) -> pd.DataFrame:
    """Return rows whose columns hold 1 and 0 for yes and no; all else stays as it is.

    Parameters
    ----------
    names : columns that may hold words; missing cells stay missing, and other words stay, to be counted.

    Examples
    --------
    >>> rows = pd.DataFrame({"came": ["Y", "N", None], "spent": ["much", "N", "N"]})
    >>> with_words_read(rows, ["came", "spent"]).to_dict("list")
    {'came': [1.0, 0.0, nan], 'spent': ['much', 0.0, 0.0]}
    """
    return rows.assign(**{name: _read(rows[name]) for name in names})


def _read(column: pd.Series) -> pd.Series:
    if not pd.api.types.is_string_dtype(column.dropna()):
        return column
    words = column.map(lambda word: str(word).strip().casefold(), na_action="ignore")
    known = {**dict.fromkeys(_YES, 1.0), **dict.fromkeys(_NO, 0.0)}
    read = words.map(known).astype("float64")
    return read if words.dropna().isin(known).all() else read.astype("object").fillna(column)
