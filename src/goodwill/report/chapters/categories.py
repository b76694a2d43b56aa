"""Spend and margin by category: of the whole base, and how the tastes of the value tiers differ."""

from collections.abc import Sequence

import pandas as pd

from goodwill.report.chapters.sellers import FEW, in_order, sampled
from goodwill.report.charts import Axis, Series, heat, rows
from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Json, Material
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words
from goodwill.value.categories import ALL

_DRAWN, _WHOLE = 12, 0.9995  # less would read 99.9% or below
_NAMES = {"category": "product_category", "customers": "buyers", "lift": "spend_lift"}
_KINDS: dict[str, Kind] = {"product_category": "text", "buyers": "count", "spend_total": "money"}
_MARGIN: dict[str, Kind] = {"margin_total": "money", "margin_share": "share", "margin_rate": "share"}


def exhibits(material: Material, words: Words) -> Sequence[Exhibit]:
    """Return the categories of everybody and of the tiers, where the latest scoring could tell them."""
    sold = material.findings.get("classes", {})
    if not sold.get("categories"):
        return []
    table = pd.DataFrame(sold["categories"]).rename(columns=_NAMES)
    is_all = table["class"] == ALL
    return [_of_all(sold, table[is_all], words), _of_tiers(sold, table[~is_all], words)]


def _of_all(sold: Json, table: pd.DataFrame, words: Words) -> Exhibit:
    table = table.rename(columns={"share": "spend_part"})
    margin = _margin(table)
    kinds: dict[str, Kind] = {**_KINDS, "spend_part": "share", **margin}
    series = [Series(name, words.column(name)) for name in ("spend_part", "margin_share") if name in kinds]
    figure = rows(table.head(_DRAWN), Axis("product_category", ""), Axis("spend_part", "", "share"), series)
    said = _richest(table, words) if margin else ""
    title, how = words("categories.title"), words(f"categories.how{'_margin' if margin else ''}")
    notes = [
        said,
        *(_unknown(table, words) if margin else []),
        *_largest(table, words),
        *sampled(sold, words),
    ]
    shown = table_of(table, kinds, words)
    return Exhibit("class-categories", title, how, shown, figure, said, notes)


def _of_tiers(sold: Json, table: pd.DataFrame, words: Words) -> Exhibit:
    table = in_order(table, words).rename(columns={"share": "spend_share"})
    table = table.assign(tier=[words.code("tier", code) for code in table["class"]])
    told = table.assign(is_clear=[words.code("is_clear", is_clear) for is_clear in table["is_clear"]])
    kinds: dict[str, Kind] = {"tier": "text", **_KINDS, "spend_share": "share", "spend_lift": "number"}
    kinds["is_clear"] = "text"
    kinds |= _margin(table)
    drawn = table["product_category"].drop_duplicates().head(_DRAWN)
    grid = table[table["product_category"].isin(drawn)]
    grid = grid.assign(spend_lift=grid["spend_lift"].where(grid["buyers"] >= FEW))
    figure = heat(grid, Axis("tier", ""), Axis("product_category", ""), Axis("spend_lift", "", "number"))
    title, how = words("categories.tiers"), words("categories.tiers_how", n=FEW)
    said, shown = _apart(table, words), table_of(told, kinds, words)
    return Exhibit("class-tastes", title, how, shown, figure, said, [said, *sampled(sold, words)])


def _margin(table: pd.DataFrame) -> dict[str, Kind]:
    """Return the columns of margin, where any is known."""
    is_known = "margin_rate" in table and table["margin_rate"].notna().any()
    return {name: kind for name, kind in _MARGIN.items() if name in table} if is_known else {}


def _richest(table: pd.DataFrame, words: Words) -> str:
    """Return the ends of the rates of margin; of one category there is no other end."""
    known = table[table["margin_rate"].notna()].sort_values("margin_rate", ascending=False)
    low, high = known.iloc[-1], known.iloc[0]
    return words(
        "categories.says" if len(known) > 1 else "categories.says_one",
        high=high["product_category"],
        high_rate=words.share(high["margin_rate"]),
        low=low["product_category"],
        low_rate=words.share(low["margin_rate"]),
    )


def _unknown(table: pd.DataFrame, words: Words) -> list[str]:
    if "margin_known_share" not in table:
        return []
    known = (table["margin_known_share"] * table["spend_total"]).sum() / table["spend_total"].sum()
    return [words("categories.known", share=words.share(known))] if known < _WHOLE else []


def _largest(table: pd.DataFrame, words: Words) -> list[str]:
    held = table["spend_part"].sum()
    if held >= _WHOLE:
        return []
    return [words("categories.largest", n=len(table), share=words.share(held))]


def _apart(table: pd.DataFrame, words: Words) -> str:
    """Return where a tier's taste is furthest above everybody's, of what is beyond chance."""
    clear = table[table["is_clear"] & (table["spend_lift"] > 1) & (table["buyers"] >= FEW)]
    if clear.empty:
        return words("categories.tiers_alike")
    most = clear.sort_values("spend_lift").iloc[-1]
    return words(
        "categories.tiers_says",
        tier=most["tier"],
        category=most["product_category"],
        share=words.share(most["spend_share"]),
        lift=words.compact(most["spend_lift"]),
    )
