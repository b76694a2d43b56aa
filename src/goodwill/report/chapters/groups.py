"""Branches, owners or other carried columns compared, as if each had the same mix of customers."""

from collections.abc import Sequence

import pandas as pd

from goodwill.report.charts import Axis, Series, rows
from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Material
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words
from goodwill.value.performance import performance

_MOST = 25
_MIX = "lifecycle"
_KINDS: dict[str, Kind] = {
    "code": "text",
    "customers": "count",
    "clv_mean": "money",
    "adjusted_mean": "money",
    "low": "money",
    "high": "money",
    "clv_total": "money",
    "total_low": "money",
    "total_high": "money",
    "covered_share": "share",
}


def exhibits(material: Material, words: Words) -> Sequence[Exhibit]:
    """Return an exhibit per carried column with at least two groups."""
    present = [name for name in material.carried if material.has_scores(name, "clv")]
    found = [(name, compared_groups(material, name)) for name in present]
    sizes = {name: material.scored[name].nunique() for name in present}
    return [_exhibit(name, table, sizes[name], words) for name, table in found if len(table) > 1]


def compared_groups(material: Material, column: str) -> pd.DataFrame:
    """Return the largest groups with their mean value, as it is and at everybody's mix, highest first.

    Examples
    --------
    >>> scores = pd.DataFrame({"branch": list("aabb"), "clv": [1.0, 3.0, 10.0, 10.0]})
    >>> found = compared_groups(Material("shop", scores=scores), "branch")
    >>> found[["code", "adjusted_mean"]].to_numpy().tolist()
    [['b', 10.0], ['a', 2.0]]
    """
    scored = material.scored
    known = scored[scored[column].notna()]
    if known.empty:
        return pd.DataFrame()
    mixed = known if _MIX in known else known.assign(**{_MIX: "all"})
    found = performance(mixed.assign(**{column: known[column].astype("str")}), column, mix=(_MIX,))
    found = found.rename(columns={column: "code", "value_total": "clv_total", "value_mean": "clv_mean"})
    largest = found["customers"].rank(ascending=False, method="first") <= _MOST
    ranges = material.ranges(column)
    return found[largest].join(ranges, on="code") if len(ranges) else found[largest]


def _exhibit(column: str, table: pd.DataFrame, n_groups: int, words: Words) -> Exhibit:
    best, worst = table.iloc[0], table.iloc[-1]
    said = words(
        "groups.says",
        best=best["code"],
        high=words.money(best["adjusted_mean"]),
        worst=worst["code"],
        low=words.money(worst["adjusted_mean"]),
    )
    series = [Series("adjusted_mean", words.column("adjusted_mean"), "low", "high")]
    figure = rows(
        table,
        Axis("code", ""),
        Axis("adjusted_mean", words.priced(words.column("adjusted_mean")), "money"),
        series,
    )
    kinds = {name: kind for name, kind in _KINDS.items() if name in table}
    title, how = words("groups.by", column=words.column(column)), words("groups.how")
    most = [words("groups.most", n=_MOST, all=n_groups)] if n_groups > _MOST else []
    notes = [said, *most]
    return Exhibit(f"group-{column}", title, how, table_of(table, kinds, words), figure, said, notes)
