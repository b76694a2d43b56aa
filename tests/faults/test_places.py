"""Configs and places that cannot be used: one message, and the status that says whose turn it is."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from goodwill.files import locked

Write = Callable[..., Path]
Command = Callable[..., Any]


def test_an_unknown_key_names_the_nearest(command: Command, written: Write, orders: pd.DataFrame) -> None:
    answer = command("train", written(orders, tunning={"trials": 0}))
    assert answer.status == 2
    assert "tunning: unknown key; did you mean `tuning`?" in answer.error


def test_an_unset_variable_is_named(
    command: Command, written: Write, orders: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_SUCH_FOLDER", raising=False)
    tables = {"transactions": {"source": "${NO_SUCH_FOLDER}/orders.csv"}}
    answer = command("train", written(orders, tables=tables))
    assert answer.status == 2
    assert "tables.transactions.source: the environment variable NO_SUCH_FOLDER is not set" in answer.error


@pytest.mark.parametrize("job", ["train", "score", "check"])
def test_a_file_in_place_of_the_output_folder(
    command: Command, written: Write, orders: pd.DataFrame, job: str
) -> None:
    config = written(orders, output="taken/out")
    Path("taken").write_text("")
    answer = command(job, config)
    assert answer.status == 2
    assert "taken" in answer.error
    assert "cannot be written" in answer.error
    assert "Choose another folder" in answer.error


@pytest.mark.parametrize("job", ["train", "score"])
def test_another_run_in_the_output_folder(
    command: Command, written: Write, orders: pd.DataFrame, job: str
) -> None:
    config = written(orders)
    with locked(Path("out")):
        answer = command(job, config)
    assert answer.status == 3
    assert "out is in use by another run" in answer.error


def test_as_of_before_all_data(command: Command, written: Write, orders: pd.DataFrame) -> None:
    answer = command("train", written(orders), "--set", "snapshot.as_of=2020-01-01")
    assert answer.status == 2
    assert "as_of: 2020-01-01 lies before all data (2024-01-01 to 2024-01-12)" in answer.error


def test_as_of_long_after_all_data(command: Command, written: Write, orders: pd.DataFrame) -> None:
    answer = command("train", written(orders), "--set", "snapshot.as_of=2030-01-01")
    assert answer.status == 2
    assert "Choose 2024-01-13 or earlier." in answer.error


def test_a_horizon_longer_than_the_history(command: Command, written: Write, orders: pd.DataFrame) -> None:
    answer = command("train", written(orders), "--set", "snapshot.horizon_days=400")
    assert answer.status == 2
    assert "Choose a horizon of at most 12 days." in answer.error


def test_a_broken_table_is_a_no_of_check_that_lists_all(
    command: Command, written: Write, orders: pd.DataFrame
) -> None:
    spoilt = orders.assign(
        customer_id=orders["customer_id"].where(orders.index != 4),
        amount=orders["amount"].where(orders.index != 3, float("inf")),
    )
    answer = command("check", written(spoilt))
    assert answer.status == 1
    assert "transactions.customer_id" in answer.out
    assert "transactions.amount" in answer.out
