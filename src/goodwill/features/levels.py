"""The levels of text columns that become columns of their own: the most frequent of the past, never more."""

import re
from dataclasses import replace

import ibis
import pandas as pd
from ibis import _
from ibis.expr import types as ir

from goodwill.data.tables import Level, Past, Tables
from goodwill.engine import to_frame
from goodwill.features.questions import MEASURES, labelled

# Of what levels become columns, and of how many at most.
MOST = {"kind": 8, "treatment": 8, "side": 9, "question": 30, "measure": len(MEASURES)}


def levels_of(past: Past, of: str) -> dict[str, list[str]]:
    """Return the levels of a kind told by the day, asking for them unless the past holds them.

    Examples
    --------
    >>> from datetime import date
    >>> from goodwill.engine import connect, in_memory
    >>> rows = pd.DataFrame({"kind": ["Visit", "e-mail", "visit", None], "time": pd.Timestamp("2024-01-01")})
    >>> tables = Tables(interactions=in_memory(rows, connect(), "rows"))
    >>> levels_of(tables.before("2024-02-01"), "kind")
    {'email': ['e-mail'], 'visit': ['Visit', 'visit']}
    """
    told = with_levels(past).levels or ()
    return {level.name: list(level.labels) for level in told if level.of == of}


def with_levels(past: Past) -> Past:
    """Return the past with the levels told by its day."""
    if past.levels is not None:
        return past
    counts = to_frame(level_counts(past), order_by="level") if has_levels(past.tables) else None
    return replace(past, levels=() if counts is None else most_frequent(counts))


def has_levels(tables: Tables) -> bool:
    """Say whether any levels become columns, so that the columns of features follow from what a day told."""
    return bool(_labels(tables))


def level_counts(past: Past) -> ir.Table:
    """Return how many rows had each level: `of`, `level`, `n`; of tables that have levels."""
    counts = [
        labels.name("level")
        .as_table()
        .drop_null("level")
        .group_by("level")
        .agg(n=_.count())
        .mutate(of=ibis.literal(of))
        for of, labels in _labels(past.tables).items()
    ]
    return ibis.union(*counts) if len(counts) > 1 else counts[0]


def most_frequent(counts: pd.DataFrame) -> tuple[Level, ...]:
    """Return the most frequent levels, under names fit for a column.

    Levels that differ in case, spaces and punctuation alone share a name ("e-mail", "E_Mail"). Ties go to
    the name that comes first, so that the same rows give the same columns on every engine.

    Parameters
    ----------
    counts : as `level_counts` has them, in the order of the levels.

    Examples
    --------
    >>> counts = pd.DataFrame({"level": ["Visit", "call", "visit"], "n": [1, 1, 2], "of": "kind"})
    >>> [(level.name, level.labels) for level in most_frequent(counts)]
    [('call', ('call',)), ('visit', ('Visit', 'visit'))]
    """
    named = counts.assign(name=[column_name(level) for level in counts["level"]])
    return tuple(level for of in MOST for level in _most_frequent(of, named[named["of"] == of]))


def column_name(level: str) -> str:
    """Return a level as part of a column's name: lower case, letters and digits of any script.

    Examples
    --------
    >>> column_name("Price & Value"), column_name("e-mail"), column_name("投诉 电话")
    ('price_value', 'email', '投诉_电话')
    """
    return re.sub(r"\W+", "_", level.lower().replace("-", "")).strip("_") or "blank"


def _most_frequent(of: str, told: pd.DataFrame) -> list[Level]:
    totals = told.groupby("name")["n"].sum().reset_index()
    order = totals.sort_values(["n", "name"], ascending=[False, True])
    names = sorted(order["name"].head(MOST[of]))
    return [Level(of, name, tuple(told.loc[told["name"] == name, "level"])) for name in names]


def _labels(tables: Tables) -> dict[str, ir.StringColumn]:
    """Return the columns whose levels become columns, by what they are levels of."""
    present, found = tables.present, dict[str, ir.StringColumn]()
    if "interactions" in present:
        found["kind"] = present["interactions"].kind
    if "treatments" in present:
        found["treatment"] = present["treatments"].treatment
    if "surveys" in present and "customer_id" in present["surveys"].columns:
        answers = labelled(present["surveys"])
        found |= {name: answers[name] for name in ("side", "question")}
        found["measure"] = answers.measure.isin(MEASURES).ifelse(answers.measure, None)
    return found
