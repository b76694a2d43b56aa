import hashlib
from pathlib import Path

import pandas as pd
import pytest

from goodwill.decisions.audiences import hashed_ids, write_audiences
from goodwill.errors import UsageError

CUSTOMERS = pd.DataFrame({
    "customer_id": ["1", "2", "3"],
    "mail": [" Ann@x.org", None, "bob@x.org"],
    "tier": ["gold", "iron", "gold"],
    "offer": ["call/now", None, None],
})  # fmt: skip


def test_one_list_per_value_holds_its_customers(tmp_path: Path) -> None:
    assert write_audiences(tmp_path / "tier", CUSTOMERS, "tier") == {"gold": 2, "iron": 1}
    names = sorted(file.name for file in (tmp_path / "tier").iterdir())
    assert names == ["00_gold.csv", "01_iron.csv"]
    assert (tmp_path / "tier/00_gold.csv").read_text() == "customer_id\n1\n3\n"


def test_who_has_no_value_or_identifier_is_left_out_and_names_are_safe(tmp_path: Path) -> None:
    assert write_audiences(tmp_path / "offer", CUSTOMERS, "offer", identifier="mail") == {"call/now": 1}
    assert [file.name for file in (tmp_path / "offer").iterdir()] == ["00_call_now.csv"]


def test_identifiers_are_hashed_after_normalising(tmp_path: Path) -> None:
    write_audiences(tmp_path / "tier", CUSTOMERS, "tier", identifier="mail", salt="s")
    lines = (tmp_path / "tier/00_gold.csv").read_text().split()
    assert lines[1] == hashlib.sha256(b"sann@x.org").hexdigest()


def test_the_folder_is_replaced_as_a_whole(tmp_path: Path) -> None:
    write_audiences(tmp_path / "lists", CUSTOMERS, "tier")
    write_audiences(tmp_path / "lists", CUSTOMERS, "offer")
    assert [file.name for file in (tmp_path / "lists").iterdir()] == ["00_call_now.csv"]


def test_full_width_characters_are_the_same_person() -> None:
    assert hashed_ids(pd.Series(["\uff21bc1"]))[0] == hashed_ids(pd.Series(["abc1"]))[0]


@pytest.mark.parametrize(("by", "identifier"), [("city", "mail"), ("tier", "phone")])
def test_an_absent_column_is_told(tmp_path: Path, by: str, identifier: str) -> None:
    with pytest.raises(
        UsageError, match=r"audiences: there is no column (city|phone); there are customer_id"
    ):
        write_audiences(tmp_path / "x", CUSTOMERS, by, identifier=identifier)
