from datetime import date

import pandas as pd

from goodwill.data.tables import Tables
from goodwill.engine import connect, in_memory, to_frame
from goodwill.features.labels import ValueRule
from goodwill.features.responses import RESPONSES, responses

ROWS = pd.DataFrame(
    [
        ("a", "2024-05-01", 10.0),
        ("a", "2024-05-03", -4.0),
        ("b", "2024-05-02", -3.0),
        ("c", "2024-06-09", 5.0),
    ],
    columns=["customer_id", "time", "amount"],
).assign(time=lambda rows: pd.to_datetime(rows["time"]))


def test_money_of_the_window_is_counted_and_refunds_are_shown() -> None:
    orders = in_memory(ROWS, connect(), "orders")
    found = to_frame(responses(Tables(transactions=orders).within(date(2024, 5, 1), 30), ValueRule(0.5)))
    assert found.set_index("customer_id").loc["a", list(RESPONSES)].tolist() == [6.0, 3.0, 1.0, 1.0, 4.0]
    assert found.set_index("customer_id").loc["b", list(RESPONSES)].tolist() == [-3.0, -1.5, 0.0, 0.0, 3.0]
    assert found["customer_id"].tolist() == ["a", "b"]


def test_contracts_alone_are_retained_while_they_run() -> None:
    rows = pd.DataFrame({
        "customer_id": ["a", "b"],
        "start": pd.to_datetime(["2024-01-01", "2024-01-01"]),
        "end": pd.to_datetime(["2024-05-10", None]),
        "price": 9.0,
        "period_days": 30.0,
    })  # fmt: skip
    contracts = in_memory(rows, connect(), "contracts")
    found = to_frame(responses(Tables(contracts=contracts).within(date(2024, 5, 1), 30), ValueRule()))
    assert found["retention"].tolist() == [0.0, 1.0]
    assert found["refunds"].tolist() == [0.0, 0.0]
