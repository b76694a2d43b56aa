"""What is bought by category and class: spend beside margin, and how a class's tastes differ."""

import pandas as pd

from goodwill.value.sellers import spelled_alike
from goodwill.value.tastes import beyond_chance

ALL = "all"
MOST_CATEGORIES = 20
_SUMS = ("spend_total", "margin_total", "margin_base")


def categories(sales: pd.DataFrame, classes: pd.Series) -> pd.DataFrame:
    """Return spend and margin of the largest categories, of everybody with a class and of each class.

    Parameters
    ----------
    sales : a row per customer and category: `customer_id, product` (the category), `spend_total`, and where
        margins are known `margin_total` and `margin_base`, the part of the spend whose margin that is.
    classes : class by `customer_id`; who is not in it is left out.

    Returns
    -------
    A row per class (first "all", of everybody) and category, by everybody's spend: class, category, customers
    (buyers), spend_total, share (of the class's spend), lift (that share over everybody's), is_clear (whether
    the lift differs from 1 beyond chance); with margins also margin_total, margin_share (of the class's
    margin), margin_rate, margin_known_share (of the spend).

    Examples
    --------
    >>> sales = pd.DataFrame({"customer_id": ["a", "a", "b"], "product": ["tea", "mug", "tea"]})
    >>> sales = sales.assign(spend_total=[6.0, 2.0, 8.0], margin_total=[3.0, 1.5, 4.0])
    >>> sales = sales.assign(margin_base=sales["spend_total"])
    >>> found = categories(sales, pd.Series({"a": "gold", "b": "lead"}))
    >>> found[["class", "category", "share", "margin_rate"]].round(2).head(2).to_numpy().tolist()
    [['all', 'tea', 0.88, 0.5], ['all', 'mug', 0.12, 0.75]]
    """
    known = sales.assign(**{"class": sales["customer_id"].map(classes.astype(object))}).dropna(subset="class")
    if known.empty:
        return pd.DataFrame(
            columns=["class", "category", "customers", "spend_total", "share", "lift", "is_clear"]
        )
    alike = spelled_alike(known)
    is_clear, rows = beyond_chance(alike), alike.rename(columns={"product": "category"})
    both = pd.concat([rows.assign(**{"class": ALL}), rows])
    sums = {name: (name, "sum") for name in _SUMS if name in rows}
    cells = both.groupby(["class", "category"]).agg(customers=("customer_id", "nunique"), **sums)
    cells = _with_shares(cells).assign(is_clear=is_clear.reindex(cells.index, fill_value=False))
    cells = _with_margin(cells)
    largest = cells.loc[ALL]["spend_total"].nlargest(MOST_CATEGORIES).index
    order = pd.MultiIndex.from_product([[ALL, *sorted(rows["class"].unique())], largest])
    there = order[order.isin(cells.index)]
    return cells.loc[there].rename_axis(["class", "category"]).reset_index()


def _with_shares(cells: pd.DataFrame) -> pd.DataFrame:
    of_class = cells.groupby("class")["spend_total"].transform("sum")
    share = cells["spend_total"] / of_class.where(of_class > 0)
    everybody = cells.index.get_level_values("category").map(share.loc[ALL])
    return cells.assign(share=share, lift=share / pd.Series(everybody, cells.index).where(everybody > 0))


def _with_margin(cells: pd.DataFrame) -> pd.DataFrame:
    """Add rates of the spend whose margin is known; the shares of a margin that is none are not told."""
    if "margin_total" not in cells:
        return cells
    base, spend = cells["margin_base"], cells["spend_total"]
    of_class = cells.groupby("class")["margin_total"].transform("sum")
    return cells.assign(
        margin_share=cells["margin_total"] / of_class.where(of_class > 0),
        margin_rate=cells["margin_total"] / base.where(base > 0),
        margin_known_share=base / spend.where(spend > 0),
    ).drop(columns="margin_base")
