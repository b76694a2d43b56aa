"""Order lines of products that the table of products does not list."""

from dataclasses import dataclass

from ibis.expr import types as ir

from goodwill.engine import fetch, money


@dataclass(frozen=True)
class Unlisted:
    """Lines whose product is not listed.

    Parameters
    ----------
    n_lines, n_lines_total : of these products, and of all products named.
    money_share : their part of the money.
    """

    n_lines: int
    n_lines_total: int
    money_share: float


def unlisted_products(transactions: ir.Table, products: ir.Table) -> Unlisted:
    """Return how many lines name a product that `products` lacks; lines without a product count for nothing.

    Examples
    --------
    >>> import ibis
    >>> lines = ibis.memtable({"product_id": ["1", "01", None], "amount": [30.0, 10.0, 5.0]})
    >>> unlisted_products(lines, ibis.memtable({"product_id": ["1", "2"]}))
    Unlisted(n_lines=1, n_lines_total=2, money_share=0.25)
    """
    lines = transactions.filter(transactions.product_id.notnull())
    lines = lines.mutate(paid=money(lines.amount))
    missing = lines.anti_join(products, "product_id")
    (all_of,), (of_missing,) = (
        fetch(rows.agg(n=rows.count(), paid=rows.paid.sum())).to_pylist() for rows in (lines, missing)
    )
    total = float(all_of["paid"] or 0)
    share = float(of_missing["paid"] or 0) / total if total > 0 else 0.0
    return Unlisted(int(of_missing["n"]), int(all_of["n"]), share)
