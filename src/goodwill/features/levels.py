"""The levels of a text column that become columns of their own: the most frequent of the past, never more."""

import re

from ibis import _
from ibis.expr import types as ir

from goodwill.engine import to_frame


def frequent_levels(labels: ir.StringColumn, limit: int) -> dict[str, list[str]]:
    """Return the most frequent levels of the rows given, under names fit for a column.

    Levels that differ in case, spaces and punctuation alone share a name ("e-mail", "E_Mail"). Ties go to
    the name that comes first, so that the same rows give the same columns on every engine.

    Parameters
    ----------
    labels : a column of a table that holds rows of the past only.
    limit : the most levels to return; a further level belongs to none.

    Examples
    --------
    >>> import pandas as pd
    >>> from goodwill.engine import connect, in_memory
    >>> rows = in_memory(pd.DataFrame({"kind": ["Visit", "e-mail", "visit", None]}), connect(), "rows")
    >>> frequent_levels(rows.kind, limit=1)
    {'visit': ['Visit', 'visit']}
    """
    counted = labels.name("level").as_table().drop_null("level").group_by("level").agg(n=_.count())
    counts = to_frame(counted, order_by="level")
    counts["name"] = [column_name(level) for level in counts["level"]]
    order = (
        counts.groupby("name")["n"].sum().reset_index().sort_values(["n", "name"], ascending=[False, True])
    )
    chosen = sorted(order["name"].head(limit))
    return {name: counts.loc[counts["name"] == name, "level"].tolist() for name in chosen}


def column_name(level: str) -> str:
    """Return a level as part of a column's name: lower case, letters and digits of any script.

    Examples
    --------
    >>> column_name("Price & Value"), column_name("e-mail"), column_name("投诉 电话")
    ('price_value', 'email', '投诉_电话')
    """
    return re.sub(r"\W+", "_", level.lower().replace("-", "")).strip("_") or "blank"
