from datetime import date

import ibis
import pandas as pd
import pytest

from goodwill.data.tables import Past, Tables
from goodwill.decisions.contacts import barred_contacts, foreign_channels
from goodwill.errors import UsageError

AS_OF = date(2025, 3, 1)


def known(**frames: pd.DataFrame) -> Past:
    """Return the past of some tables."""
    return Tables(**{name: ibis.memtable(frame) for name, frame in frames.items()}).before(AS_OF)


def contacts(*rows: tuple[str, str, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["customer_id", "time", "treatment"])
    return frame.assign(time=pd.to_datetime(frame["time"]))


def test_opt_outs_known_by_the_day_bar_their_channel() -> None:
    rules = pd.DataFrame({
        "customer_id": ["1", "2", "3"],
        "opted_out_at": pd.to_datetime(["2025-01-01", "2025-02-01", "2025-03-01"]),
        "channel": ["phone", None, None],
    })  # fmt: skip
    barred = barred_contacts(known(contact_rules=rules))
    assert barred["customer_id"].tolist() == ["1", "2"]
    assert barred["channel"].isna().tolist() == [False, True]


def test_rules_without_a_channel_bar_every_channel() -> None:
    rules = pd.DataFrame({"customer_id": ["1"], "opted_out_at": pd.to_datetime(["2025-01-01"])})
    assert barred_contacts(known(contact_rules=rules))["channel"].isna().all()


def test_whoever_was_contacted_often_enough_of_late_is_barred() -> None:
    treatments = contacts(
        ("1", "2025-02-20", "mail"), ("1", "2025-02-25", "mail"),
        ("2", "2025-02-20", "mail"), ("2", "2025-01-01", "mail"),
        ("3", "2025-02-20", "Control"), ("3", "2025-02-21", None),
    )  # fmt: skip
    barred = barred_contacts(known(treatments=treatments), most_contacts=2)
    assert barred["customer_id"].tolist() == ["1"]
    once = barred_contacts(known(treatments=treatments), most_contacts=1, control="mail")
    assert once.empty


def test_without_tables_nobody_is_barred() -> None:
    assert barred_contacts(known(), most_contacts=1).empty


@pytest.mark.parametrize("asked", [{"most_contacts": 0}, {"within_days": 0}])
def test_limits_below_one_are_refused(asked: dict[str, int]) -> None:
    with pytest.raises(UsageError, match="both must be 1 or more"):
        barred_contacts(known(), **asked)


def test_opt_outs_of_channels_that_no_contact_uses_are_named_with_their_customers() -> None:
    barred = pd.DataFrame({"customer_id": ["1", "2", "3", "4"], "channel": ["E-mail", "fax", "fax", " "]})
    assert foreign_channels(barred, ["email", "phone"]) == {"fax": 2}


def test_what_may_be_an_address_is_counted_and_not_named() -> None:
    barred = pd.DataFrame(
        {"customer_id": ["1", "2", "3"], "channel": ["jo@example.org", "+49 30 1234", "fax"]}
    )
    assert foreign_channels(barred, ["email"]) == {"fax": 1, "…": 2}
    assert foreign_channels(barred.head(2), ["email"]) == {"…": 2}
    assert foreign_channels(barred.head(0), ["email"]) == {}
