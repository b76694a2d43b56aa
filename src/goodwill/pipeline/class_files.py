"""Classes read back from kept scores: who moved since the scoring before, and what each class buys."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from goodwill.data.tables import Past
from goodwill.engine import drawn_below, is_drawn, to_frame
from goodwill.features.sales import product_sales, sold_by
from goodwill.pipeline.kept import kept_rows, reading
from goodwill.pipeline.rows import as_rows
from goodwill.predictor import NOT_COMPUTABLE
from goodwill.value.categories import categories
from goodwill.value.migration import migration
from goodwill.value.rules import Rules
from goodwill.value.sellers import sellers

Report = dict[str, Any]  # JSON
_MIGRATED = ("tier", "lifecycle", "loyalty", "matrix", "rfm")
# What so many customers buy tells the sellers of all; more lines would not fit beside a scoring.
MOST_BUYERS = 1_000_000
_MOST_SELLERS = 5


def migrations(earlier: Path, later: Path, rules: Rules) -> Report:
    """Return how customers moved between two kept scorings: counts, shares, watch list, expected next period.

    Values are of the longest horizon that both hold; where they share none, the watch list has None.

    Parameters
    ----------
    rules : whose classes come in their order.
    """
    horizons = [_horizons(place) for place in (earlier, later)]
    shared = max(horizons[0] & horizons[1], default=None)
    before, after = (classes_of(place, rules, shared) for place in (earlier, later))
    is_comparable = shared is not None or not any(horizons)
    untold = {} if is_comparable else {"value_before": None, "value_at_stake": None}
    known = [name for name in _MIGRATED if name in before and name in after]
    found = {name: migration(before, after, name) for name in known}
    return {
        name: {
            "stayed_share": moved.stayed_share,
            "counts": moved.counts.to_dict("index"),
            "shares": moved.shares.dropna().to_dict("index"),
            "expected": moved.expected.to_dict("index"),
            "net_flows": as_rows(moved.net_flows),
            "watch_list": as_rows(moved.watch_list.assign(**untold)),
        }
        for name, moved in found.items()
    }


def kept_sellers(kept: Path, past: Past) -> Report:
    """Return what tiers buy: best and slow sellers, spend and margin by category, and of whom, if not of all.

    Of few categories at most half are best sellers of a tier, so that the others may be told as slow.
    """
    by = sold_by(past)
    if by is None:
        return {"sellers": [], "categories": []}
    table = kept_rows(kept, columns=["customer_id", "tier"])
    share = MOST_BUYERS / max(len(table), 1)
    sales = product_sales(past, by)
    bought = to_frame(sales if share >= 1 else sales.filter(is_drawn(sales.customer_id, drawn_below(share))))
    drawn = table if share >= 1 else table.filter(_is_in(table["customer_id"], bought["customer_id"]))
    tiers = drawn.to_pandas().drop_duplicates("customer_id").set_index("customer_id")["tier"]
    told = {} if share >= 1 else {"sellers_of": f"a random {share:.0%} of the customers"}
    return {**_sold(bought, tiers[tiers != NOT_COMPUTABLE], by), "sellers_by": by, **told}


def _sold(bought: pd.DataFrame, tiers: pd.Series, by: str) -> Report:
    n = min(max(bought["product"].nunique() // 2, 1), _MOST_SELLERS)
    found = as_rows(sellers(bought, tiers, n=n)) if len(bought) else []
    kinds = as_rows(categories(bought, tiers)) if by == "category" else []
    return {"sellers": found, "categories": kinds}


def _is_in(ids: pa.ChunkedArray, wanted: pd.Series) -> pa.Array:
    return pa.compute.is_in(ids, value_set=pa.array(wanted.unique(), type=ids.type))


def classes_of(place: Path, rules: Rules, horizon_days: int | None = None) -> pd.DataFrame:
    """Return each customer once, with classes; ids as numbers of eight bytes, so that ten million fit.

    Parameters
    ----------
    horizon_days : whose `clv` it is; that of the first row of each customer when None.
    """
    with reading(place):
        there = set(pq.ParquetDataset(place, partitioning=None).schema.names)
    codes = [name for name in _MIGRATED if name in there]
    wanted = ["customer_id", *codes, *(["clv"] if "clv" in there else [])]
    asked = None if horizon_days is None else [("horizon_days", "==", horizon_days)]
    table = kept_rows(place, columns=wanted, read_dictionary=codes, filters=asked)
    ids = [
        pd.util.hash_array(part.to_numpy(zero_copy_only=False), categorize=False) for part in table[0].chunks
    ]
    frame = table.drop(["customer_id"]).unify_dictionaries().to_pandas()
    frame = frame.assign(**{name: _ordered(frame[name], rules, name) for name in codes})
    numbered = frame.assign(customer_id=np.concatenate([*ids, np.empty(0, dtype=np.uint64)]))
    return pd.DataFrame(numbered.drop_duplicates("customer_id"))


def _horizons(place: Path) -> set[int]:
    """Return the horizons of kept scores; none of a ready-made table."""
    with reading(place):
        there = pq.ParquetDataset(place, partitioning=None).schema.names
    if "horizon_days" not in there:
        return set()
    found = kept_rows(place, columns=["horizon_days"])["horizon_days"].unique().to_pandas()
    return {int(days) for days in found.dropna()}


def _ordered(codes: pd.Series, rules: Rules, name: str) -> pd.Series:
    """Return codes as categories in the order of the rules, others after them."""
    known = [*rules.dimensions[name].classes, NOT_COMPUTABLE]
    found = codes.astype("category")
    others = [code for code in found.cat.categories if code not in known]
    return found.cat.set_categories([*known, *others])
