"""What customers contribute in data: a column of the scores on request, a sentence of the dossier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from goodwill.errors import UsageError
from goodwill.pipeline.data_index import data_indices
from goodwill.pipeline.dossier import tell_customer
from goodwill.pipeline.score import Request, score_customers
from goodwill.scoring import chunks
from goodwill.value.contribution import Records

if TYPE_CHECKING:
    from conftest import Shop


@pytest.mark.parametrize("most", [400_000, 100])
def test_the_scores_have_the_index_of_the_whole_base_in_any_chunks(
    copied: Shop, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_CUSTOMERS", most)
    score_customers(copied.config("score.data_contribution=true"), Request(horizon_days=(40, 90)))
    scores = pd.read_parquet(copied.output / "scores.parquet")
    assert scores["data_index"].mean() == pytest.approx(100)
    orders = pd.read_parquet(copied.folder / "data/transactions.parquet")
    n_lines = orders[orders["time"] < "2025-01-01"].groupby("customer_id").size()
    share = scores["customer_id"].map(n_lines).fillna(0) / n_lines.sum()
    known = scores[["customer_id"]].assign(share=share, index=scores["data_index"]).dropna()
    assert known["share"].corr(known["index"], method="spearman") > 0.9


def test_the_dossier_tells_what_the_customer_contributes(scored_once: Shop) -> None:
    scores = pd.read_parquet(scored_once.output / "scores.parquet")
    answer = tell_customer(scored_once.config(), str(scores["customer_id"].iloc[0]))
    data = answer.data["data"]
    kinds = [index for kind, index in data.items() if kind != "all"]
    assert data["all"] == pytest.approx(sum(kinds) / len(kinds))
    assert any(note.startswith("Data contributed: ") for note in answer.notes)


def test_each_kind_has_its_own_index() -> None:
    X = pd.DataFrame({"customer_id": ["a"], "n_lines": [3], "n_comments": [0]})
    base = Records({"n_lines": 6, "n_comments": 2}, n_customers=4)
    assert data_indices(X, base) == {"all": 100.0, "purchases": 200.0, "comments": 0.0}


def test_where_there_are_no_data_nothing_is_told() -> None:
    X = pd.DataFrame({"customer_id": ["a"], "n_lines": [0]})
    assert data_indices(X, Records({"n_lines": 0}, n_customers=1)) == {}
    with pytest.raises(UsageError, match="counts records"):
        data_indices(X, Records({"n_orders": 5}, n_customers=1))
