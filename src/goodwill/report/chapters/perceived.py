"""What customers feel they get for what they pay, where they were asked."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from goodwill.report.chapters.perceived_behaviour import gain, tiers
from goodwill.report.chapters.perceived_course import index_course, need_course, response, theme_course
from goodwill.report.chapters.perceived_groups import (
    group_dimensions,
    group_drivers,
    group_gaps,
    group_index,
    group_kano,
    group_needs,
    group_outcomes,
)
from goodwill.report.chapters.perceived_maps import kano, leads, priorities, rivals
from goodwill.report.chapters.perceived_scales import outcome_scale, reliability
from goodwill.report.charts import Axis, Series, rows
from goodwill.report.exhibit import Exhibit, Fact
from goodwill.report.material import Json, Material
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words

_MOST = 24


def exhibits(material: Material, words: Words) -> Sequence[Exhibit]:
    """Return what the survey showed, part by part; a part that was not asked is not there."""
    survey = material.findings.get("survey", {})
    makers = (
        _dimensions, index_course, reliability, _gaps, priorities, need_course, kano, _satisfaction, _drivers,
        response, _themes, theme_course, rivals, leads, group_index, group_dimensions, group_gaps,
        group_needs, group_kano, group_outcomes, group_drivers, gain, tiers, _notes,
    )  # fmt: skip
    found = [make(survey, words) for make in makers] if survey else []
    return [exhibit for exhibit in found if exhibit is not None]


def _dimensions(survey: Json, words: Words) -> Exhibit | None:
    table = pd.DataFrame(survey.get("dimensions", []))
    if table.empty:
        return None
    table["name"] = _named(table["dimension"], words)
    table = table.sort_values("score", ascending=False)
    # The highest score of a cost is no praise.
    praised = table[table["kind"] != "cost"] if (table["kind"] != "cost").any() else table
    table["kind"] = _named(table["kind"], words)
    figure = rows(
        table,
        Axis("name", ""),
        Axis("score", "", "number"),
        [Series("score", words.column("score"), "low", "high")],
    )  # fmt: skip
    best, worst = praised.iloc[0], praised.iloc[-1]
    said = words(
        "perceived.dimensions_says",
        best=best["name"],
        high=words.number(best["score"]),
        worst=worst["name"],
        low=words.number(worst["score"]),
    )
    kinds: dict[str, Kind] = {"dimension": "text", "kind": "text", "n": "count", "score": "number"}
    kinds |= {"low": "number", "high": "number", "weight": "share"}
    origin = words.code("survey", survey.get("weights_from"))
    notes = [said, words("perceived.weights", origin=origin)]
    return Exhibit(
        "perceived-dimensions", words("perceived.dimensions"), words("perceived.dimensions_how"),
        table_of(table.assign(dimension=table["name"]), kinds, words), figure, said, notes,
        _facts(survey, words),
    )  # fmt: skip


def _facts(survey: Json, words: Words) -> list[Fact]:
    facts = [
        Fact(words.count(survey.get("quality", {}).get("n_respondents")), words("perceived.respondents"))
    ]
    indices = [row for row in survey.get("value", {}).get("value", []) if row["figure"] == "index"]
    facts += [_with_interval(row["mean"], row, words("perceived.index"), words) for row in indices]
    scores = survey.get("nps", [])
    return facts + [_with_interval(row["estimate"], row, words("perceived.nps"), words) for row in scores]


def _with_interval(mean: float | None, row: Json, label: str, words: Words) -> Fact:
    return Fact(words.number(mean), label, f"{words.number(row['low'])} – {words.number(row['high'])}")


def _gaps(survey: Json, words: Words) -> Exhibit | None:
    table = pd.DataFrame(survey.get("gaps", {}).get("items", []))
    if table.empty:
        return None
    table["name"] = table["label"].fillna(table["item"])
    table = table.sort_values("gap", ignore_index=True)
    short = table["verdict"] == "shortfall"
    table["verdict"] = _named(table["verdict"], words)
    shown = table[:_MOST]
    series = [Series("gap", words.column("gap"), "low", "high")]
    figure = rows(shown, Axis("name", ""), Axis("gap", "", "number"), series)
    said = _shortest(table[short], words)
    kinds: dict[str, Kind] = {"item": "text", "n": "count", "expectation": "number", "perception": "number"}
    kinds |= {"gap": "number", "low": "number", "high": "number", "p_adjusted": "p_value", "verdict": "text"}
    title, how = words("perceived.gaps"), words("perceived.gaps_how")
    numbers = table_of(table.assign(item=table["name"]), kinds, words)
    return Exhibit("perceived-gaps", title, how, numbers, figure, said, [said])


def _shortest(short: pd.DataFrame, words: Words) -> str:
    """Return which item falls short most; of a cost it is what exceeds the expectation."""
    if short.empty:
        return words("perceived.gaps_none")
    first = short.sort_values("gap", key=abs).iloc[-1]
    return words("perceived.gaps_says", item=first["name"], gap=words.number(first["gap"]))


def _notes(survey: Json, words: Words) -> Exhibit | None:
    """Return what the run warned of: answers that count as none, what was not computed and why."""
    notes = survey.get("notes", {}).get(words.language, [])
    return Exhibit("perceived-notes", words("perceived.notes"), points=notes) if notes else None


def _satisfaction(survey: Json, words: Words) -> Exhibit | None:
    table = pd.DataFrame(survey.get("satisfaction", {}).get("outcomes", []))
    if table.empty:
        return None
    table = outcome_scale(table, ["estimate", "low", "high"], words)
    table["measure"] = _named(table["measure"], words)
    kinds: dict[str, Kind] = {"item": "text", "measure": "text", "n": "count", "estimate": "number"}
    kinds |= {"low": "number", "high": "number"}
    if "unit" in table:
        kinds["unit"] = "text"
    title, how = words("perceived.satisfaction"), words("perceived.satisfaction_how")
    return Exhibit("perceived-satisfaction", title, how, table_of(table, kinds, words))


def _drivers(survey: Json, words: Words) -> Exhibit | None:
    table = pd.DataFrame(survey.get("drivers", []))
    if table.empty:
        return None
    table["name"] = _named(table["dimension"], words)
    # A column that nobody could tell comes back from JSON without a number.
    shares = ["share", "share_low", "share_high"]
    table[shares] = table[shares].astype(float)
    table = table.sort_values("share", ascending=False)
    outcome = _outcome(survey, str(table["outcome"].iloc[0]), words)
    series = [Series("share", words.column("share"), "share_low", "share_high")]
    figure = rows(table, Axis("name", ""), Axis("share", "", "share"), series)
    foremost, (share, low, high) = table["name"].iloc[0], table[shares].iloc[0]
    is_known = bool(np.isfinite([low, high]).all())
    said = words(
        "perceived.drivers_says" if is_known else "perceived.drivers_says_alone",
        first=foremost,
        share=words.share(share),
        **({"low": words.share(low), "high": words.share(high)} if is_known else {}),
    )
    kinds: dict[str, Kind] = {"dimension": "text", "share": "share"}
    kinds |= {"share_low": "share", "share_high": "share"}
    return Exhibit(
        "perceived-drivers", words("perceived.drivers", outcome=outcome), words("perceived.drivers_how"),
        table_of(table.assign(dimension=table["name"]), kinds, words), figure, said, [said],
    )  # fmt: skip


def _outcome(survey: Json, item: str, words: Words) -> str:
    """Return what people read for an outcome question: its label, else its measure."""
    asked = survey.get("satisfaction", {}).get("outcomes", [])
    found = next((one for one in asked if one["item"] == item), {"label": None, "measure": item})
    label = found.get("label")
    return str(label) if label and label != item else words.code("survey", found["measure"])


def _themes(survey: Json, words: Words) -> Exhibit | None:
    table = pd.DataFrame(survey.get("themes", []))
    if table.empty or not {"theme", "share"} <= set(table):
        return None
    table = table.sort_values("share", ascending=False)[:_MOST]
    table["theme"] = table["theme"].astype(str)
    for name in {"dimension", "kind"} & set(table):
        table[name] = _named(table[name], words)
    if "words" in table:
        table["words"] = [", ".join(one) if isinstance(one, list) else one for one in table["words"]]
    kinds: dict[str, Kind] = {
        "theme": "text",
        "words": "text",
        "dimension": "text",
        "kind": "text",
        "share": "share",
    }
    kinds = {name: kind for name, kind in kinds.items() if name in table}
    figure = rows(
        table, Axis("theme", ""), Axis("share", "", "share"), [Series("share", words.column("share"))]
    )
    said = words(
        "perceived.themes_says",
        first=table["theme"].iloc[0],
        share=words.share(float(table["share"].iloc[0])),
    )
    title, how = words("perceived.themes"), words("perceived.themes_how")
    return Exhibit("perceived-themes", title, how, table_of(table, kinds, words), figure, said, [said])


def _named(codes: pd.Series, words: Words) -> list[str]:
    return [words.code("survey", code) for code in codes]
