"""Segments: groups of alike customers, what sets each apart and what it is worth."""

import re
from collections.abc import Sequence

import pandas as pd

from goodwill.report.chapters.classes import compared, kinds_of, named, profile, ranged, says
from goodwill.report.charts import Axis, rows
from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Material
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words, uncapitalised

_EFFECT = re.compile(r"^(.*) ([+-][\d.]+) sd$")
_TOLD = 3


def exhibits(material: Material, words: Words) -> Sequence[Exhibit]:
    """Return the segments beside what they are worth, and what a usual customer of each is like."""
    if not material.has_scores("segment"):
        return []
    table = ranged(material, "segment", profile(material.scored, "segment"))
    table = named(table, "segment", words)
    profiles = material.evidence.get("segments", pd.DataFrame())
    if len(profiles):
        apart = dict(zip(profiles["name"], profiles["distinguished_by"], strict=True))
        table["set_apart_by"] = [set_apart(str(apart.get(code) or ""), words) for code in table["code"]]
    figure = rows(table, Axis("name", ""), Axis("customers_share", "", "share"), compared(table, words))
    kinds: dict[str, Kind] = kinds_of(table) | ({"set_apart_by": "text"} if "set_apart_by" in table else {})
    apart_of = [
        words("segments.note", name=row["name"], apart=row["set_apart_by"])
        for _, row in table.iterrows()
        if row.get("set_apart_by")
    ]
    worth = Exhibit(
        "segments-worth", words("segments.worth"), words("segments.worth_how"), table_of(table, kinds, words),
        figure, says(table, words), _quality(material, words), points=apart_of,
    )  # fmt: skip
    return [worth, *_usual(profiles, words)]


def set_apart(text: str, words: Words) -> str:
    """Return what sets a segment apart in words: "spend_total +1.2 sd" becomes "much: spend in all".

    Examples
    --------
    >>> from goodwill.report.words import words_of
    >>> set_apart("n_orders +2.0 sd; age -0.6 sd; LASTGIFT +1.2 sd", words_of("en"))
    'orders far above the others, age below the others, LASTGIFT far above the others'
    """
    found = [_EFFECT.match(part) for part in text.split("; ")[:_TOLD]]
    pairs = [(match[1], float(match[2])) for match in found if match]
    return str(words.texts["page"]["comma"]).join(_effect(label, size, words) for label, size in pairs)


def _effect(label: str, size: float, words: Words) -> str:
    strength = "far_" if abs(size) >= 1 else ""
    direction = "above" if size > 0 else "below"
    column, _, level = label.partition(" = ")
    if level:
        strength = "more_often" if size > 0 else "less_often"
        return words(f"segments.{strength}", column=words.column(column), level=level)
    return words(f"segments.{strength}{direction}", column=uncapitalised(words.column(column)))


def _quality(material: Material, words: Words) -> list[str]:
    found = material.metrics.get("segments", {})
    stability = found.get("stability")
    return [] if stability is None else [words("segments.stability", stability=f"{stability:.2f}")]


def _usual(profiles: pd.DataFrame, words: Words) -> list[Exhibit]:
    """Return what a usual customer of each segment is like, in the units of each column."""
    told = [name for name in profiles.columns if name.startswith(("mean_", "usual_"))]
    if not told:
        return []
    table = profiles.assign(name=[words.code("segment", name) for name in profiles["name"]])
    table = table.rename(columns={name: name.partition("_")[2] for name in told})
    kinds: dict[str, Kind] = {"name": "text", "share": "share"}
    kinds |= {name.partition("_")[2]: "number" if name.startswith("mean_") else "text" for name in told}
    usual = table_of(table, kinds, words)
    return [Exhibit("segments-usual", words("segments.usual"), words("segments.usual_how"), usual)]
