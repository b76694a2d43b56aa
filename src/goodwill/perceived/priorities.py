"""Needs over time: how themes, gaps and priorities move from wave to wave."""

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from goodwill.errors import TableError

NEED_KINDS = ("pain", "concern", "expectation")


def theme_waves(comments: pd.DataFrame, waves: Sequence[str] | None = None) -> pd.DataFrame:
    """Return the share of each theme in each wave.

    Parameters
    ----------
    comments : as `voices` returns them, with a column `wave`.
    waves : their order; by default the order of their names.

    Returns
    -------
    A row per wave and theme: `n_comments`, `share` of the wave's comments, `change` since the wave before,
    and `<kind>_share` of the theme's comments for pain, concern and expectation.

    Raises
    ------
    TableError : no column `wave`, `theme` or `kind`.

    Examples
    --------
    >>> rows = [("2024", "price", "pain"), ("2025", "price", "pain"), ("2025", "app", "praise")]
    >>> said = pd.DataFrame(rows, columns=["wave", "theme", "kind"])
    >>> theme_waves(said).set_index(["theme", "wave"])["share"].to_dict()[("price", "2025")]
    0.5
    """
    _ensure(comments, ["wave", "theme", "kind"])
    known = comments.dropna(subset=["wave"])
    order = list(waves) if waves is not None else sorted(known["wave"].unique())
    themes = known["theme"].dropna().unique()
    grid = pd.MultiIndex.from_product([order, themes], names=["wave", "theme"])
    counted = known.groupby(["wave", "theme"], observed=True).size().reindex(grid, fill_value=0)
    totals = known.groupby("wave", observed=True).size().reindex(order, fill_value=0)
    table = counted.rename("n_comments").to_frame()
    asked = totals.reindex(table.index.get_level_values("wave")).to_numpy(dtype=float)
    table["share"] = table["n_comments"] / np.where(asked > 0, asked, np.nan)
    table["change"] = table.groupby("theme", sort=False)["share"].diff()
    for kind in NEED_KINDS:
        is_kind = known["kind"] == kind
        own = is_kind.groupby([known["wave"], known["theme"]], observed=True).mean()
        table[f"{kind}_share"] = own.reindex(grid)
    return table.reset_index()


def theme_groups(comments: pd.DataFrame, group: pd.Series) -> pd.DataFrame:
    """Return the share of each theme among the comments of each group of writers.

    Parameters
    ----------
    comments : as `voices` returns them.
    group : (n_comments,) the writer's group, missing where unknown.

    Returns
    -------
    A row per group and theme: `n_comments`, `share` of the group's comments, and `<kind>_share` of the
    theme's comments for pain, concern and expectation.

    Examples
    --------
    >>> said = pd.DataFrame({"theme": ["price", "app", "app"], "kind": ["pain", "pain", "praise"]})
    >>> found = theme_groups(said, pd.Series(["gold", "gold", None]))
    >>> found[["group", "theme", "share", "pain_share"]].to_numpy().tolist()
    [['gold', 'app', 0.5, 1.0], ['gold', 'price', 0.5, 1.0]]
    """
    named = comments.assign(wave=group.to_numpy(dtype=object))
    found = theme_waves(named, sorted(named["wave"].dropna().unique(), key=str))
    ordered = found.rename(columns={"wave": "group"}).drop(columns="change")
    return ordered.sort_values(["group", "theme"], ignore_index=True)


def needs_map(
    gaps: pd.DataFrame,
    importance: pd.Series,
    comments: pd.DataFrame | None = None,
    costs: Collection[str] = (),
) -> pd.DataFrame:
    """Return what to mend first in each wave, and how that order moves: the dynamic needs map.

    Parameters
    ----------
    gaps : a row per wave and dimension, waves in order: `wave`, `dimension`, `gap` (perception less
        expectation, below 0 is a shortfall).
    importance : weight of each dimension, adding up to 1.
    comments : as `voices` returns them, with a column `wave`: what people say of each dimension.
    costs : dimensions of which more than expected is the shortfall.

    Returns
    -------
    A row per wave and dimension: `gap`, `gap_change`, `importance`, `voice_share` (of the wave's comments:
    pains, concerns and expectations about the dimension) with `voice_change`, `priority` =
    importance × shortfall (points of the scale, 0 where nothing is missing), `rank` in its wave and
    `rank_change` (below 0: more urgent than in the wave before).

    Raises
    ------
    TableError : a column is missing.

    Examples
    --------
    >>> rows = [("1", "price", -1.0), ("1", "staff", -2.0), ("2", "price", -1.5), ("2", "staff", -0.5)]
    >>> gaps = pd.DataFrame(rows, columns=["wave", "dimension", "gap"])
    >>> found = needs_map(gaps, pd.Series({"price": 0.5, "staff": 0.5}))
    >>> found[["priority", "rank"]].to_numpy().tolist()
    [[0.5, 2.0], [1.0, 1.0], [0.75, 1.0], [0.25, 2.0]]
    """
    _ensure(gaps, ["wave", "dimension", "gap"])
    table = gaps[["wave", "dimension", "gap"]].reset_index(drop=True)
    table["importance"] = table["dimension"].map(importance).astype(float)
    short = table["gap"].where(table["dimension"].isin(costs), -table["gap"])
    table["priority"] = table["importance"] * short.clip(lower=0)
    table["rank"] = table.groupby("wave", sort=False)["priority"].rank(ascending=False, method="min")
    table["voice_share"] = _voices(table, comments)
    for name, change in (("gap", "gap_change"), ("voice_share", "voice_change"), ("rank", "rank_change")):
        table[change] = table.groupby("dimension", sort=False)[name].diff()
    return table


def _voices(table: pd.DataFrame, comments: pd.DataFrame | None) -> pd.Series:
    if comments is None:
        return pd.Series(float("nan"), index=table.index)
    _ensure(comments, ["wave", "dimension", "kind"])
    is_need = comments["kind"].isin(NEED_KINDS)
    said = comments[is_need].groupby(["wave", "dimension"], observed=True).size()
    totals = comments.groupby("wave", observed=True).size()
    keys = pd.MultiIndex.from_frame(table[["wave", "dimension"]])
    count = pd.Series(said.reindex(keys, fill_value=0).to_numpy(dtype=float), index=table.index)
    return count / totals.reindex(table["wave"]).to_numpy(dtype=float)


def _ensure(table: pd.DataFrame, columns: Sequence[str]) -> None:
    absent = [name for name in columns if name not in table]
    if absent:
        raise TableError(
            f"columns {', '.join(absent)} are missing; the table has {', '.join(map(str, table.columns))}."
        )
