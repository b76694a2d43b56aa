"""What each value tier buys: its best and its slow sellers."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from goodwill.report.chapters.classes import order_of
from goodwill.report.exhibit import Exhibit
from goodwill.report.material import Json, Material
from goodwill.report.tables import Kind, table_of
from goodwill.report.words import Words
from goodwill.value.sellers import is_telling
from goodwill.wording import told

_NAMED = 3
FEW = 10  # buyers; of fewer, one large order makes a best seller
_TOLD = {"customers": "buyers", "share": "spend_share", "lift": "spend_lift"}
_FIGURES: dict[str, Kind] = {"rank": "count", "buyers": "count", "spend_total": "money"}
_FIGURES |= {"spend_share": "share", "spend_lift": "number"}


def exhibits(material: Material, words: Words) -> Sequence[Exhibit]:
    """Return what each tier buys, where the latest scoring could tell it."""
    sold = material.findings.get("classes", {})
    return [_sellers(sold, words)] if sold.get("sellers") else []


def _sellers(sold: Json, words: Words) -> Exhibit:
    # Scores kept by earlier versions do not tell which differences are clear.
    table = in_order(pd.DataFrame(sold["sellers"]), words)
    table["is_clear"] = table.get("is_clear", False)
    tiers = table.groupby("class", sort=False)
    points = [_point(words.code("tier", code), rows, words) for code, rows in tiers]
    product = "product_category" if sold.get("sellers_by") == "category" else "product"
    shown = table.rename(columns={**_TOLD, "product": product}).assign(
        tier=[words.code("tier", code) for code in table["class"]],
        kind=[words.code("sellers", kind) for kind in table["kind"]],
        is_clear=[words.code("is_clear", is_clear) for is_clear in table["is_clear"]],
    )
    kinds: dict[str, Kind] = {"tier": "text", "kind": "text", product: "text", **_FIGURES, "is_clear": "text"}
    title, how = words("sellers.title"), words("sellers.how")
    notes = [*_few(table, words), *sampled(sold, words)]
    return Exhibit(
        "class-sellers", title, how, table_of(shown, kinds, words), notes=notes, points=points, is_folded=True
    )


def in_order(table: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Return rows of tiers in the order in which a reader expects these, unknown ones last."""
    order = order_of(words, "tier")
    place = table["class"].map({code: place for place, code in enumerate(order)}).fillna(len(order))
    return table.assign(place=place).sort_values("place", kind="stable").drop(columns="place")


def sampled(sold: Json, words: Words) -> list[str]:
    """Return of whom sales are told, where not of everybody."""
    of = sold.get("sellers_of")
    return [words("sellers.of", of=told(str(of), words.language))] if of else []


def _point(name: str, rows: pd.DataFrame, words: Words) -> str:
    """Return one tier in a line: of its best sellers those of some buyers, of its slow ones the telling."""
    named = rows[[_is_named(row) for row in _rows(rows)]]
    best, slow = (_items(named[named["kind"] == kind], words) for kind in ("best", "slow"))
    return words(
        "sellers.point",
        name=name,
        best=best or words("sellers.no_best", n=FEW),
        slow=slow or words("sellers.no_slow"),
    )


def _is_named(seller: Json) -> bool:
    return is_telling(seller) and (seller["kind"] == "slow" or seller["customers"] >= FEW)


def _items(rows: pd.DataFrame, words: Words) -> str:
    items = [
        words(
            "sellers.item",
            product=row["product"],
            share=words.share(row["share"]),
            lift=words.compact(row["lift"]),
        )
        for row in _rows(rows.head(_NAMED))
    ]
    return words("sellers.joint").join(items)


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _few(table: pd.DataFrame, words: Words) -> list[str]:
    n = int(((table["kind"] == "best") & (table["customers"] < FEW)).sum())
    return [words("sellers.few", n=n, least=FEW)] if n else []
