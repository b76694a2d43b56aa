import datetime as dt
import re

import ibis
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ibis.expr import types as ir

from goodwill.data.contracts import CONTRACTS
from goodwill.data.counting import Counts
from goodwill.data.mapping import Rules, map_table
from goodwill.errors import ConfigError, TableError

ORDERS = CONTRACTS["transactions"]


def orders(**columns: object) -> ir.Table:
    n_rows = max(len(values) for values in columns.values())
    days = [dt.datetime(2024, 5, 1 + i) for i in range(n_rows)]  # noqa: DTZ001 - times are naive
    default = {"customer_id": ["a"] * n_rows, "time": days, "amount": [1.0] * n_rows}
    return ibis.memtable(pd.DataFrame(default | columns))


def column(table: ir.Table, name: str) -> list[object]:
    return table.select(value=name).to_pyarrow()["value"].to_pylist()


def test_whole_floats_become_ids_without_a_point() -> None:
    table, _ = map_table(orders(customer_id=[17850.0, 12.5]), ORDERS)
    assert column(table, "customer_id") == ["17850", "12.5"]


def test_text_ids_keep_their_zeros_and_their_blanks() -> None:
    table, _ = map_table(orders(customer_id=["00123", " 7 "]), ORDERS)
    assert column(table, "customer_id") == ["00123", " 7 "]


@pytest.mark.parametrize("mark", ["", "  ", "nan", "NULL", "None"])
def test_marks_of_a_missing_id_are_missing_and_counted(mark: str) -> None:
    table, counts = map_table(orders(customer_id=["a", mark]), ORDERS)
    assert column(table, "customer_id") == ["a", None]
    assert counts.odd == {"customer_id": 1}


def test_a_category_may_be_called_na() -> None:
    table, _ = map_table(orders(category=["NA", "x"]), ORDERS)
    assert column(table, "category") == ["NA", "x"]


def test_columns_not_mapped_are_left_out_and_known_at_is_the_time() -> None:
    source = orders(amount=[3.0]).rename(client="customer_id")
    names = {"customer_id": "client", "time": "time", "amount": "amount * 2"}
    table, _ = map_table(source, ORDERS, names)
    assert table.columns == ("customer_id", "time", "amount", "known_at")
    assert column(table, "amount") == [6.0]
    assert column(table, "known_at") == column(table, "time")


def test_known_at_may_be_mapped_by_either_way() -> None:
    source = orders(amount=[1.0]).mutate(booked=ibis.date(2024, 6, 1))
    names = {"customer_id": "customer_id", "time": "time", "amount": "amount"}
    by_rule, _ = map_table(source, ORDERS, names, Rules(known_at="booked"))
    by_name, _ = map_table(source, ORDERS, names | {"known_at": "booked"})
    assert column(by_rule, "known_at") == column(by_name, "known_at") == [dt.datetime(2024, 6, 1)]  # noqa: DTZ001 - times are naive


def test_where_sees_the_columns_of_the_source() -> None:
    source = orders(amount=[1.0, 2.0, None]).mutate(kind=ibis.literal("x"))
    table, counts = map_table(source, ORDERS, None, Rules(where="amount > 1 and kind = 'x'"))
    assert column(table, "amount") == [2.0]
    assert counts == Counts(rows_read=3, rows_kept=1, dropped={"where": 2})


def test_a_where_protects_a_cast_from_rows_it_leaves_out() -> None:
    source = orders(amount=["5", "free"])
    names = {"customer_id": "customer_id", "time": "time", "amount": "CAST(amount AS DOUBLE)"}
    table, _ = map_table(source, ORDERS, names, Rules(where="amount <> 'free'"))
    assert column(table, "amount") == [5.0]


def test_a_failing_cast_is_told_without_its_cell() -> None:
    names = {"customer_id": "customer_id", "time": "time", "amount": "CAST(amount AS DOUBLE)"}
    told = r"^transactions\.amount: 1 of 2 values cannot be computed\. A CAST.*TRY_CAST"
    with pytest.raises(TableError, match=told) as caught:
        map_table(orders(amount=["5", "free"]), ORDERS, names)
    assert "free" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "n"),
    [
        ("category", "CAST(amount AS INTEGER)", 1),
        ("time", "STRPTIME(amount, '%d.%m.%Y')", 2),
        ("quantity", "big * big", 2),
    ],
)
def test_expressions_that_fail_name_their_table_column_and_count(name: str, text: str, n: int) -> None:
    source = orders(amount=["5", "free", None], big=[2**40, 2**40, 1])
    names = {"customer_id": "customer_id", "time": "time", "amount": "TRY_CAST(amount AS DOUBLE)"}
    with pytest.raises(TableError, match=rf"^transactions\.{name}: {n} of 3 values cannot be computed"):
        map_table(source, ORDERS, names | {name: text})


def test_a_where_that_fails_is_named() -> None:
    with pytest.raises(TableError, match=r"^transactions\.where: 1 of 2 values cannot be computed"):
        map_table(orders(amount=["5", "free"]), ORDERS, None, Rules(where="CAST(amount AS DOUBLE) > 1"))


def test_every_reason_for_a_lost_row_is_counted_once() -> None:
    source = orders(customer_id=["a", None, None, "b", "b"], amount=[1.0, -1.0, 2.0, -3.0, -3.0]).mutate(
        time=ibis.date(2024, 5, 1)
    )
    rules = Rules(where="amount < 2", duplicates="drop", null_ids="drop", refunds="drop")
    table, counts = map_table(source, ORDERS, None, rules)
    assert counts.dropped == {"where": 1, "duplicates": 1, "null_ids": 1, "refunds": 1}
    assert (counts.rows_read, counts.rows_kept, table.count().execute()) == (5, 1, 1)


def test_duplicates_are_rows_alike_in_every_column_of_the_source() -> None:
    source = orders(amount=[1.0, 1.0, 1.0], time=["2024-05-01"] * 3, line=[1, 2, 2])
    _, counts = map_table(source, ORDERS, None, Rules(duplicates="drop"))
    assert counts.dropped == {"duplicates": 1}


def test_a_missing_amount_is_no_refund() -> None:
    _, counts = map_table(orders(amount=[None, -1.0]), ORDERS, None, Rules(refunds="drop"))
    assert counts == Counts(rows_read=2, rows_kept=1, dropped={"refunds": 1})


def test_rows_that_break_the_contract_stay() -> None:
    table, counts = map_table(orders(customer_id=["a", None], amount=["x", "2"]), ORDERS)
    assert table.count().execute() == 2
    assert counts.rejected == {"amount": 1}


def test_respondents_without_any_id_are_dropped() -> None:
    source = ibis.memtable(
        {"respondent": ["r", None], "customer_id": [None, None], "text": ["fine", "good"]},
        schema={"respondent": "string", "customer_id": "string", "text": "string"},
    )
    table, _ = map_table(source, CONTRACTS["comments"], None, Rules(null_ids="drop"))
    assert column(table, "text") == ["fine"]


def test_an_open_table_keeps_its_other_columns_as_they_are() -> None:
    source = ibis.memtable({"id": [1, 2], "Total": [" ", "3"], "Tenure": [4, 5]})
    names = {"customer_id": "id", "total": "TRY_CAST(Total AS DOUBLE)"}
    table, _ = map_table(source, CONTRACTS["profiles"], names)
    assert table.columns == ("customer_id", "total", "Total", "Tenure")
    assert column(table, "total") == [None, 3.0]
    assert column(table, "Tenure") == [4, 5]


def test_a_null_may_stand_for_a_column_the_source_lacks() -> None:
    source = ibis.memtable({"id": ["a"], "since": ["2024-05-01"]})
    names = {"customer_id": "id", "start": "since", "end": "NULL", "price": "9.5", "period_days": "30"}
    table, _ = map_table(source, CONTRACTS["contracts"], names)
    assert table.end.type().is_timestamp()
    assert column(table, "price") == [9.5]


def test_an_unknown_name_of_ours_is_refused_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"no such column\. 'amuont': Did you mean 'amount'"):
        map_table(orders(amount=[1.0]), ORDERS, {"amuont": "amount"})


def test_a_table_without_time_knows_no_known_at() -> None:
    with pytest.raises(ConfigError, match=r"profiles\.columns: the table knows no such column\. 'known_at'"):
        map_table(ibis.memtable({"customer_id": ["a"]}), CONTRACTS["profiles"], None, Rules(known_at="since"))


@pytest.mark.parametrize(
    ("zone", "near"),
    [("Europe/Pariss", "Europe/Paris"), ("berlin", "Europe/Berlin"), ("New York", "America/New_York")],
)
def test_a_place_nobody_knows_is_refused_with_the_nearest(zone: str, near: str) -> None:
    said = f"time_zone: '{zone}' is no zone that is known. Did you mean '{near}'"
    with pytest.raises(ConfigError, match=re.escape(said)):
        map_table(orders(amount=[1.0]), ORDERS, None, Rules(time_zone=zone))


def test_a_zone_like_no_other_is_refused_with_examples() -> None:
    with pytest.raises(ConfigError, match=r"known\. Zones are named like Europe/Berlin, Asia/Shanghai, "):
        map_table(orders(amount=[1.0]), ORDERS, None, Rules(time_zone="GMT+8"))


def test_a_column_of_our_name_that_the_mapping_leaves_out_is_to_be_added() -> None:
    with pytest.raises(TableError, match=r"only what it names is read: add `customer_id: customer_id`\.$"):
        map_table(orders(paid=[1.0]), ORDERS, {"time": "time", "amount": "paid"})


def test_missing_columns_are_named_all_at_once() -> None:
    with pytest.raises(
        TableError, match="no column for item, side, customer_id or respondent, value or answer"
    ):
        map_table(ibis.memtable({"score": [1]}), CONTRACTS["surveys"])


def test_a_column_the_source_lacks_is_named_with_its_place() -> None:
    with pytest.raises(
        ConfigError, match=r"transactions\.amount: there is no column 'amnt'. Did you mean 'amount'"
    ):
        map_table(
            orders(amount=[1.0]), ORDERS, {"customer_id": "customer_id", "time": "time", "amount": "amnt"}
        )


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "", None]), min_size=1, max_size=8))
def test_rows_read_are_rows_kept_and_dropped(ids: list[str | None]) -> None:
    source = ibis.memtable(
        {"customer_id": ids, "time": ["2024-05-01"] * len(ids), "amount": [1.0] * len(ids)},
        schema={"customer_id": "string", "time": "string", "amount": "float64"},
    )
    table, counts = map_table(source, ORDERS, None, Rules(null_ids="drop", duplicates="drop"))
    assert counts.rows_read == counts.rows_kept + sum(counts.dropped.values()) == len(ids)
    assert table.count().execute() == counts.rows_kept


def test_a_mapped_table_is_an_expression_and_holds_no_rows() -> None:
    source = ibis.duckdb.connect()
    table, _ = map_table(source.create_table("t", orders(amount=[1.0]).to_pyarrow()), ORDERS)
    source.raw_sql("INSERT INTO t SELECT * FROM t")
    assert table.count().execute() == 2
