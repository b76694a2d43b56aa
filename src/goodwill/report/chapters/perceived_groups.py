"""Perceived value of groups beside each other: segments, tiers and whatever else respondents are."""

import numpy as np
import pandas as pd

from goodwill.report.chapters.perceived_scales import outcome_scale
from goodwill.report.charts import Axis, Series, heat, rows
from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Json
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words

_MOST, _NO_CLASS = 24, "not_computable"


def group_index(survey: Json, words: Words) -> Exhibit | None:
    """Return the index of perceived value of each group."""
    table = _grouped(survey, "value", words)
    table = table if table.empty else table[table["figure"] == "index"].dropna(subset=["mean"])
    if table.empty:
        return None
    series = [Series("mean", words("perceived.index"), "low", "high")]
    figure = rows(table, Axis("group", ""), Axis("mean", "", "number"), series)
    points = [_ends(own, words) for _, own in table.groupby("grouping", sort=False) if len(own) > 1]
    n_groups = len({(row["grouping"], row["group"]) for row in survey["by_group"]["value"]})
    notes = [words("perceived.groups_most", n=_MOST, all=n_groups)] if n_groups > _MOST else []
    kinds: dict[str, Kind] = {"group": "text", "n": "count", "mean": "number", "low": "number"}
    kinds["high"] = "number"
    title, how = words("perceived.groups"), words("perceived.groups_how")
    says = str(words.texts["page"]["list_joint"]).join(points)
    numbers = table_of(table, kinds, words)
    return Exhibit("perceived-groups", title, how, numbers, figure, says, notes, points=points)


def _ends(own: pd.DataFrame, words: Words) -> str:
    """Return which group of a division feels most value and which least."""
    ordered = own.sort_values("mean", ascending=False)
    best, worst = ordered.iloc[0], ordered.iloc[-1]
    high, low = words.number(best["mean"]), words.number(worst["mean"])
    return words("perceived.groups_say", best=best["group"], high=high, worst=worst["group"], low=low)


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
    """Return what to mend first in each group, in the last wave in which it told."""
    table = _grouped(survey, "needs_map", words)
    if not table.empty:
        table = table.dropna(subset=["priority"])
        table = table[table["wave"] == table.groupby("group")["wave"].transform("last")]
    return _grid("needs", table, "priority", "number", words)


def group_kano(survey: Json, words: Words) -> Exhibit | None:
    """Return the features that groups place in different categories."""
    table = _grouped(survey, "kano", words)
    if table.empty or "p_adjusted" not in table:
        return None
    table["feature"] = table["label"].fillna(table["item"])
    is_told_apart = table["p_adjusted"].astype(float) < 1 - survey.get("level", 0.95)
    table = table[is_told_apart].sort_values(["feature", "order"], kind="stable")
    title, how = words("perceived.groups_kano"), words("perceived.groups_kano_how")
    if table.empty:
        return Exhibit("perceived-groups-kano", title, notes=[words("perceived.groups_kano_none")])
    table["category"] = [words.code("survey", code) for code in table["category"]]
    kinds: dict[str, Kind] = {"feature": "text", "group": "text", "n": "count", "category": "text"}
    kinds |= {"certainty": "share", "better": "measure", "worse": "measure", "p_adjusted": "p_value"}
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
    kinds: dict[str, Kind] = {"group": "text"}
    kinds |= {"wave": "text"} if "wave" in table else {}
    kinds |= {"dimension": "text", column: kind}
    kinds |= {name: kind for name in limits if name in table}
    title, how = words(f"perceived.groups_{key}"), words(f"perceived.groups_{key}_how")
    return Exhibit(f"perceived-groups-{key}", title, how, table_of(table, kinds, words), figure, title)


def _grouped(survey: Json, part: str, words: Words) -> pd.DataFrame:
    """Return a table by group, groups in words and in the order of their codes; of many the largest."""
    table = pd.DataFrame(survey.get("by_group", {}).get(part, []))
    if table.empty:
        return table
    pairs = pd.MultiIndex.from_frame(table[["grouping", "group"]])
    shown = sorted(_shown(survey, pairs.unique()), key=lambda pair: _place(pair[0], pair[1], words))
    place = {pair: float(order) for order, pair in enumerate(shown)}
    named = [words.group(*pair) for pair in pairs]
    table = table.assign(group=named, order=[place.get(pair, np.nan) for pair in pairs]).dropna(
        subset=["order"]
    )
    return table.sort_values("order", kind="stable", ignore_index=True)


def _shown(survey: Json, pairs: pd.Index) -> list[tuple[str, str]]:
    sizes = {
        (row["grouping"], row["group"]): row["n"]
        for row in survey["by_group"].get("value", [])
        if row["figure"] == "index"
    }
    told = [pair for pair in pairs if pair[1] != _NO_CLASS]
    largest = set(sorted(told, key=lambda pair: -sizes.get(pair, 0))[:_MOST])
    return [pair for pair in told if pair in largest]


def _place(grouping: str, group: str, words: Words) -> tuple[str, int]:
    """Return where a group stands: classes of ours from the best to the least."""
    known = list(words.texts["codes"].get(grouping, ()))
    return grouping, known.index(group) if group in known else len(known)
