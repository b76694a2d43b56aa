"""The future may not move a predictor: the whole file and the file cut at `as_of` give the same bytes."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import goodwill as gw
from goodwill.data.contracts import CONTRACTS
from goodwill.data.tables import midnight

# Tracing lines costs whole runs two thirds more, and other tests run those lines.
pytestmark = pytest.mark.no_cover

AS_OF = date(2025, 1, 1)


def cut(tables: gw.Tables, day: date) -> gw.Tables:
    """Return the tables as files would hold them that were written on the morning of `day`."""
    kept = {
        name: table.filter(table[CONTRACTS[name].time] < midnight(day))
        for name, table in tables.present.items()
        if CONTRACTS[name].time in table.columns
    }
    return replace(tables, **kept)


def trained(tables: gw.Tables, as_of: date, horizon_days: int) -> gw.CustomerValuePredictor:
    train = gw.snapshots(tables, until=as_of, horizon_days=horizon_days)
    return gw.CustomerValuePredictor(segments=2).fit(train)


def test_a_shop_cut_at_as_of_gives_the_identical_predictor(
    tables: gw.Tables, predictor: gw.CustomerValuePredictor, tmp_path: Path
) -> None:
    again = trained(cut(tables, AS_OF), AS_OF, 120)
    assert again.save(tmp_path / "cut") == predictor.save(tmp_path / "whole")


def test_a_shop_cut_at_as_of_gives_identical_scores(
    tables: gw.Tables, predictor: gw.CustomerValuePredictor
) -> None:
    whole, early = (predictor.score_customers(t, as_of=AS_OF) for t in (tables, cut(tables, AS_OF)))
    pd.testing.assert_frame_equal(whole, early, check_exact=True)


@pytest.mark.slow
def test_cdnow_cut_at_as_of_gives_the_identical_predictor_of_ten_megabytes_at_most(
    data_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "cdnow.yaml").write_text(
        f"name: cdnow\ntables: {{transactions: {{source: {data_dir}/cdnow/cdnow_master.parquet,\n"
        "  columns: {customer_id: customer_id, time: date, amount: amount},\n"
        "  where: amount > 0 AND CAST(customer_id AS INT) % 10 = 0}}\n"
        "snapshot: {as_of: 1997-10-01, horizon_days: 273}\n"
    )
    tables, day = gw.read_tables(tmp_path / "cdnow.yaml"), date(1997, 10, 1)
    whole, early = trained(tables, day, 273), trained(cut(tables, day), day, 273)
    assert whole.save(tmp_path / "whole") == early.save(tmp_path / "early")
    size = sum(file.stat().st_size for file in (tmp_path / "whole").iterdir())
    assert size <= 10 * 2**20
