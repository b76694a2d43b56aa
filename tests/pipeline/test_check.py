"""Checking data before any model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from goodwill.config import Config, read_config
from goodwill.errors import FitError, HistoryError
from goodwill.pipeline.check import check_data
from goodwill.pipeline.start import write_config, write_tables

if TYPE_CHECKING:
    from conftest import Shop


def test_sound_tables_pass_with_their_quality_and_findings(untrained: Shop) -> None:
    answer = check_data(untrained.config())
    assert not answer.is_no
    assert set(answer.data["tables"]) == {"transactions", "customers"}
    assert {"name", "level", "text"} <= set(answer.data["findings"][0])


def contract_shop(folder: Path, rows: pd.DataFrame) -> Config:
    rows.assign(price=5.0, period_days=30).to_parquet(folder / "contracts.parquet")
    return Config.model_validate(
        {
            "name": "abo",
            "tables": {"contracts": {"source": str(folder / "contracts.parquet")}},
            "snapshot": {"as_of": "2024-03-01", "horizon_days": 30},
            "output": str(folder / "out"),
        }
    )


def test_without_orders_the_answer_says_what_was_left_out(tmp_path: Path) -> None:
    rows = pd.DataFrame({"customer_id": ["a", "b"], "start": "2024-01-01", "end": ["2024-06-01", None]})
    said = check_data(contract_shop(tmp_path, rows)).notes
    assert said[0] == "Every table keeps its contract."
    assert "no assumption about orders was checked" in said[1]


def test_odd_contracts_are_told_with_their_count_and_no_key(tmp_path: Path) -> None:
    rows = pd.DataFrame(
        {"customer_id": ["ann", "bob"], "start": "2024-01-01", "end": ["2024-01-01", "2024-06-01"]}
    )
    answer = check_data(contract_shop(tmp_path, pd.concat([rows, rows.tail(1)])))
    told = {row[0]: row[2] for row in answer.sheets[-1].rows}
    assert told["contract_repeats"].startswith("1 of 3 contracts")
    assert told["contract_zero_days"].startswith("1 of 3 contracts")
    assert not answer.is_no
    assert "ann" not in str(answer)
    assert "bob" not in str(answer)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"age": 50}, r"No column of the table can be a feature \(age: every value is the same\)"),
        (
            {"left": ["yes"] * 3 + ["no"] * 57},
            "3 of 60 labelled customers churned, and at least 4 on each side",
        ),
    ],
)
def test_a_ready_made_table_is_refused_as_training_would(
    tmp_path: Path, changed: dict[str, object], message: str
) -> None:
    rows = {"customer_id": [f"c{i}" for i in range(60)], "age": range(60), "left": ["yes", "no"] * 30}
    pd.DataFrame(rows | changed).to_parquet(tmp_path / "members.parquet")
    profiles = {"source": str(tmp_path / "members.parquet"), "churn": {"column": "left", "positive": "yes"}}
    club = {"name": "club", "tables": {"profiles": profiles}, "output": str(tmp_path / "out")}
    with pytest.raises(FitError, match=message):
        check_data(Config.model_validate(club))


def test_what_was_found_is_kept_as_json(untrained: Shop) -> None:
    answer = check_data(untrained.config())
    assert json.loads((untrained.output / "check.json").read_text()) == answer.data


def test_a_silence_after_which_a_buyer_is_lost_is_proposed_from_rows_before_the_day(untrained: Shop) -> None:
    answer = check_data(untrained.config())
    (found,) = (one for one in answer.data["findings"] if one["name"] == "inactivity")
    table = pd.DataFrame(answer.data["inactivity"]["table"]).set_index("days")
    assert answer.data["inactivity"]["follow_up_days"] == 90
    assert table.loc[found["value"], "false_churn_rate"] <= 0.1
    assert {90, 180} <= set(table.index)
    early = check_data(untrained.config("tables.transactions.where=time < '2025-01-01'"))
    assert early.data["inactivity"] == answer.data["inactivity"]


def test_contracts_beside_orders_have_no_silence_to_judge(untrained: Shop, tmp_path: Path) -> None:
    rows = pd.DataFrame(
        {"customer_id": ["a"], "start": "2024-01-01", "end": None, "price": 5.0, "period_days": 30}
    )
    rows.astype({"end": "datetime64[us]"}).to_parquet(tmp_path / "contracts.parquet")
    source = f"tables.contracts.source={tmp_path}/contracts.parquet"
    assert "inactivity" not in check_data(untrained.config(source)).data
    assert "inactivity" in check_data(untrained.config(source, "churn.kind=silence")).data


def test_a_broken_table_is_a_no_that_lists_every_problem(untrained: Shop, tmp_path: Path) -> None:
    orders = pd.read_parquet(untrained.folder / "data/transactions.parquet")
    spoilt = orders.assign(
        customer_id=orders["customer_id"].where(orders.index > 4),
        amount=orders["amount"].where(orders.index != 9, float("inf")),
    )
    spoilt.to_parquet(tmp_path / "spoilt.parquet")
    answer = check_data(untrained.config(f"tables.transactions.source={tmp_path}/spoilt.parquet"))
    assert answer.is_no
    counts = {problem["column"]: problem["n_rows"] for problem in answer.data["problems"]}
    assert counts == {"transactions.customer_id": 5, "transactions.amount": 1}


def test_a_no_replaces_the_yes_of_before(copied: Shop) -> None:
    check_data(copied.config())
    assert check_data(copied.config("tables.transactions.where=amount < 0 AND amount > 0")).is_no
    assert json.loads((copied.output / "check.json").read_text())["passed"] is False


def test_sample_keys_are_for_the_terminal_alone(untrained: Shop, tmp_path: Path) -> None:
    orders = pd.read_parquet(untrained.folder / "data/transactions.parquet")
    spoilt = orders.assign(amount=orders["amount"].where(orders.index != 9, float("inf")))
    spoilt.to_parquet(tmp_path / "spoilt.parquet")
    answer = check_data(untrained.config(f"tables.transactions.source={tmp_path}/spoilt.parquet"))
    assert str(orders["customer_id"][9]) not in json.dumps(answer.data)


def test_a_day_before_all_data_is_an_error(untrained: Shop) -> None:
    with pytest.raises(HistoryError, match="lies before all data"):
        check_data(untrained.config("snapshot.as_of=1990-01-01"))


def test_a_guessed_config_passes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_tables(tmp_path / "data", customers=60, seed=1)
    answer = write_config([tmp_path / "data/transactions.parquet"])
    assert not check_data(read_config(answer.data["config"])).is_no


def test_a_guessed_config_of_one_contract_passes(tmp_path: Path) -> None:
    rows = pd.DataFrame({"customer_id": ["a"], "start": "2024-01-01", "end": [None]})
    rows.assign(price=5.0, period_days=30).to_csv(tmp_path / "contracts.csv", index=False)
    answer = write_config([tmp_path / "contracts.csv"], out=tmp_path / "gym.yaml")
    config = read_config(answer.data["config"], [f"output={tmp_path}/out"])
    assert not check_data(config).is_no
    assert config.name == "gym"


def test_rows_far_beyond_all_others_are_named(tmp_path: Path) -> None:
    days = [*pd.date_range("2024-01-01", periods=90), pd.Timestamp("2099-04-01")]
    rows = pd.DataFrame({"customer_id": "a", "start": days, "end": pd.Timestamp("2099-06-01")})
    found = check_data(contract_shop(tmp_path, rows)).data["findings"][0]
    assert (found["name"], found["level"], found["value"]) == ("far_rows", "warning", 1)
    assert "at or after 2099-04-01, far beyond all others, which end on 2024-03-30" in found["text"]


def test_order_lines_of_products_that_are_not_listed_are_counted(tmp_path: Path) -> None:
    days = pd.date_range("2024-01-01", periods=90)
    orders = pd.DataFrame(
        {"customer_id": "a", "time": days, "amount": 2.0, "product_id": ["1", "01", "2"] * 30}
    )
    orders.to_parquet(tmp_path / "orders.parquet")
    pd.DataFrame({"product_id": ["1", "2"], "margin_rate": 0.2}).to_parquet(tmp_path / "products.parquet")
    sources = {"transactions": "orders", "products": "products"}
    config = Config(
        name="shop",
        tables={name: {"source": str(tmp_path / f"{file}.parquet")} for name, file in sources.items()},
        snapshot={"as_of": "2024-03-01", "horizon_days": 30},
        output=str(tmp_path / "out"),
    )
    found = check_data(config).data["findings"][-1]
    assert (found["name"], found["level"], found["value"]) == ("unlisted_products", "warning", 1 / 3)
    assert found["text"].startswith("30 of 90 order lines, 33% of the money, are of products")
