import datetime as dt
from dataclasses import replace

import ibis
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibis.expr import types as ir

from goodwill.data.tables import Future, Tables, midnight
from goodwill.errors import UsageError

AS_OF = dt.date(2024, 5, 1)


def at(day: str | None, hour: int = 0) -> dt.datetime | None:
    return None if day is None else dt.datetime.fromisoformat(day) + dt.timedelta(hours=hour)


def table(**columns: list[object]) -> ir.Table:
    times = {"time", "known_at", "start", "end", "cancelled_at", "signup_time", "opted_out_at"}
    arrays = {
        name: pa.array([at(cell) for cell in cells], pa.timestamp("us")) if name in times else pa.array(cells)
        for name, cells in columns.items()
    }
    return ibis.memtable(pa.table(arrays))


def cells(rows: ir.Table, name: str) -> list[object]:
    return sorted(rows.select(value=name).to_pyarrow()["value"].to_pylist(), key=str)


def orders(*days: str, known: tuple[str, ...] | None = None) -> Tables:
    return Tables(
        transactions=table(
            customer_id=[str(i) for i in range(len(days))],
            time=list(days),
            amount=[1.0] * len(days),
            known_at=list(known or days),
        )
    )


def test_a_frame_is_no_table_of_an_engine() -> None:
    with pytest.raises(UsageError, match=r"transactions is a DataFrame, .* `in_memory\(frame, connect\(\)"):
        Tables(transactions=pd.DataFrame({"customer_id": ["a"]}))


def test_times_in_words_are_named_at_the_door() -> None:
    spelt = ibis.memtable({"customer_id": ["a"], "time": ["2024-05-01"], "amount": [1.0]})
    with pytest.raises(UsageError, match=r"transactions\.time is of type string, and no time\. Convert it"):
        Tables(transactions=spelt)


def test_before_and_within_meet_at_midnight_without_overlap() -> None:
    tables = orders("2024-04-30", "2024-05-01", "2024-05-02", "2024-05-03")
    assert cells(tables.before(AS_OF).tables.transactions, "customer_id") == ["0"]
    assert cells(tables.within(AS_OF, 2).tables.transactions, "customer_id") == ["1", "2"]


@settings(max_examples=20, deadline=None)
@given(
    st.lists(st.dates(dt.date(2024, 4, 1), dt.date(2024, 6, 30)), min_size=1, max_size=6), st.integers(1, 60)
)
def test_past_future_and_later_are_the_whole(days: list[dt.date], horizon_days: int) -> None:
    tables = orders(*[str(day) for day in days])
    end = AS_OF + dt.timedelta(days=horizon_days)
    parts = [tables.before(AS_OF), tables.within(AS_OF, horizon_days), tables.within(end, 10_000)]
    assert sum(part.tables.transactions.count().execute() for part in parts) == len(days)


def test_a_row_learned_later_is_not_known_though_it_had_happened() -> None:
    tables = orders("2024-04-01", "2024-04-02", known=("2024-05-01", "2024-04-30"))
    assert cells(tables.before(AS_OF).tables.transactions, "customer_id") == ["1"]


def test_a_row_announced_earlier_is_not_known_before_it_happens() -> None:
    tables = orders("2024-05-02", known=("2024-04-01",))
    assert tables.before(AS_OF).tables.transactions.count().execute() == 0


def test_labels_are_cut_on_what_happened_whenever_it_was_learned() -> None:
    tables = orders("2024-05-02", known=("2025-01-01",))
    assert tables.within(AS_OF, 30).tables.transactions.count().execute() == 1


def running() -> ir.Table:
    """Return contracts that ended, will end, were cancelled in time, will be cancelled, and start later."""
    return table(
        customer_id=["ended", "ends", "cancelled", "cancels", "starts"],
        start=["2024-01-01", "2024-01-01", "2024-01-01", "2024-01-01", "2024-06-01"],
        end=["2024-03-01", "2024-07-01", "2024-07-01", "2024-07-01", "2024-12-01"],
        cancelled_at=[None, None, "2024-04-01", "2024-06-01", None],
        known_at=["2024-01-01", "2024-01-01", "2024-01-01", "2024-01-01", "2024-04-01"],
    )


def known_ends(tables: Tables) -> dict[str, dt.datetime | None]:
    rows = tables.before(AS_OF).tables.contracts.to_pyarrow().to_pylist()
    return {row["customer_id"]: row["end"] for row in rows}


def test_ends_not_yet_known_are_open() -> None:
    assert known_ends(Tables(contracts=running())) == {
        "ended": at("2024-03-01"),
        "ends": None,
        "cancelled": at("2024-07-01"),
        "cancels": None,
        "starts": None,
    }


def test_ends_agreed_at_the_start_are_known() -> None:
    assert known_ends(Tables(contracts=running(), fixed_term=True))["ends"] == at("2024-07-01")


def test_ends_are_open_without_a_column_of_cancellations_too() -> None:
    ends = known_ends(Tables(contracts=running().drop("cancelled_at")))
    assert (ends["ended"], ends["cancelled"]) == (at("2024-03-01"), None)


def test_cancellations_not_yet_known_are_missing() -> None:
    past = Tables(contracts=running()).before(AS_OF)
    assert cells(past.tables.contracts, "cancelled_at") == [at("2024-04-01"), None, None, None, None]


def people(**columns: list[object]) -> Tables:
    rows = table(customer_id=["old", "new", "unknown"], owner=["x", "y", "z"], **columns)
    return Tables(customers=rows, known_at_signup=("owner",))


def test_customers_are_known_from_their_sign_up_with_what_was_known_then() -> None:
    days = ["2024-01-01", "2024-06-01", None]
    tables = people(signup_time=days, known_at=days, branch_id=["1", "2", "3"])
    customers = tables.before(AS_OF).tables.customers
    assert customers.columns == ("customer_id", "signup_time", "owner")
    assert cells(customers, "customer_id") == ["old", "unknown"]


def test_attributes_of_unknown_time_are_no_features() -> None:
    tables = replace(people(signup_time=["2024-01-01"] * 3), known_at_signup=())
    assert tables.before(AS_OF).tables.customers.columns == ("customer_id", "signup_time")


def test_customers_without_a_time_are_all_known() -> None:
    assert people().before(AS_OF).tables.customers.count().execute() == 3


def test_surveys_without_a_time_are_never_known() -> None:
    tables = Tables(surveys=table(respondent=["r"], item=["q"], side=["score"], value=[5.0]))
    assert tables.before(AS_OF).tables.surveys.count().execute() == 0


def test_products_have_no_time_and_profiles_no_past() -> None:
    tables = Tables(products=table(product_id=["p"]), profiles=table(customer_id=["a"]))
    past = tables.before(AS_OF).tables
    assert past.products.count().execute() == 1
    assert past.profiles is None


def test_contracts_customers_and_products_are_whole_in_the_future() -> None:
    tables = Tables(contracts=running(), customers=people().customers, products=table(product_id=["p"]))
    assert tables.within(AS_OF, 1).tables == tables


def test_the_future_ends_after_its_last_day() -> None:
    assert Future(Tables(), AS_OF, 30).end == dt.date(2024, 5, 31)
    assert midnight(AS_OF) == at("2024-05-01")


def test_present_tables_are_those_that_exist() -> None:
    assert list(orders("2024-04-30").present) == ["transactions"]


@pytest.mark.parametrize("name", ["interactions", "balances", "treatments", "referrals", "comments"])
def test_every_event_is_cut_on_both_times(name: str) -> None:
    rows = table(
        customer_id=["known", "late", "future"],
        time=["2024-04-01", "2024-04-01", "2024-05-01"],
        known_at=["2024-04-01", "2024-05-01", "2024-04-01"],
    )
    past = Tables(**{name: rows}).before(AS_OF)
    assert cells(past.tables.present[name], "customer_id") == ["known"]


def test_opting_out_is_known_from_its_day() -> None:
    days = ["2024-04-30", "2024-05-01"]
    rules = Tables(contact_rules=table(customer_id=["a", "b"], opted_out_at=days, known_at=days))
    assert cells(rules.before(AS_OF).tables.contact_rules, "customer_id") == ["a"]


def test_a_contract_is_known_from_its_start_where_nothing_else_is_said() -> None:
    contracts = table(customer_id=["a", "b"], start=["2024-04-30", "2024-05-01"], end=[None, None])
    assert cells(Tables(contracts=contracts).before(AS_OF).tables.contracts, "customer_id") == ["a"]
