"""Customers of a ready-made table in groups: the levels of a category, the tenths of a number."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.modeling.encoding import OTHER
from goodwill.modeling.profiles.columns import ProfileColumns
from goodwill.monitoring.calibration import deciles

F = NDArray[np.float64]
MOST_COLUMNS = 5
_FEW_VALUES = 10


def strongest_groups(columns: ProfileColumns, X: pd.DataFrame, said: F) -> dict[str, pd.Series]:
    """Return the groups of the columns by which predictions differ most, each customer's by column.

    Parameters
    ----------
    X : (n, ...) the table. said : (n,) what was predicted; what came true plays no part in the choice.

    Examples
    --------
    >>> X = pd.DataFrame({"months": range(100), "plan": ["basic", "gold"] * 50})
    >>> groups = strongest_groups(ProfileColumns.fit(X), X, X["months"].to_numpy(float))
    >>> list(groups), groups["months"].iloc[0], groups["plan"].iloc[1]
    (['months', 'plan'], 'months [0, 9]', 'plan = gold')
    """
    groups = dict(_groups(columns, X))
    told = {name: _share_told(group, said) for name, group in groups.items()}
    return {name: groups[name] for name in sorted(told, key=lambda name: -told[name])[:MOST_COLUMNS]}


def _groups(columns: ProfileColumns, X: pd.DataFrame) -> Iterator[tuple[str, pd.Series]]:
    design = columns.design(X)
    numbers, levels = columns.encoding.numbers, columns.encoding.levels
    for place, name in enumerate(numbers):
        yield name, _ranges(name, design.iloc[:, place])
    start = len(numbers)
    for name, known in levels.items():
        cells = design.iloc[:, start : start + len(known) + 1].to_numpy()
        named = np.array([f"{name} = {level}" for level in (*known, OTHER)], dtype=object)
        group = np.where(cells.any(axis=1), named[cells.argmax(axis=1)], _missing(name))
        yield name, pd.Series(group, index=X.index)
        start += len(known) + 1


def _ranges(name: str, values: pd.Series) -> pd.Series:
    """Return the value where there are few, else the ends of its tenth."""
    known = values.dropna()
    if known.nunique() <= _FEW_VALUES:
        group = known.map(lambda value: f"{name} = {value:.6g}")
    else:
        ends = known.groupby(deciles(known)).agg(["min", "max"])
        texts = {tenth: f"{name} [{low:.6g}, {high:.6g}]" for tenth, low, high in ends.itertuples()}
        group = deciles(known).map(texts)
    return group.astype(object).reindex(values.index, fill_value=_missing(name))


def _missing(name: str) -> str:
    return f"{name} = –"


def _share_told(group: pd.Series, said: F) -> float:
    """Return the share of the variance of predictions that lies between the groups."""
    rows = pd.Series(said, index=group.index)
    return float(rows.groupby(group).transform("mean").var() / rows.var()) if rows.var() > 0 else 0.0
