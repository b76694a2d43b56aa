"""Two stretches of the tables, side by side."""

from datetime import date

import pandas as pd
import pytest

from goodwill.data.tables import Tables
from goodwill.engine import connect, in_memory
from goodwill.monitoring.recent import recent_evidence, stretch_facts

LINES = [
    ("a", "2024-01-05", 10.0, "web"),
    ("a", "2024-01-06", -2.0, None),
    ("b", "2024-01-07", 5.0, "shop"),
    ("c", "2024-03-01", 5.0, "shop"),
]


@pytest.fixture
def tables() -> Tables:
    lines = pd.DataFrame(LINES, columns=["customer_id", "time", "amount", "channel"])
    return Tables(
        transactions=in_memory(lines.assign(time=pd.to_datetime(lines["time"])), connect(), "lines")
    )


def test_facts_of_a_stretch(tables: Tables) -> None:
    assert stretch_facts(tables.within(date(2024, 1, 1), 31)) == {
        "n_lines": 3.0,
        "n_customers": 2.0,
        "amount_mean": 7.5,
        "refund_share": pytest.approx(1 / 3),
        "missing:amount": 0.0,
        "missing:channel": pytest.approx(1 / 3),
    }


def test_an_empty_stretch_has_facts_too(tables: Tables) -> None:
    assert stretch_facts(tables.within(date(2024, 2, 1), 10))["n_lines"] == 0.0


@pytest.mark.parametrize(
    ("n_lines", "cause", "is_alarm"),
    [(90.0, "drift", False), (40.0, "drift", True), (0.0, "data", True), (2_000.0, "data", True)],
)
def test_volume_may_swing_but_not_collapse(n_lines: float, cause: str, is_alarm: bool) -> None:  # noqa: FBT001 - a case's answer
    then = {"n_lines": 100.0, "n_customers": 50.0, "amount_mean": 9.0}
    found = recent_evidence(then, {**then, "n_lines": n_lines}, days=30)[0]
    assert (found.cause, found.is_alarm) == (cause, is_alarm)


def test_more_refunds_are_a_question_of_data() -> None:
    then = {"n_lines": 100.0, "n_customers": 50.0, "amount_mean": 9.0, "refund_share": 0.02}
    found = recent_evidence(then, {**then, "refund_share": 0.3}, days=30)[-1]
    assert found.is_alarm
    assert found.text == "30.0% of transactions are refunds; 2.0% in the 30 days before."


@pytest.mark.parametrize(("amount", "causes"), [(900.0, ["data"]), (25.0, ["drift"]), (12.0, []), (0.0, [])])
def test_money_in_another_unit_is_a_question_of_data(amount: float, causes: list[str]) -> None:
    then = {"n_lines": 100.0, "n_customers": 50.0, "amount_mean": 9.0}
    found = recent_evidence(then, {**then, "amount_mean": amount}, days=30)
    assert [one.cause for one in found if one.is_alarm] == causes
