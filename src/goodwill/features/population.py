"""Every customer known before `as_of`, with all features and the status that says whom the models score."""

import re
from collections import Counter
from collections.abc import Callable
from typing import Literal

import ibis
import pandas as pd
from ibis.expr import types as ir

from goodwill.data.tables import Past
from goodwill.errors import HistoryError, TableError, UsageError
from goodwill.features.balances import balances
from goodwill.features.basket import categories, channels, products
from goodwill.features.comments import comments
from goodwill.features.contracts import contracts
from goodwill.features.engagement import interactions, referrals, treatments
from goodwill.features.levels import with_levels
from goodwill.features.occasions import order_lines
from goodwill.features.people import people
from goodwill.features.perceived import perceived
from goodwill.features.purchases import purchases

Block = Callable[[Past], ir.Table]
ChurnKind = Literal["auto", "silence", "contract"]

RESERVED = ("as_of", "horizon_days", "status", "value_past_window")

# A block reads the table it stands beside, and is left out where that table is absent.
BLOCKS: tuple[tuple[str, Block], ...] = (
    ("transactions", purchases),
    ("transactions", products),
    ("transactions", categories),
    ("transactions", channels),
    ("customers", people),
    ("contracts", contracts),
    ("interactions", interactions),
    ("balances", balances),
    ("surveys", perceived),
    ("comments", comments),
    ("treatments", treatments),
    ("referrals", referrals),
)

_COLUMNS: dict[Block, str] = {products: "product_id", categories: "category", channels: "channel"}
_COUNT_OR_TOTAL = re.compile(r"^(n|is|has)_|_total$|_\d+d$")


def features(past: Past, active_days: int | None = None, churn: ChurnKind = "auto") -> ir.Table:
    """Return what was known about each customer before `past.as_of`.

    Parameters
    ----------
    past : what was known then.
    active_days : buyers without an occasion in so many days are `inactive`; None sets no limit.
    churn : with "contract", buyers without a running contract have none to lose and are `inactive`.

    Returns
    -------
    A row per customer known in any table: `customer_id`, `status`, then the columns of every block whose
    table exists. Counts and totals of a customer without rows are 0, means and `days_since_` missing.
    `status` is `scored` (an occasion, within `active_days` where set, or a running contract), `inactive`
    (occasions or contracts, all of them longer ago), `refund_only` (transactions, none an occasion) or
    `prospect`.

    Raises
    ------
    UsageError
        If churn is to be that of contracts, and there are none.
    """
    if churn == "contract" and "contracts" not in past.tables.present:
        raise UsageError(
            f"churn: 'contract' needs the table contracts, and there are {', '.join(past.tables.present)}. "
            "Map contracts, or choose 'silence'."
        )
    past = with_levels(past)
    blocks = [block(past) for name, block in BLOCKS if name in past.tables.present and _is_told(past, block)]
    known = _joined(blocks, everyone(past))
    zeros = {name: known[name].fill_null(0) for name in known.columns if _COUNT_OR_TOTAL.search(name)}
    complete = known.mutate(**zeros)
    judged = complete.mutate(status=_status(complete, active_days, churn))
    return judged.select("customer_id", "status", *complete.drop("customer_id").columns)


def _is_told(past: Past, block: Block) -> bool:
    """Say whether the lines have the column that a block is about; most have none, and pay nothing for it."""
    column = _COLUMNS.get(block)
    return column is None or column in order_lines(past.tables, past.as_of).columns


def fill_counts(known: pd.DataFrame) -> pd.DataFrame:
    """Return features of several dates with 0 for the counts and totals that a date had no column for."""
    absent = [name for name in known.columns[known.isna().any()] if _COUNT_OR_TOTAL.search(name)]
    return known.fillna(dict.fromkeys(absent, 0))


def everyone(past: Past) -> ir.Table:
    """Return the id of every customer in any table, those who referred others among them."""
    ids = [
        table.select(customer_id=name).distinct()
        for table in past.tables.present.values()
        for name in ("customer_id", "referrer_id")
        if name in table.columns
    ]
    if not ids:
        raise HistoryError(
            f"Customers need a table with customer_id; got {', '.join(past.tables.present) or 'no table'}. "
            "Map transactions or contracts."
        )
    known = ids[0] if len(ids) == 1 else ibis.union(*ids, distinct=True)
    return known.drop_null("customer_id")


def _joined(blocks: list[ir.Table], known: ir.Table) -> ir.Table:
    """Put the columns of every block beside the customers."""
    names = Counter(name for block in blocks for name in block.drop("customer_id").columns)
    twice = [name for name, n in names.items() if n > 1 or name in RESERVED]
    if twice:
        raise TableError(
            f"customers: the attributes {', '.join(twice)} have the names of features of ours. "
            "Give them other names in the mapping."
        )
    joined = known
    for number, block in enumerate(blocks):
        # Bare joins compile to one flat query; a select between them would nest and take three times as long.
        joined = joined.left_join(block, "customer_id", rname=f"{{name}}_{number}")
    return joined.select("customer_id", *names)


def _status(known: ir.Table, active_days: int | None, churn: ChurnKind) -> ir.StringValue:
    n_orders, n_lines, n_contracts, n_running = (
        known[name] if name in known.columns else ibis.literal(0)
        for name in ("n_orders", "n_lines", "n_contracts", "n_contracts_running")
    )
    is_at_risk = (n_orders > 0) & ibis.literal(churn != "contract")
    if active_days is not None and "days_since_last_order" in known.columns:
        is_at_risk &= known.days_since_last_order <= active_days
    return ibis.cases(
        (is_at_risk | (n_running > 0), "scored"),
        ((n_orders > 0) | (n_contracts > 0), "inactive"),
        (n_lines > 0, "refund_only"),
        else_="prospect",
    )
