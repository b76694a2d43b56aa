"""What check and train tell of a shop, read in Chinese: no English sentence is left."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from goodwill.evaluation.terms import contract_findings
from goodwill.pipeline.check import check_data
from goodwill.wording import told

if TYPE_CHECKING:
    from conftest import Shop
    from goodwill.pipeline.outcome import Outcome

# Three words in a row; parts of paths, columns and SQL are no words.
SENTENCE = re.compile(r"(?<![\w/.`(-])[A-Za-z]+(?:[ ,:;]+[A-Za-z]+){2,}(?![\w/.`-])")


def english(texts: Iterable[str]) -> list[str]:
    """Return what is left of English, read as a Chinese reader does."""
    return [said for text in texts if SENTENCE.search(said := told(text, "zh"))]


def read(answer: Outcome) -> list[str]:
    heads = [text for sheet in answer.sheets for text in (sheet.title, *sheet.columns)]
    cells = [cell for sheet in answer.sheets for row in sheet.rows for cell in row]
    return [*heads, *cells, *answer.notes]


def test_training_tells_no_english_sentence(trained: Shop, steps: list[str]) -> None:
    assert trained.answer is not None
    assert english([*steps, *read(trained.answer)]) == []


def test_a_check_tells_no_english_sentence(untrained: Shop) -> None:
    steps: list[str] = []
    answer = check_data(untrained.config(), progress=lambda step, *_: steps.append(step))
    assert english([*steps, *read(answer)]) == []


@pytest.mark.parametrize("ended", [0, 7])
def test_odd_contracts_are_told_in_chinese(ended: int) -> None:
    odd = dict.fromkeys(("repeats", "overlaps", "zero_days", "early_notices", "late_notices"), 3)
    odd |= {"paying": 20, "rarely_paid": 3, "longest_period": 365}
    found = contract_findings({"all": 2000, "ended": ended, **odd}, horizon_days=90)
    assert english([text for finding in found for text in (finding.name, finding.text)]) == []
    assert [finding.name for finding in found if told(finding.name, "zh") == finding.name] == []


def test_broken_contracts_are_told_in_chinese(untrained: Shop, tmp_path: Path) -> None:
    orders = pd.read_parquet(untrained.folder / "data/transactions.parquet")
    amounts = orders["amount"].mask(orders.index == 7, 1e15).mask(orders.index > 9, float("inf"))
    spoilt = orders.assign(
        customer_id=orders["customer_id"].where(orders.index > 4),
        time=orders["time"].astype("str").mask(orders.index == 2, "soon").mask(orders.index == 3),
        amount=amounts.astype("str").mask(orders.index == 8, "much"),
    )
    spoilt.to_parquet(tmp_path / "spoilt.parquet")
    answer = check_data(untrained.config(f"tables.transactions.source={tmp_path}/spoilt.parquet"))
    assert len(answer.sheets[0].rows) >= 5
    assert english(read(answer)) == []
