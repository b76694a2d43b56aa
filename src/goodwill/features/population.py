"""Every customer known before `as_of`, with all features and the status that says whom the models score."""

import re
from collections.abc import Callable
from functools import reduce

import ibis
import pandas as pd
from ibis.expr import types as ir

from goodwill.data.tables import Past
from goodwill.errors import HistoryError
from goodwill.features.contracts import contracts
from goodwill.features.purchases import purchases

Block = Callable[[Past], ir.Table]

# A block reads the table it stands beside, and is left out where that table is absent.
BLOCKS: tuple[tuple[str, Block], ...] = (
    ("transactions", purchases),
    ("contracts", contracts),
)

_COUNT_OR_TOTAL = re.compile(r"^(n|is|has)_|_total$|_\d+d$")


def features(past: Past, active_days: int | None = None) -> ir.Table:
    """Return what was known about each customer before `past.as_of`.

    Parameters
    ----------
    past : what was known then.
    active_days : buyers without an occasion in so many days are `inactive`; None sets no limit.

    Returns
    -------
    A row per customer known in any table: `customer_id`, `status`, then the columns of every block whose
    table exists. Counts and totals of a customer without rows are 0, means and `days_since_` missing.
    `status` is `scored` (an occasion, within `active_days` where set, or a running contract), `inactive`
    (occasions, the last of them longer ago), `refund_only` (transactions, none an occasion) or `prospect`.
    """
    tables = past.tables.present
    blocks = [block(past) for name, block in BLOCKS if name in tables]
    if not blocks:
        raise HistoryError(
            f"Features need one of the tables {', '.join(name for name, _ in BLOCKS)}; "
            f"got {', '.join(tables) or 'none'}. Map one of them."
        )
    known = _everyone(past)
    joined = reduce(
        lambda left, right: left.left_join(right, "customer_id").drop("customer_id_right"), blocks, known
    )
    filled = {name: joined[name].fill_null(0) for name in joined.columns if _COUNT_OR_TOTAL.search(name)}
    complete = joined.mutate(**filled)
    judged = complete.mutate(status=_status(complete, active_days))
    return judged.select("customer_id", "status", *complete.drop("customer_id").columns)


def fill_counts(known: pd.DataFrame) -> pd.DataFrame:
    """Return features of several dates with 0 for the counts and totals that a date had no column for."""
    absent = [name for name in known.columns[known.isna().any()] if _COUNT_OR_TOTAL.search(name)]
    return known.fillna(dict.fromkeys(absent, 0))


def _everyone(past: Past) -> ir.Table:
    tables = {name: table for name, table in past.tables.present.items() if "customer_id" in table.columns}
    ids = [table.select("customer_id").distinct() for table in tables.values()]
    known = ids[0] if len(ids) == 1 else ibis.union(*ids, distinct=True)
    return known.drop_null("customer_id")


def _status(known: ir.Table, active_days: int | None) -> ir.StringValue:
    zero = ibis.literal(0)
    n_orders, n_lines, n_running = (
        known[name] if name in known.columns else zero
        for name in ("n_orders", "n_lines", "n_contracts_running")
    )
    is_recent = n_orders > 0
    if active_days is not None and "days_since_last_order" in known.columns:
        is_recent &= known.days_since_last_order <= active_days
    return ibis.cases(
        (is_recent | (n_running > 0), "scored"),
        (n_orders > 0, "inactive"),
        (n_lines > 0, "refund_only"),
        else_="prospect",
    )
