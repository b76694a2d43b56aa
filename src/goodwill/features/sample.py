"""Whom to learn from where there are many: customers drawn by value and recency, each with a weight.

Big spenders and recent buyers are few and tell most about money and churn. They are drawn more often than
others, and count for less each, so that a weighted sum over the sample is one over all customers.
"""

from dataclasses import dataclass, replace
from datetime import date

import ibis
import numpy as np
import pandas as pd
from ibis.expr import types as ir
from numpy.typing import NDArray
from scipy.optimize import brentq

from goodwill.data.tables import Tables, midnight
from goodwill.engine import drawn_below, fetch, is_drawn, kept, money
from goodwill.features.ages import age_days

F = NDArray[np.float64]
# More would fill the memory with windows, of which the models read 100,000 rows.
MOST_LEARNED = 100_000
# What was spent, in no currency's own steps: each step is four times the one before.
_SPEND = tuple(4**step for step in range(-2, 16))
_IDLE_DAYS = (30, 90, 180, 360, 720)


@dataclass(frozen=True)
class Sample:
    """Customers drawn from all, on the engine.

    Parameters
    ----------
    tables : the rows of those drawn, in every table that speaks of customers.
    weights : how many customers each one stands for, by `customer_id`.
    n_customers : how many there are in all.
    """

    tables: Tables
    weights: pd.Series
    n_customers: int

    def __str__(self) -> str:
        return f"{len(self.weights):,} of {self.n_customers:,} customers, drawn by value and recency"


def sample_customers(tables: Tables, as_of: date, max_customers: int) -> Sample | None:
    """Return about `max_customers` of those who ordered or held a contract by `as_of`; None if no more did.

    Strata are what a customer had spent by then and how long ago the last time was. Who is drawn depends on
    the id and on what was known by then alone, and is the same on every engine.

    Parameters
    ----------
    as_of : the day up to which training may know anything; later rows change nothing.

    Examples
    --------
    >>> import goodwill as gw
    >>> sample = sample_customers(gw.simulate(customers=100, seed=0), date(2025, 1, 1), 40)
    >>> bool(30 < len(sample.weights) < 50), bool(80 < sample.weights.sum() < 120)
    (True, True)
    """
    known = _strata(tables.before(as_of).tables, as_of)
    sizes = fetch(known.group_by("stratum").aggregate(n=known.count())).to_pandas().sort_values("stratum")
    counts = sizes["n"].to_numpy(float)
    if counts.sum() <= max_customers:
        return None
    shares = sampling_shares(counts, max_customers)
    limits, weights = [
        known.stratum.cases(*zip(sizes["stratum"].tolist(), values, strict=True))
        for values in ([drawn_below(share) for share in shares], (1 / shares).tolist())
    ]
    drawn = kept(known.filter(is_drawn(known.customer_id, limits)).select("customer_id", weight=weights))
    found = fetch(drawn).to_pandas().set_index("customer_id")["weight"].sort_index()
    return Sample(only(tables, drawn), found.astype(float), int(counts.sum()))


def sampling_shares(counts: F, wanted: float) -> F:
    """Return the share of each stratum that is drawn, so that `wanted` customers are expected in all.

    Half of them are drawn evenly, half by the square root of a stratum's size (power allocation: Bankier
    1988, The American Statistician 42). So small strata are seen well, and nobody counts for more than twice
    the average.

    Parameters
    ----------
    counts : (n_strata,) customers, each above 0.
    wanted : below the sum of the counts.

    Examples
    --------
    >>> sampling_shares(np.array([10_000.0, 100.0]), 1_010).round(3)
    array([0.096, 0.509])
    >>> sampling_shares(np.array([900.0, 1.0]), 100).round(3)
    array([0.11, 1.  ])
    """
    size = counts / counts.sum() + np.sqrt(counts) / np.sqrt(counts).sum()

    def excess(scale: float) -> float:
        return float(np.minimum(counts, scale * size).sum() - wanted)

    scale = float(brentq(excess, 0.0, (counts / size).max()))
    return np.minimum(scale * size / counts, 1.0)


def only(tables: Tables, customers: ir.Table) -> Tables:
    """Return the rows of some customers, in every table that speaks of customers."""
    chosen = {
        name: kept(table.semi_join(customers, "customer_id"))
        for name, table in tables.present.items()
        if "customer_id" in table.columns
    }
    return replace(tables, **chosen)


def _strata(past: Tables, as_of: date) -> ir.Table:
    """Return `customer_id` and the number of the stratum, of all who ordered or held a contract."""
    paid = _paid(past, as_of)
    rows = ibis.union(*paid) if len(paid) > 1 else paid[0]
    known = rows.group_by("customer_id").aggregate(
        spend=money(rows.amount).sum(), idle_days=age_days(rows.time.max(), as_of)
    )
    spend, idle = (
        ibis.literal(0, "int32") + sum((column >= edge).ifelse(1, 0) for edge in edges)
        for column, edges in ((known.spend.fill_null(0), _SPEND), (known.idle_days, _IDLE_DAYS))
    )
    return known.select("customer_id", stratum=(spend * (len(_IDLE_DAYS) + 1) + idle).cast("int32"))


def _paid(past: Tables, as_of: date) -> list[ir.Table]:
    """Return what customers paid, and when last: orders, and contracts, of which those that run pay now."""
    found = []
    if past.transactions is not None:
        found.append(past.transactions.select("customer_id", "time", "amount"))
    if past.contracts is not None:
        held = past.contracts
        until = held.end.fill_null(midnight(as_of))
        found.append(held.select("customer_id", time=until, amount=held.price))
    return found
