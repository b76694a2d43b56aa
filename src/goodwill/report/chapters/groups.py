"""Branches, owners or other carried columns compared, with the chance in each mean."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from goodwill.report.chapters.classes import profile
from goodwill.report.charts import Axis, Series, rows
from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Material
from goodwill.report.tables import table_of
from goodwill.report.words import Words

_MOST, _Z = 25, 1.96


def exhibits(material: Material, words: Words) -> Sequence[Exhibit]:
    """Return an exhibit per carried column with at least two groups."""
    present = [name for name in material.carried if material.has_scores(name, "clv")]
    found = [(name, compared_groups(material.scored, name)) for name in present]
    return [_exhibit(name, table, words) for name, table in found if len(table) > 1]


def compared_groups(scored: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the profile of the largest groups with the 95 % interval of the mean clv, highest mean first.

    Examples
    --------
    >>> scored = pd.DataFrame({"branch": list("aabb"), "clv": [1.0, 3.0, 10.0, 10.0]})
    >>> compared_groups(scored, "branch")[["code", "clv_mean", "clv_mean_low"]].round(2).to_numpy().tolist()
    [['b', 10.0, 10.0], ['a', 2.0, 0.04]]
    """
    known = scored[scored[column].notna()]
    if known.empty:
        return pd.DataFrame()
    table = profile(known, column)[:_MOST]
    error = known.groupby(known[column].astype("str"))["clv"].sem().reindex(table["code"]).to_numpy()
    reach = _Z * np.nan_to_num(error)
    table = table.assign(clv_mean_low=table["clv_mean"] - reach, clv_mean_high=table["clv_mean"] + reach)
    return table.sort_values("clv_mean", ascending=False, kind="stable", ignore_index=True)


def _exhibit(column: str, table: pd.DataFrame, words: Words) -> Exhibit:
    best, worst = table.iloc[0], table.iloc[-1]
    said = words(
        "groups.says",
        best=best["code"],
        high=words.money(best["clv_mean"]),
        worst=worst["code"],
        low=words.money(worst["clv_mean"]),
    )
    series = [Series("clv_mean", words.column("clv_mean"), "clv_mean_low", "clv_mean_high")]
    figure = rows(table, Axis("code", ""), Axis("clv_mean", words.column("clv_mean"), "money"), series)
    kinds = {"code": "text", "customers": "count", "clv_mean": "money", "clv_mean_low": "money",
             "clv_mean_high": "money", "clv_total": "money", "p_churn_mean": "share"}  # fmt: skip
    kinds = {name: kind for name, kind in kinds.items() if name in table}
    return Exhibit(
        f"group-{column}", words("groups.by", column=words.column(column)), words("groups.how"),
        table_of(table, kinds, words),  # type: ignore[arg-type] # the literals are kinds
        figure, said, [said, words("groups.unlike")],
    )  # fmt: skip
