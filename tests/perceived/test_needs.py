"""Needs per customer."""

import pandas as pd
import pytest

from goodwill.errors import TableError
from goodwill.perceived.needs import needs


def test_the_commonest_kind_is_the_need() -> None:
    said = pd.DataFrame({"customer_id": list("aaab"), "kind": ["pain", "concern", "pain", "praise"]})
    assert needs(said).to_dict("list") == {"customer_id": ["a", "b"], "need": ["pain", "unknown"]}


def test_at_a_tie_the_latest_counts() -> None:
    days = pd.to_datetime(["2024-03-01", "2024-02-01", None])
    said = pd.DataFrame({"respondent": list("aaa"), "kind": ["pain", "expectation", "concern"], "time": days})
    assert needs(said)["need"].tolist() == ["pain"]


def test_customers_without_a_comment_are_unknown() -> None:
    said = pd.DataFrame({"customer_id": ["a", None], "kind": ["concern", "pain"]})
    assert needs(said, pd.Index(["b", "a"]))["need"].tolist() == ["unknown", "concern"]


def test_nobody_commented() -> None:
    assert needs(pd.DataFrame({"customer_id": [], "kind": []})).empty


def test_kinds_are_wanted() -> None:
    with pytest.raises(TableError, match="has the columns text; needs want customer_id and kind"):
        needs(pd.DataFrame({"text": ["x"]}))
