"""Perceived value of groups beside each other: segments, tiers and whatever else respondents are."""

import pandas as pd

from goodwill.report.chapters.perceived_scales import outcome_scale
from goodwill.report.charts import Axis, Series, heat, rows
from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Json
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words

_MOST = 24


def group_index(survey: Json, words: Words) -> Exhibit | None:
    """Return the index of perceived value of each group."""
    table = _grouped(survey, "value", words)
    table = table if table.empty else table[table["figure"] == "index"].dropna(subset=["mean"])
    if table.empty:
        return None
    series = [Series("mean", words("perceived.index"), "low", "high")]
    figure = rows(table, Axis("group", ""), Axis("mean", "", "number"), series)
    ordered = table.sort_values("mean", ascending=False)
    best, worst = ordered.iloc[0], ordered.iloc[-1]
    said = words(
        "perceived.groups_say",
        best=best["group"],
        high=words.number(best["mean"]),
        worst=worst["group"],
        low=words.number(worst["mean"]),
    )
    kinds: dict[str, Kind] = {"group": "text", "n": "count", "mean": "number", "low": "number"}
    kinds["high"] = "number"
    title, how = words("perceived.groups"), words("perceived.groups_how")
    return Exhibit("perceived-groups", title, how, table_of(table, kinds, words), figure, said, [said])


def group_dimensions(survey: Json, words: Words) -> Exhibit | None:
    """Return the score of each dimension in each group."""
    return _grid("dimensions", _grouped(survey, "dimensions", words), "score", "number", words)


def group_gaps(survey: Json, words: Words) -> Exhibit | None:
    """Return how far each dimension falls short of expectation in each group."""
    return _grid("gaps", _grouped(survey, "dimension_gaps", words), "gap", "number", words)


def group_drivers(survey: Json, words: Words) -> Exhibit | None:
    """Return what drives the outcome in each group."""
    return _grid("drivers", _grouped(survey, "drivers", words), "share", "share", words)


def group_needs(survey: Json, words: Words) -> Exhibit | None:
    """Return what to mend first in each group, in its last wave."""
    table = _grouped(survey, "needs_map", words)
    if not table.empty:
        table = table[table["wave"] == table["wave"].iloc[-1]]
    return _grid("needs", table, "priority", "number", words)


def group_kano(survey: Json, words: Words) -> Exhibit | None:
    """Return the features that groups place in different categories."""
    table = _grouped(survey, "kano", words)
    if table.empty:
        return None
    table["feature"] = table["label"].fillna(table["item"])
    is_told_apart = table.groupby(["item", "grouping"])["category"].transform("nunique") > 1
    table = table[is_told_apart].sort_values(["feature", "group"], kind="stable")
    if table.empty:
        return None
    table["category"] = [words.code("survey", code) for code in table["category"]]
    kinds: dict[str, Kind] = {"feature": "text", "group": "text", "n": "count", "category": "text"}
    kinds |= {"certainty": "share", "better": "measure", "worse": "measure"}
    title, how = words("perceived.groups_kano"), words("perceived.groups_kano_how")
    return Exhibit("perceived-groups-kano", title, how, table_of(table, kinds, words))


def group_outcomes(survey: Json, words: Words) -> Exhibit | None:
    """Return satisfaction and loyalty of each group, beside how far it lies from all others."""
    table = _grouped(survey, "satisfaction", words)
    if table.empty:
        return None
    table = outcome_scale(table, ["estimate", "low", "high", "difference"], words)
    kinds: dict[str, Kind] = {"item": "text", "group": "text", "n": "count", "estimate": "number"}
    kinds |= {"low": "number", "high": "number", "from_others": "number"}
    kinds |= {"p_adjusted": "p_value", "unit": "text"}
    table = table.rename(columns={"difference": "from_others"}).sort_values("item", kind="stable")
    title, how = words("perceived.groups_outcomes"), words("perceived.groups_outcomes_how")
    return Exhibit("perceived-groups-outcomes", title, how, table_of(table, kinds, words))


def _grid(key: str, table: pd.DataFrame, column: str, kind: Kind, words: Words) -> Exhibit | None:
    """Return a figure of each dimension in each group."""
    if table.empty:
        return None
    table = table.assign(dimension=[words.code("survey", code) for code in table["dimension"]])
    across, down = Axis("dimension", ""), Axis("group", "")
    figure = heat(table, across, down, Axis(column, words.column(column), kind))
    limits = ("share_low", "share_high") if column == "share" else ("low", "high")
    kinds: dict[str, Kind] = {"group": "text", "dimension": "text", column: kind}
    kinds |= {name: kind for name in limits if name in table}
    title, how = words(f"perceived.groups_{key}"), words(f"perceived.groups_{key}_how")
    return Exhibit(f"perceived-groups-{key}", title, how, table_of(table, kinds, words), figure, title)


def _grouped(survey: Json, part: str, words: Words) -> pd.DataFrame:
    """Return a table by group, its groups in words; of many groups those first found."""
    table = pd.DataFrame(survey.get("by_group", {}).get(part, []))
    if table.empty:
        return table
    named = [_name(*pair, words) for pair in zip(table["grouping"], table["group"], strict=True)]
    table = table.assign(group=named)
    shown = table["group"].unique()[:_MOST]
    return table[table["group"].isin(shown)].reset_index(drop=True)


def _name(grouping: str, group: str, words: Words) -> str:
    """Return what divides, and who it is: codes of ours in words, names of theirs as they are."""
    is_ours = grouping == "segment" or words.has(f"codes.{grouping}.{group}")
    known = words.names.get(grouping, {}).get(group)
    head = words.column(grouping) if words.has(f"columns.{grouping}") else grouping
    return f"{head}: {known or (words.code(grouping, group) if is_ours else group)}"
