"""Totals: sums of parts are sums of the whole, and only scored customers count."""

from pathlib import Path

import numpy as np
import pandas as pd

from goodwill.modeling.totals import Spread
from goodwill.pipeline.score_totals import keep_totals, scores_and_totals, total_parts, totals_of


def scores() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "status": ["scored", "scored", "prospect"],
            "horizon_days": [90.0, 90.0, 90.0],
            "clv": [10.0, 30.0, np.nan],
            "tier": ["gold", "lead", "not_computable"],
            "branch": ["a", "a", "b"],
        }
    )


def test_parts_add_up_to_the_whole() -> None:
    variance, nothing = np.array([4.0, 9.0, np.nan]), np.array([0.1, 0.2, np.nan])
    whole = total_parts(scores(), Spread(variance, nothing), ["branch"])
    first, rest = (
        total_parts(scores()[part], Spread(variance[part], nothing[part]), ["branch"])
        for part in (slice(1), slice(1, None))
    )
    assert first.add(rest, fill_value=0).sort_index().equals(whole.sort_index().astype(float))


def test_only_scored_customers_count() -> None:
    totals = totals_of(
        total_parts(scores(), Spread(np.ones(3), np.zeros(3)), ["branch"]), common_share=0.1, level=0.8
    )
    assert totals.loc[totals["by"] == "branch", ["group", "customers"]].to_numpy().tolist() == [["a", 2]]
    assert (totals["total_low"] < totals["clv_total"]).all()


def test_customers_of_no_group_are_one_of_their_own() -> None:
    some = scores().assign(branch=["a", None, "b"])
    parts = total_parts(some, Spread(np.ones(3), np.zeros(3)), ["branch"]).reset_index()
    assert parts.loc[parts["by"] == "branch", ["group", "customers", "clv"]].to_numpy().tolist() == [
        ["a", 1, 10.0], ["not_computable", 1, 30.0],
    ]  # fmt: skip


def test_no_totals_are_kept_where_no_variance_is_known(tmp_path: Path) -> None:
    found = keep_totals(tmp_path / "scores.parquet", pd.DataFrame(), predictor=None, level=0.8)
    assert found.empty
    assert not (tmp_path / "totals.json").exists()


def test_without_customers_there_is_nothing_to_say() -> None:
    told, totals = scores_and_totals(None, None, 0.8)
    assert told is None
    assert totals.empty
