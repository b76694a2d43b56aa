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


def test_numbers_keep_their_digits_though_one_is_missing(tmp_path: Path) -> None:
    phones = CUSTOMERS.assign(phone=[13_800_138_000, None, 13_800_138_001])
    write_audiences(tmp_path / "tier", phones, "tier", identifier="phone")
    assert (tmp_path / "tier/00_gold.csv").read_text() == "phone\n13800138000\n13800138001\n"
    write_audiences(tmp_path / "tier", phones, "tier", identifier="phone", salt="")
    hashed = hashlib.sha256(b"13800138000").hexdigest()
    assert hashed in (tmp_path / "tier/00_gold.csv").read_text()


def test_a_phone_number_is_hashed_as_plus_and_digits() -> None:
    told = hashed_ids(pd.Series(["+44 (0)20 7946 0001", " +44-20/7946.0001"]))
    assert set(told) == {hashlib.sha256(b"+442079460001").hexdigest()}


def test_lists_by_what_they_are_made_of_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="audiences: mail is asked for twice"):
        write_audiences(tmp_path / "mail", CUSTOMERS, "mail", identifier="mail")
