"""Orders that cannot be used: one message that names table, column, count and remedy, and no results."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

Write = Callable[..., Path]
Command = Callable[..., Any]


def refused(command: Command, config: Path) -> str:
    """Train on what cannot be trained on, and return the message."""
    answer = command("train", config)
    assert answer.status == 2
    assert answer.out == ""
    assert not [file for file in config.parent.glob("out/*") if file.name != ".goodwill.lock"]
    assert not config.with_name("store").exists()
    return str(answer.error)


def test_an_empty_file(command: Command, written: Write) -> None:
    assert "orders.csv: the file is empty. Write or copy it again." in refused(command, written(b""))


def test_a_file_with_a_header_alone(command: Command, written: Write) -> None:
    message = refused(command, written(b"customer_id,time,amount\n"))
    assert "transactions: the table has no rows. Check `source:`." in message


def test_a_truncated_parquet(command: Command, written: Write, orders: pd.DataFrame, tmp_path: Path) -> None:
    orders.to_parquet(tmp_path / "whole.parquet")
    half = (tmp_path / "whole.parquet").read_bytes()[:1500]
    assert "orders.parquet: not a whole Parquet file" in refused(command, written(half, ".parquet"))


def test_a_stray_quote(command: Command, written: Write, orders: pd.DataFrame) -> None:
    spoilt = orders.to_csv(index=False).replace("c3,", '"c3,', 1).encode()
    message = refused(command, written(spoilt))
    assert 'line 11: a quote (") is opened and never closed' in message


def test_a_missing_column(command: Command, written: Write, orders: pd.DataFrame) -> None:
    message = refused(command, written(orders.drop(columns="amount")))
    assert "transactions: no column for amount" in message
    assert "The source has: customer_id, time." in message


def test_text_where_a_number_belongs(command: Command, written: Write, orders: pd.DataFrame) -> None:
    spoilt = orders.to_csv(index=False).encode() + b"c1,2024-01-05,twelve\n"
    message = refused(command, written(spoilt))
    assert "transactions.amount: 1 of 131 values is not a number." in message
    assert "twelve" not in message


def test_an_infinite_amount(command: Command, written: Write, orders: pd.DataFrame) -> None:
    spoilt = orders.assign(amount=orders["amount"].where(orders.index != 3, np.inf))
    assert "transactions.amount: 1 of 130 values is infinite" in refused(command, written(spoilt))


def test_amounts_of_a_billionth(command: Command, written: Write, orders: pd.DataFrame) -> None:
    message = refused(command, written(orders.assign(amount=1e-9)))
    assert "transactions.amount: 130 of 130 values are below 5e-05" in message
    assert "Multiply the column, say by 1000." in message


def test_a_missing_id(command: Command, written: Write, orders: pd.DataFrame) -> None:
    spoilt = orders.assign(customer_id=orders["customer_id"].where(orders.index != 4))
    message = refused(command, written(spoilt))
    assert "transactions.customer_id: 1 of 130 values is missing. Set `null_ids: drop`" in message


def test_times_with_and_without_a_zone(command: Command, written: Write, orders: pd.DataFrame) -> None:
    text = orders["time"].dt.strftime("%Y-%m-%dT%H:%M:%S")
    mixed = orders.assign(time=text.where(orders.index % 2 == 0, text + "+02:00"))
    message = refused(command, written(mixed))
    assert "transactions.time: 65 times carry a zone and 65 do not" in message


def test_times_with_a_zone_and_no_time_zone(command: Command, written: Write, orders: pd.DataFrame) -> None:
    aware = orders.assign(time=orders["time"].dt.strftime("%Y-%m-%dT%H:%M:%S+02:00"))
    assert "`time_zone:" in refused(command, written(aware))


def test_nothing_but_refunds(command: Command, written: Write, orders: pd.DataFrame) -> None:
    message = refused(command, written(orders.assign(amount=-orders["amount"])))
    assert "customer with a purchase of more than 0" in message
    assert "refund_only" in message
    assert "Check the sign of `amount`" in message


def test_one_customer(command: Command, written: Write, orders: pd.DataFrame) -> None:
    message = refused(command, written(orders[orders["customer_id"] == orders["customer_id"].mode()[0]]))
    assert "nobody of 1 customer in" in message
    assert "Choose another horizon_days" in message


def test_nobody_who_churned(command: Command, written: Write) -> None:
    days = pd.date_range("2024-01-01", "2024-01-12").astype(str)
    loyal = [(f"c{customer}", day, 10.0 + customer) for customer in range(20) for day in days]
    message = refused(command, written(pd.DataFrame(loyal, columns=["customer_id", "time", "amount"])))
    assert "churned: nobody of" in message


def test_nobody_who_came_back(command: Command, written: Write, orders: pd.DataFrame) -> None:
    snapshot = {"as_of": "latest", "horizon_days": 2}
    message = refused(command, written(orders.drop_duplicates("customer_id"), snapshot=snapshot))
    assert "churned: everybody of" in message
    assert "Choose another horizon_days" in message
