"""What a customer's contracts say."""

from ibis import _
from ibis.expr import types as ir

from goodwill.data.tables import Past
from goodwill.features.payments import runs_up_to


def contracts(past: Past) -> ir.Table:
    """Return the contracts of each customer, as known before `past.as_of`."""
    rows = past.tables.present["contracts"]
    rows = rows.mutate(is_running=runs_up_to(rows, past.as_of))
    return rows.group_by("customer_id").agg(n_contracts_running=_.is_running.sum())
