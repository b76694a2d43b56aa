"""Value classes in a training and in a scoring: what is kept of them, and what people read."""

from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd

from goodwill.pipeline.outcome import Sheet
from goodwill.pipeline.rows import as_rows
from goodwill.predictor import NOT_COMPUTABLE, Predictor
from goodwill.value.adjusting import changed_by_limits, limit_moves
from goodwill.value.rules import Rules
from goodwill.value.sizes import Sizes, class_profiles, class_sizes, class_stability
from goodwill.wording.figures import NOTHING

Metrics = dict[str, Any]  # JSON
_FIGURES = {"customers": "{:,}", "share": "{:z.1%}", "clv_total": "{:z,.2f}", "value_share": "{:z.1%}"}
_ACTED_ON = ("tier", "lifecycle", "need")
_MORE_FIGURES = {"clv_mean": "{:z,.2f}", "p_churn_mean": "{:.3f}"}


def with_class_metrics(
    metrics: Metrics, predictor: Predictor, former: Predictor | None, now: pd.DataFrame
) -> Metrics:
    """Return metrics with what is kept of classes and segments: limits, sizes, stability, moves, profiles.

    Parameters
    ----------
    former : the predictor before, whose limits these are compared with.
    now : features of the day of training.
    """
    scores, limits = predictor.predict(now), predictor.class_limits_
    is_scored = scores["status"] == "scored"
    found: Metrics = {
        "version": limits.version,
        "as_of": limits.as_of,
        "industry": limits.rules.industry,
        "sizes": class_sizes(scores),
        "limits": limits.limits,
        "not_computable": limits.unknown,
        "stability": dict(class_stability(now[is_scored], scores[is_scored], limits, predictor.seed)),
        "tier": _rows(class_profiles(scores, "tier"), "tier"),
    }
    if former is not None:
        found["moves"] = as_rows(limit_moves(former.class_limits_, limits))
        found["changed_by_limits"] = changed_by_limits(now, scores, former.class_limits_, limits)
    profiles = _rows(class_profiles(scores, "segment"), "segment")
    telling = predictor.segmenter_.profiles_.set_index("name")["distinguished_by"]
    for name, row in profiles.items():
        row["distinguished_by"] = telling.get(name, "")
    asked = {} if predictor.segmenter_.k == "auto" else {"asked": predictor.segmenter_.k}
    return {**metrics, "classes": found, "segments": {**metrics["segments"], **asked, "profiles": profiles}}


def trained_sheets(metrics: Mapping[str, Any]) -> list[Sheet]:
    """Return the tables of tiers, segments and moved limits that `goodwill train` shows."""
    classes, segments = metrics.get("classes", {}), metrics.get("segments", {})
    tables = {"tier": classes.get("tier", {}), "segment": segments.get("profiles", {})}
    titles = {
        "tier": f"Value tiers: limits {_since(classes)}version {classes.get('version')}",
        "segment": f"Segments: k {segments.get('k')}{_fewer(segments)}, stability "
        f"{_shown(segments.get('stability'))}",
    }
    sheets = [
        _profile_sheet(titles[by], by, rows) for by, rows in tables.items() if {*rows} - {NOT_COMPUTABLE}
    ]
    return [*sheets, *_move_sheet(classes)]


def scored_sheet(sizes: Sizes, unknown: Mapping[str, str]) -> Sheet:
    """Return the table of class sizes that `goodwill score` shows: a row per dimension.

    Parameters
    ----------
    unknown : why a dimension is not computable for anyone.
    """
    rows = [(name, _sizes_text(counts, unknown.get(name))) for name, counts in sizes.items()]
    return Sheet("Value classes", ("dimension", "customers"), rows)


def strategy_sheet(sizes: Sizes, rules: Rules, language: Literal["en", "zh"] = "en") -> Sheet:
    """Return what to do with the classes of tier, life cycle and need, those that somebody has."""
    rows = [
        (dimension, f"{rule.name.of(language)} ({code})", rule.strategy.of(language))
        for dimension in _ACTED_ON
        for code, rule in rules.dimensions[dimension].classes.items()
        if sizes.get(dimension, {}).get(code)
    ]
    title = "What to do with them; strategies of every class are in classes.json"
    return Sheet(title, ("dimension", "class", "strategy"), rows)


def _since(classes: Mapping[str, Any]) -> str:
    return f"of {classes['as_of']}, " if classes.get("as_of") else ""


def _fewer(segments: Mapping[str, Any]) -> str:
    """Say where there are fewer segments than were asked for: never a silent bin for everybody."""
    asked, found = segments.get("asked"), segments.get("k")
    return f" of {asked} asked for (too few different customers)" if asked and asked != found else ""


def _rows(table: pd.DataFrame, by: str) -> dict[str, dict[str, Any]]:
    return {str(row.pop(by)): row for row in as_rows(table)}


def _profile_sheet(title: str, by: str, rows: Mapping[str, Mapping[str, Any]]) -> Sheet:
    known = {key for row in rows.values() for key in row}
    figures = {key: text for key, text in (_FIGURES | _MORE_FIGURES).items() if key in known}
    heads = [by, *(key.replace("_", " ") for key in figures)]
    lines = [
        [name, *(_figure(row[key], text) for key, text in figures.items())] for name, row in rows.items()
    ]
    return Sheet(title, heads, lines)


def _move_sheet(classes: Mapping[str, Any]) -> list[Sheet]:
    moves = classes.get("moves", [])
    if not moves:
        return []
    changed = ", ".join(f"{name} {n:,}" for name, n in classes["changed_by_limits"].items()) or "nobody"
    rows = [
        (move["dimension"], move["measure"], move["level"], _shown(move["old"]), _shown(move["new"]))
        for move in moves
    ]
    title = f"Limits that moved; customers who changed class by that alone: {changed}"
    return [Sheet(title, ("dimension", "measure", "level", "old limit", "new limit"), rows)]


def _sizes_text(counts: Mapping[str, int], reason: str | None) -> str:
    if set(counts) == {NOT_COMPUTABLE}:
        return f"not computable: {reason or 'unknown of everyone'}"
    n = sum(counts.values())
    return " · ".join(f"{code} {count:,} ({count / n:.0%})" for code, count in counts.items())


def _figure(value: object, text: str) -> str:
    return NOTHING if value is None else text.format(value)


def _shown(value: object) -> str:
    return f"{value:,.4g}" if isinstance(value, int | float) else NOTHING
