"""The pictures of a survey, each drawn from the table that holds its numbers."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from goodwill.arguments import ensure_choice
from goodwill.perceived.axes import Scale, scale_of
from goodwill.perceived.drawing import (
    Curve,
    Mark,
    Row,
    lines_picture,
    map_picture,
    rows_picture,
)
from goodwill.wording import LANGUAGES, told

Frames = Mapping[str, pd.DataFrame]
# What people read for a name or a text of ours.
Say = Callable[[str], str]
_HALF = 0.5


def survey_pictures(frames: Frames, labels: Mapping[str, str], language: str = "en") -> dict[str, str]:
    """Return SVG text by file name, for every table there is.

    Parameters
    ----------
    frames : tables by name, as the functions of this package return them: `dimensions` (`PerceivedValue`),
        `gaps`, `importance_performance`, `kano`, `satisfaction`, `response_curves`, `theme_waves`,
        `needs_map`, `rivals`.
    labels : item or dimension → what people read.
    language : of titles, axes and legends.

    Examples
    --------
    >>> table = pd.DataFrame({"score": [60.0], "low": [50.0], "high": [70.0]}, index=["quality"])
    >>> sorted(survey_pictures({"dimensions": table}, {}))
    ['value_profile.svg']
    """
    ensure_choice("language", language, LANGUAGES)

    def say(name: str) -> str:
        return labels.get(name) or told(name, language)

    drawn: Mapping[str, tuple[str, Callable[[pd.DataFrame, Say], str | None]]] = {
        "dimensions": ("value_profile", value_profile),
        "gaps": ("gaps", gap_chart),
        "importance_performance": ("importance_performance", importance_map),
        "kano": ("kano", kano_map),
        "satisfaction": ("nps", nps_bar),
        "response_curves": ("response_curves", response_lines),
        "theme_waves": ("themes", theme_lines),
        "needs_map": ("needs_map", need_lines),
        "rivals": ("value_map", brand_map),
    }
    found = {
        file: draw(frames[name], say)
        for name, (file, draw) in drawn.items()
        if name in frames and len(frames[name])
    }
    return {f"{file}.svg": picture for file, picture in found.items() if picture is not None}


def value_profile(table: pd.DataFrame, say: Say) -> str:
    """Return the score of each dimension with its interval."""
    rows = [Row(say(str(name)), [row["score"]], row["low"], row["high"]) for name, row in table.iterrows()]
    return rows_picture(say("Perceived value by dimension"), Scale(say("score, 0 to 100"), 0, 100), rows)


def gap_chart(table: pd.DataFrame, say: Say) -> str:
    """Return expectation and perception of each item, the widest shortfall first."""
    ordered = table.sort_values("gap")
    rows = [
        Row(say(str(name)), ends, min(ends), max(ends))
        for name, row in ordered.iterrows()
        for ends in [[row["expectation"], row["perception"]]]
    ]
    scale = scale_of(say("answer"), [value for row in rows for value in row.numbers])
    legend = [say("expectation"), say("perception")]
    return rows_picture(say("Expectation and perception"), scale, rows, legend)


def importance_map(table: pd.DataFrame, say: Say) -> str:
    """Return items by importance and performance, with the cross-hairs of the table."""
    across = scale_of(say("performance"), table["performance"].tolist())
    up = scale_of(say("importance"), table["importance"].tolist())
    cut_x, cut_y = float(table["performance_cut"].iloc[0]), float(table["importance_cut"].iloc[0])
    marks = _marks(table, "performance", "importance", say)
    return map_picture(say("Importance and performance"), across, up, marks, _cross(cut_x, cut_y, across, up))


def kano_map(table: pd.DataFrame, say: Say) -> str:
    """Return features by how much they can dissatisfy (across) and satisfy (up), cut at one half."""
    across = Scale(say("dissatisfies if missing (−worse)"), 0, 1)
    up = Scale(say("satisfies if there (better)"), 0, 1)
    marks = _marks(table.assign(harm=-table["worse"]), "harm", "better", say)
    return map_picture(say("Kano: better and worse"), across, up, marks, _cross(_HALF, _HALF, across, up))


def nps_bar(table: pd.DataFrame, say: Say) -> str | None:
    """Return promoters, detractors and the score with its interval; None where no NPS was asked."""
    scores = table[table["measure"] == "nps"]
    if scores.empty:
        return None
    rows = []
    for name, row in scores.iterrows():
        shares = say(f"{100 * row['promoters']:.0f}% less {100 * row['detractors']:.0f}%")
        bars = [(-100 * row["detractors"], 0.0), (0.0, 100 * row["promoters"])]
        rows.append(Row(say(str(name)), [row["estimate"]], row["low"], row["high"], bars, f": {shares}"))
    title, legend = say("Net promoter score: promoters less detractors"), ("score", "detractors", "promoters")
    return rows_picture(title, Scale(say("points"), -100, 100), rows, [say(key) for key in legend])


def response_lines(table: pd.DataFrame, say: Say) -> str:
    """Return how the outcome responds to the score of each dimension."""
    curves = [
        Curve(say(str(name)), part["score"].tolist(), part["response"].tolist())
        for name, part in table.groupby("dimension", sort=False)
    ]
    up = scale_of(say("outcome"), table["response"].tolist())
    return lines_picture(say("How the outcome responds"), Scale(say("score, 0 to 100"), 0, 100), up, curves)


def theme_lines(table: pd.DataFrame, say: Say) -> str:
    """Return the share of each theme in the comments of each wave."""
    return _over_waves(say("Themes over waves"), say("share of comments"), table, ("theme", "share"), say)


def need_lines(table: pd.DataFrame, say: Say) -> str:
    """Return the priority of each dimension in each wave."""
    title, named = say("What to mend first, over waves"), say("importance × shortfall")
    return _over_waves(title, named, table, ("dimension", "priority"), say)


def _over_waves(title: str, up: str, table: pd.DataFrame, columns: tuple[str, str], say: Say) -> str:
    """Draw a line per name over the waves."""
    name, value = columns
    known = table.dropna(subset=[value])
    places = {wave: place + 1.0 for place, wave in enumerate(table["wave"].unique())}
    curves = [
        Curve(say(str(own)), [places[wave] for wave in part["wave"]], part[value].tolist())
        for own, part in known.groupby(name, sort=False)
    ]
    across = Scale(say("wave"), 1, max(2, len(places)), tuple(map(str, places)))
    return lines_picture(title, across, scale_of(up, known[value].tolist()), curves)


def brand_map(table: pd.DataFrame, say: Say) -> str | None:
    """Return brands by relative price and benefit, with the fair-value line; None where no price is known."""
    known = table.dropna(subset=["relative_price", "relative_benefit"])
    if known.empty:
        return None
    across = scale_of(say("relative price"), known["relative_price"].tolist(), 0.2)
    up = scale_of(say("relative benefit"), [*known["relative_benefit"], *known["fair_benefit"]], 0.2)
    ordered = known.sort_values("relative_price")
    fair = Curve(say("fair value"), ordered["relative_price"].tolist(), ordered["fair_benefit"].tolist())
    marks = _marks(known, "relative_price", "relative_benefit", str)
    return map_picture(say("Value map"), across, up, marks, [fair])


def _marks(table: pd.DataFrame, across: str, up: str, say: Say) -> list[Mark]:
    return [Mark(say(str(name)), float(row[across]), float(row[up])) for name, row in table.iterrows()]


def _cross(x: float, y: float, across: Scale, up: Scale) -> list[Curve]:
    if not np.isfinite([x, y]).all():
        return []
    return [Curve("", [x, x], [up.low, up.high]), Curve("", [across.low, across.high], [y, y])]
