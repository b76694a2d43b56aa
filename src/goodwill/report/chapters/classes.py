"""Value classes: the pyramid, the matrix, and every other dimension beside what its classes are worth."""

from collections.abc import Sequence

import pandas as pd

from goodwill.report.charts import Axis, Series, heat, pyramid, rows
from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Material
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words
from goodwill.value.sizes import class_profiles

DIMENSIONS: tuple[str, ...] = ("tier", "matrix", "lifecycle", "loyalty", "spending", "behaviour", "rfm")
DIMENSIONS += ("holding", "need", "relationship")
UNKNOWN = "not_computable"
KINDS: dict[str, Kind] = {
    "name": "text",
    "customers": "count",
    "customers_share": "share",
    "clv_total": "money",
    "total_low": "money",
    "total_high": "money",
    "value_share": "share",
    "clv_mean": "money",
    "p_churn_mean": "share",
    "value_at_risk": "money",
}


def exhibits(material: Material, words: Words) -> Sequence[Exhibit]:
    """Return an exhibit per dimension that the scores hold and that could be computed for anyone."""
    present = [name for name in DIMENSIONS if material.has_scores(name)]
    profiles = {name: profile(material.scored, name, order_of(words, name)) for name in present}
    told = {name: table for name, table in profiles.items() if set(table["code"]) != {UNKNOWN}}
    return [_exhibit(material, words, name, ranged(material, name, table)) for name, table in told.items()]


def ranged(material: Material, by: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return a profile with the range of each total, where `score` gave one."""
    ranges = material.ranges(by)
    return table if ranges.empty else table.join(ranges, on="code")


def profile(scored: pd.DataFrame, column: str, order: Sequence[str] = ()) -> pd.DataFrame:
    """Return customers, worth and risk of each group of customers, in the given order, then by size.

    Examples
    --------
    >>> scored = pd.DataFrame({"tier": ["gold", "gold", "lead"], "clv": [6.0, 3.0, 1.0]})
    >>> profile(scored, "tier")[["code", "customers", "value_share", "clv_mean"]].to_numpy().tolist()
    [['gold', 2, 0.9, 4.5], ['lead', 1, 0.1, 1.0]]
    """
    codes = scored[column].astype("str").fillna(UNKNOWN)
    found = class_profiles(scored.assign(**{column: codes}), column)
    found = found.rename(columns={column: "code", "share": "customers_share"}).set_index("code")
    if "value_at_risk" in scored:
        found["value_at_risk"] = scored.groupby(codes)["value_at_risk"].sum()
    found = found.sort_values("customers", ascending=False, kind="stable")
    known = [code for code in order if code in found.index and code != UNKNOWN]
    last = [UNKNOWN] if UNKNOWN in found.index else []
    others = [code for code in found.index if code not in {*known, *last}]
    return found.loc[[*known, *others, *last]].rename_axis("code").reset_index()


def order_of(words: Words, dimension: str) -> list[str]:
    """Return the codes of a dimension in the order in which a reader expects them."""
    return list(words.names.get(dimension) or words.texts["codes"].get(dimension, {}))


def named(table: pd.DataFrame, dimension: str, words: Words) -> pd.DataFrame:
    """Return the table with the groups' names beside their codes."""
    return table.assign(name=[words.code(dimension, code) for code in table["code"]])


def kinds_of(table: pd.DataFrame) -> dict[str, Kind]:
    """Return the columns of a profile that there are, and what their figures are."""
    return {name: kind for name, kind in KINDS.items() if name in table}


def compared(table: pd.DataFrame, words: Words) -> list[Series]:
    """Return the share of customers beside the share of value, where there is value."""
    names = [name for name in ("customers_share", "value_share") if name in table]
    return [Series(name, words.column(name)) for name in names]


def says(table: pd.DataFrame, words: Words) -> str:
    """Return a profile in words: each group with its share of customers and of value."""
    key = "classes.says_value" if "value_share" in table else "classes.says"
    parts = [
        words(
            key,
            name=row["name"],
            customers=words.share(row["customers_share"]),
            value=words.share(row.get("value_share")),
        )
        for _, row in table.iterrows()
    ]
    return words.texts["page"]["list_joint"].join(parts[:12])


def _exhibit(material: Material, words: Words, dimension: str, profiled: pd.DataFrame) -> Exhibit:
    table = named(profiled, dimension, words)
    computed = table[table["code"] != UNKNOWN]
    if dimension == "tier":
        figure = pyramid(computed, "name", Axis("customers_share", ""), _steps(computed, words))
    elif dimension == "matrix":
        figure = _matrix(computed, words)
    else:
        figure = rows(
            computed, Axis("name", ""), Axis("customers_share", "", "share"), compared(computed, words)
        )
    how = words("classes.how_tier" if dimension == "tier" else f"classes.how_{_shape(dimension)}")
    return Exhibit(
        f"class-{dimension}",
        words.code("dimensions", dimension),
        how,
        table_of(table, kinds_of(table), words),
        figure,
        says(table, words),
        _unknown(table, words),
        points=_strategies(material, words, dimension, computed),
    )


def _shape(dimension: str) -> str:
    return "matrix" if dimension == "matrix" else "bars"


def _steps(table: pd.DataFrame, words: Words) -> list[list[str]]:
    told = {"customers_share": "classes.step_customers", "value_share": "classes.step_value"}
    present = {name: key for name, key in told.items() if name in table}
    return [
        [words(key, share=words.share(row[name])) for name, key in present.items()]
        for _, row in table.iterrows()
    ]


def _matrix(table: pd.DataFrame, words: Words) -> dict[str, object]:
    """Return the four quadrants: present value upwards, potential to the right."""
    cells = table[table["code"].str.fullmatch("(high|low)_(high|low)")]
    parts = cells["code"].str.split("_", expand=True)
    grid = cells.assign(
        present=[words(f"classes.present_{level}") for level in parts[0]],
        potential=[words(f"classes.potential_{level}") for level in parts[1]],
        is_low=(parts[0] == "low").astype(int),
        is_high=(parts[1] == "high").astype(int),
    ).sort_values(["is_low", "is_high"])
    has_value = "value_share" in grid and grid["value_share"].notna().any()
    shown = "value_share" if has_value else "customers_share"
    return heat(grid, Axis("potential", ""), Axis("present", ""), Axis(shown, "", "share"))


def _unknown(table: pd.DataFrame, words: Words) -> list[str]:
    unknown = table.loc[table["code"] == UNKNOWN, "customers"]
    return [words("classes.unknown", n=words.count(int(unknown.sum())))] if len(unknown) else []


def _strategies(material: Material, words: Words, dimension: str, table: pd.DataFrame) -> list[str]:
    strategies = material.strategies.get(dimension, {})
    pairs = [(row["name"], strategies.get(row["code"])) for _, row in table.iterrows()]
    return [words("classes.strategy", name=name, strategy=text) for name, text in pairs if text]
