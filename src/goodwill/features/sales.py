"""What each customer bought of each product or category: the lines behind best sellers."""

from typing import Literal

from ibis import _
from ibis.expr import types as ir

from goodwill.data.tables import Past
from goodwill.engine import money
from goodwill.features.occasions import order_lines

SALES_DAYS = 365


def sold_by(past: Past) -> Literal["category", "product_id"] | None:
    """Return what the lines name: a category, else a product, else nothing."""
    columns = order_lines(past.tables, past.as_of).columns if past.tables.transactions is not None else ()
    return "category" if "category" in columns else "product_id" if "product_id" in columns else None


def product_sales(past: Past, by: Literal["category", "product_id"], days: int = SALES_DAYS) -> ir.Table:
    """Return what each customer bought lately: `customer_id, product, n_lines, spend_total`.

    Lines above zero of the `days` before `past.as_of`; lines that name no product are left out. Where costs
    or margin rates exist, `margin_total` and `margin_base`: the spend of the lines whose margin is known.

    Parameters
    ----------
    by : "category" or "product_id", whichever is wanted as `product`.
    """
    lines = order_lines(past.tables, past.as_of)
    bought = lines.filter((lines.amount > 0) & (lines.age_days <= days)).drop_null(by)
    return bought.group_by("customer_id", product=bought[by]).agg(
        n_lines=_.count(), spend_total=money(_.amount.sum()).cast("float64"), **_margin(bought)
    )


def _margin(bought: ir.Table) -> dict[str, ir.Value]:
    if "margin" not in bought.columns:
        return {}
    total, base = money(bought.margin).sum(), bought.amount.sum(where=bought.margin.notnull())
    return {
        "margin_total": money(total).cast("float64").fill_null(0),
        "margin_base": money(base).cast("float64").fill_null(0),
    }
