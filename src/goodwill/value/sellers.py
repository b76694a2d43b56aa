"""Best and slow sellers per class: what a class buys more, and less, than all customers do."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from goodwill.arguments import ensure_whole
from goodwill.errors import UsageError
from goodwill.features.columns import ensure_frame, numbers
from goodwill.value.tastes import FEWEST_EXPECTED, beyond_chance

_SLOW_LIFT = 0.9
_NEEDED = ("customer_id", "product", "spend_total")


def sellers(sales: pd.DataFrame, classes: pd.Series, *, n: int = 5) -> pd.DataFrame:
    """Return the best and the slow sellers of each class.

    Best is what brings a class the most money. Slow is what falls most short of what the class would spend on
    it with everybody's tastes, among products that are none of its best and of which at least five buyers
    would be expected: fewer are chance. Spellings that differ in case and spaces alone are one product,
    named by the one that brings the most.

    Parameters
    ----------
    sales : a row per customer and product: `customer_id, product, spend_total`.
    classes : class by `customer_id`; who is not in it is left out.
    n : sellers of each kind per class.

    Returns
    -------
    frame with class, kind (best, slow), rank, product, customers (buyers), spend_total, share (of the class's
    spend), lift (that share over everybody's: 1 as everybody, 2 twice as much), is_clear (whether the lift
    differs from 1 beyond chance).

    Raises
    ------
    UsageError
        If a column is missing, or the classes know none of the buyers, or one of them twice.
    TableError
        If `spend_total` holds text.

    Examples
    --------
    >>> sales = pd.DataFrame({"customer_id": ["a", "a", "b"], "product": ["tea", "mug", "tea"]})
    >>> sales = sales.assign(spend_total=[6.0, 2.0, 8.0])
    >>> found = sellers(sales, pd.Series({"a": "gold", "b": "lead"}), n=1)
    >>> found[["class", "kind", "product", "share", "lift"]].round(2).to_numpy().tolist()
    [['gold', 'best', 'tea', 0.75, 0.86], ['lead', 'best', 'tea', 1.0, 1.14]]
    """
    ensure_frame("sales", sales, _NEEDED)
    ensure_whole(1, n=n)
    _ensure_classes(classes, sales["customer_id"])
    sales = sales.assign(spend_total=numbers(sales, "spend_total"))
    sales = sales.assign(**{"class": sales["customer_id"].map(classes.astype(object))})
    rows = spelled_alike(sales.dropna(subset="class"))
    cells = rows.groupby(["class", "product"]).agg(
        customers=("customer_id", "nunique"), spend_total=("spend_total", "sum")
    )
    pairs = pd.MultiIndex.from_product([rows["class"].unique(), rows["product"].unique()])
    table = cells.reindex(pairs.set_names(["class", "product"]), fill_value=0).reset_index()
    table = _compared(table, rows)
    bought = table[table["customers"] > 0].sort_values(["class", "spend_total"], ascending=[True, False])
    best = _ranked(bought, "best", n)
    is_slow = (table["expected_customers"] >= FEWEST_EXPECTED) & (table["lift"] < 1)
    others = table[is_slow & ~table.index.isin(best.index)]
    slow = _ranked(others.sort_values(["class", "shortfall"], ascending=[True, False]), "slow", n)
    found = pd.concat([best, slow])
    columns = ["class", "kind", "rank", "product", "customers", "spend_total", "share", "lift", "is_clear"]
    found = found.join(beyond_chance(rows), on=["class", "product"])
    return found.sort_values(["class", "kind", "rank"], ignore_index=True)[columns]


def is_telling(seller: Mapping[str, Any]) -> bool:
    """Return whether a seller is worth a line to people: a slow one by a tenth or more, and beyond chance.

    Examples
    --------
    >>> slow = {"kind": "slow", "lift": 0.5, "is_clear": True}
    >>> is_telling(slow), is_telling({**slow, "lift": 0.98}), is_telling({**slow, "is_clear": False})
    (True, False, False)
    """
    is_slow = seller["kind"] == "slow"
    return not is_slow or bool(seller["lift"] <= _SLOW_LIFT and seller.get("is_clear", False))


def _ensure_classes(classes: pd.Series, buyers: pd.Series) -> None:
    if not isinstance(classes, pd.Series) or not classes.index.is_unique:
        fault = "several of a customer" if isinstance(classes, pd.Series) else f"a {type(classes).__name__}"
        raise UsageError(f"classes: {fault}. Give a series with one class by customer_id.")
    if len(buyers) and not buyers.isin(classes.index).any():
        raise UsageError(
            f"classes: none of {buyers.nunique():,} buyers is in its index. Index the classes by "
            "customer_id, of the same type as in the sales."
        )


def spelled_alike(rows: pd.DataFrame) -> pd.DataFrame:
    """Name each product as its spelling that brings the most money, of several the first by name."""
    names = rows.groupby("product")["spend_total"].sum().reset_index()
    names["plain"] = names["product"].astype(str).str.split().str.join(" ").str.casefold()
    names = names.sort_values(["spend_total", "product"], ascending=[False, True])
    names["said"] = names.groupby("plain")["product"].transform("first")
    return rows.assign(product=rows["product"].map(names.set_index("product")["said"]))


def _compared(table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Add what the class would buy with everybody's tastes."""
    spend, buyers = rows["spend_total"].sum(), rows["customer_id"].nunique()
    of_class = table["class"].map(rows.groupby("class")["spend_total"].sum())
    buyers_of_class = table["class"].map(rows.groupby("class")["customer_id"].nunique())
    base_share = table["product"].map(rows.groupby("product")["spend_total"].sum()) / spend
    base_buyers = table["product"].map(rows.groupby("product")["customer_id"].nunique()) / buyers
    share = table["spend_total"] / of_class.where(of_class > 0)
    return table.assign(
        share=share,
        lift=share / base_share.where(base_share > 0, np.nan),
        shortfall=of_class * base_share - table["spend_total"],
        expected_customers=base_buyers * buyers_of_class,
    )


def _ranked(ordered: pd.DataFrame, kind: str, n: int) -> pd.DataFrame:
    rank = ordered.groupby("class").cumcount() + 1
    return ordered.assign(kind=kind, rank=rank)[rank <= n]
