"""Who answered, when, about which brand and with which weight."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import pandas as pd

from goodwill.errors import TableError, UsageError
from goodwill.perceived.words import coded

Period = Literal["day", "week", "month", "quarter", "year"]
PERIOD_CODES = {"day": "D", "week": "W", "month": "M", "quarter": "Q", "year": "Y"}


@dataclass(frozen=True)
class ReadingRules:
    """How answers are read.

    Parameters
    ----------
    answers : Kano code (like, must_be, neutral, live_with, dislike) → its wordings, besides the code itself.
    wave : the period of `time` that makes a wave, where no wave is given.
    waves : names of the waves in the order of time, where `time` does not tell it.
    own_brand : the brand that is ours, where brands are compared.
    duplicates : "keep" counts a repeated interview as another respondent, "drop" keeps the first.
    straight_liners : whether respondents whose ratings never vary stay.
    impossible : "missing" reads an impossible answer as none, "drop" leaves the respondent out, "error"
        stops.
    """

    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wave: Period = "month"
    waves: tuple[str, ...] = ()
    own_brand: str | None = None
    duplicates: Literal["keep", "drop"] = "keep"
    straight_liners: Literal["keep", "drop"] = "keep"
    impossible: Literal["missing", "drop", "error"] = "missing"


def facts_of(frame: pd.DataFrame, rules: ReadingRules) -> pd.DataFrame:
    """Return who, when, what about and with which weight, a row per row of `frame`.

    Raises
    ------
    TableError
        If a weight is missing, negative or infinite, or all are zero; or a wave is not in `rules.waves`.
    """
    n = len(frame)
    return pd.DataFrame({
        "respondent": _categorical(_ids(frame)),
        "weight": _weights(frame),
        "wave": _waves(frame, rules),
        "brand": _categorical(frame["brand"]) if "brand" in frame else _nothing(n),
        "instrument": _categorical(frame["instrument"]) if "instrument" in frame else _nothing(n),
    })  # fmt: skip


def grouped(groups: pd.Series, respondents: pd.Index) -> pd.Series:
    """Return the group of each respondent, missing for who belongs to none.

    Raises
    ------
    UsageError
        If the groups are no series, or their index holds none of the respondents, or one twice.

    Examples
    --------
    >>> grouped(pd.Series({"b": "young"}), pd.Index(["a", "b"])).tolist()
    [nan, 'young']
    """
    if not isinstance(groups, pd.Series):
        raise UsageError(f"groups: a {type(groups).__name__}. Give a series with one group by respondent.")
    if not groups.index.is_unique:
        n = int(groups.index.duplicated().sum())
        raise UsageError(f"groups: {n} of {len(groups)} rows repeat a respondent. Give one group each.")
    if len(groups) and not groups.index.isin(respondents).any():
        raise UsageError(
            f"groups: none of {len(respondents)} respondents is in its index. Index them by respondent, as "
            "`survey.respondents` does."
        )
    return groups.reindex(respondents)


def ensure_who(who: np.ndarray | None, respondents: pd.Index) -> None:
    """Raise UsageError where who counts is not told by a Boolean for each respondent.

    Examples
    --------
    >>> ensure_who(np.array([True]), pd.Index(["a", "b"]))
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: who: of the shape (1,) and type bool, beside 2 respondents. Say True ...
    """
    if who is None:
        return
    given = np.asarray(who)
    if given.shape != (len(respondents),) or given.dtype != np.bool_:
        raise UsageError(
            f"who: of the shape {given.shape} and type {given.dtype}, beside {len(respondents)} respondents. "
            "Say True or False of each, in the order of `survey.respondents`."
        )


def repeated(keys: pd.DataFrame) -> np.ndarray:
    """Return how often the same keys stood before, row by row.

    Examples
    --------
    >>> repeated(pd.DataFrame({"respondent": pd.Categorical(["a", "b", "a"])})).tolist()
    [0, 0, 1]
    """
    key = np.zeros(len(keys), dtype=np.int64)
    for name in keys:
        codes = keys[name].cat.codes.to_numpy().astype(np.int64) + 1
        key = key * (len(keys[name].cat.categories) + 1) + codes
    series = pd.Series(key)
    if not series.duplicated().any():
        return np.zeros(len(keys), dtype=np.int64)
    return series.groupby(key).cumcount().to_numpy()


def numbered(respondents: pd.Series, before: np.ndarray) -> pd.Series:
    """Return respondents with repeated interviews as respondents of their own, such as a and a#2.

    Examples
    --------
    >>> numbered(pd.Series(["a", "a"], dtype="category"), np.array([0, 1])).tolist()
    ['a', 'a#2']
    """
    if not before.any():
        return respondents
    names = respondents.astype("object").to_numpy().copy()
    again = before > 0
    names[again] = [f"{name}#{n + 1}" for name, n in zip(names[again], before[again], strict=True)]
    return pd.Series(_categorical(pd.Series(names)), index=respondents.index)


def _ids(frame: pd.DataFrame) -> pd.Series:
    """Return customer ids where given, else respondents, else row numbers."""
    named = [frame[name] for name in ("customer_id", "respondent") if name in frame]
    if not named:
        return pd.Series(np.arange(1, len(frame) + 1), index=frame.index)
    ids = named[0] if len(named) == 1 else named[0].where(named[0].notna(), named[1])
    if ids.isna().any():
        raise TableError(
            f"surveys: {int(ids.isna().sum()):,} of {len(ids):,} rows have no customer_id and no respondent. "
            "Leave them out by `where`, or in a long table by `null_ids: drop`."
        )
    return ids


def _weights(frame: pd.DataFrame) -> np.ndarray:
    if "weight" not in frame:
        return np.ones(len(frame))
    weights = pd.to_numeric(frame["weight"], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    n_bad = int((~np.isfinite(weights) | (weights < 0)).sum())
    if n_bad or not weights.any():
        what = (
            f"{n_bad:,} of {len(weights):,} are missing, no number, negative or infinite"
            if n_bad
            else "all are zero"
        )
        raise TableError(f"surveys.weight: {what}. A weight is a number of people that an answer stands for.")
    return weights


def _waves(frame: pd.DataFrame, rules: ReadingRules) -> pd.Categorical:
    """Return waves in the order that is given, else of time, else of their names."""
    if rules.waves and "wave" in frame:
        return _ordered(_texts(frame["wave"]), rules.waves)
    if "time" not in frame or frame["time"].isna().all():
        if "wave" not in frame:
            return _nothing(len(frame))
        return coded(*pd.factorize(_texts(frame["wave"]), sort=True))
    periods = _times(frame["time"]).dt.to_period(PERIOD_CODES[rules.wave])
    if "wave" not in frame:
        codes, found = pd.factorize(periods, sort=True)
        return coded(codes, found.astype(str))
    names = _texts(frame["wave"])
    first = list(periods.groupby(names).min().sort_values(kind="stable").index)
    return coded(pd.Index(first).get_indexer(names), first)


def _times(column: pd.Series) -> pd.Series:
    """Return moments; texts are read as ISO writes them, as any other order of day and month is a guess."""
    if pd.api.types.is_datetime64_any_dtype(column):
        return column
    given = _texts(column).map(str.strip, na_action="ignore")
    given = given.mask(given == "")
    try:
        times = pd.to_datetime(given, errors="coerce", format="ISO8601")
    except ValueError as error:
        raise TableError(
            f"surveys.time: {len(given):,} values are of several time zones. "
            "Map an expression that gives days of one zone, such as left(time, 10)."
        ) from error
    strange = given[given.notna() & times.isna()]
    if len(strange):
        raise TableError(
            f"surveys.time: {len(strange):,} of {len(given):,} values are no days such as 2024-01-31. "
            "Map an expression that reads them, such as strptime(day, '%d.%m.%Y')."
        )
    return times


def _texts(column: pd.Series) -> pd.Series:
    return column.astype("object").map(_text, na_action="ignore")


def _ordered(names: pd.Series, order: tuple[str, ...]) -> pd.Categorical:
    known = pd.Index(list(dict.fromkeys(order)))
    strange = names[names.notna() & ~names.isin(known)]
    if len(strange):
        raise TableError(
            f"surveys.wave: {len(strange):,} of {len(names):,} rows are of a wave that `surveys.waves` does "
            f"not name: {', '.join(sorted(strange.unique())[:3])}. Name every wave there, first to last."
        )
    present = known[known.isin(names)]
    return coded(present.get_indexer(pd.Index(names)), present)


def _categorical(column: pd.Series) -> pd.Categorical:
    codes, found = pd.factorize(column.to_numpy() if column.dtype == object else column)
    return coded(codes, [_text(name) for name in found])


def _text(name: object) -> str:
    """Ids are text: 17850.0 is 17850."""
    return str(int(name)) if isinstance(name, float) and name.is_integer() else str(name)


def _nothing(n: int) -> pd.Categorical:
    return coded(np.full(n, -1, dtype=np.int8), [])
