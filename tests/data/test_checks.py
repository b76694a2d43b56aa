import datetime as dt
import json
import re
from dataclasses import asdict, fields

import ibis
import pandas as pd
import pytest
from ibis.expr import types as ir

from goodwill.data import checks
from goodwill.data.checks import ContractError, Problem, check_table, find_problems
from goodwill.data.contracts import CONTRACTS
from goodwill.data.mapping import Rules, map_table
from goodwill.errors import ConfigError, TableError
from goodwill.wording import told

INFINITE = float("inf")


def problems(name: str, rules: Rules | None = None, **columns: list[object]) -> list[str]:
    table, counts = map_table(frame(**columns), CONTRACTS[name], None, rules)
    return [f"{found.column}: {found.text}" for found in find_problems(table, CONTRACTS[name], counts, rules)]


def frame(**columns: list[object]) -> ir.Table:
    return ibis.memtable(pd.DataFrame(columns))


def order_problems(rules: Rules | None = None, **columns: list[object]) -> list[str]:
    n_rows = max(len(values) for values in columns.values())
    default = {"customer_id": ["a"] * n_rows, "time": ["2024-05-01"] * n_rows, "amount": [1.0] * n_rows}
    return problems("transactions", rules, **(default | columns))


def test_answers_in_words_belong_where_they_are_read() -> None:
    found = problems("surveys", respondent=["a"], item=["q"], side=["score"], value=["5 - Very satisfied"])
    assert found[0] == (
        "surveys.value: 1 of 1 values is not a number. Map answers with labels or in words to `answer`, "
        "which reads them."
    )


def test_a_good_table_has_no_problem() -> None:
    assert order_problems(amount=[1.0, -2.0, 0.0]) == []
    good = frame(customer_id=["a"], time=["2024-05-01"], amount=[1.0])
    check_table(map_table(good, CONTRACTS["transactions"])[0], CONTRACTS["transactions"])


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"customer_id": ["a", None]}, "customer_id: 1 of 2 values is missing. Set `null_ids: drop`"),
        ({"time": ["2024-05-01", None]}, "time: 1 of 2 values is missing. Fill them, or leave"),
        ({"amount": [1.0, None, None]}, "amount: 2 of 3 values are missing. Fill them"),
        ({"amount": ["1", "five"]}, "amount: 1 of 2 values is not a number. Take signs away"),
        ({"time": ["2024-05-01", "1/2/24"]}, "time: 1 of 2 values is not a time that can be read in one way"),
        ({"time": ["2024-05-01", "2924-05-01"]}, "time: 1 of 2 values lies before 1900 or after 2100."),
        ({"time": ["2024-05-01", "1066-10-14"]}, "time: 1 of 2 values lies before 1900 or after 2100."),
        ({"amount": [1.0, INFINITE]}, "amount: 1 of 2 values is infinite."),
        ({"amount": [1e14, -1e15]}, "amount: 2 of 2 values are 1e+14 or more, which exact sums cannot hold."),
        ({"cost": [1.0, INFINITE]}, "cost: 1 of 2 values is infinite."),
    ],
)
def test_orders_say_what_is_wrong_how_often_and_what_to_do(columns: dict, expected: str) -> None:
    assert any(text.startswith(f"transactions.{expected}") for text in order_problems(**columns))


def test_cells_that_cannot_be_read_are_not_said_to_be_missing_too() -> None:
    assert len(order_problems(amount=["1", "five"])) == 1
    assert len(order_problems(time=["2024-05-01T10:00:00Z"])) == 1
    assert len(order_problems(amount=["1", "five", None])) == 2


def test_amounts_that_all_round_to_nothing_are_wrong() -> None:
    found = order_problems(amount=[1e-9, 0.0])
    assert len(found) == 1
    assert found[0].startswith("transactions.amount: 2 of 2 values are below 5e-05, which exact sums round")


def test_amounts_of_a_trillion_and_of_a_billionth_are_fine() -> None:
    assert order_problems(amount=[1e12, 1e-9]) == []


def test_all_problems_are_raised_at_once() -> None:
    table, counts = map_table(
        frame(customer_id=[None, "b"], time=["2924-01-01", "x"], amount=["1", "y"]), CONTRACTS["transactions"]
    )
    with pytest.raises(ContractError, match=r"transactions\.time: 1 of 2") as caught:
        check_table(table, CONTRACTS["transactions"], counts)
    found = {problem.column for problem in caught.value.problems}
    assert found == {"transactions.customer_id", "transactions.time", "transactions.amount"}


def test_negative_amounts_are_wrong_only_if_refunds_are() -> None:
    expected = "transactions.amount: 1 of 2 values is negative and refunds are set to 'error'."
    assert order_problems(Rules(refunds="error"), amount=[1.0, -1.0])[0].startswith(expected)


def test_times_with_and_without_a_zone_do_not_go_together() -> None:
    found = order_problems(Rules(time_zone="Europe/Paris"), time=["2024-05-01T10:00:00Z", "2024-05-01"])
    assert len(found) == 1
    assert found[0].startswith("transactions.time: 1 times carry a zone and 1 do not, so days cannot")


def test_times_with_a_zone_need_a_place() -> None:
    found = order_problems(time=["2024-05-01T10:00:00Z", "2024-05-02T10:00:00Z"])
    assert found[0].startswith("transactions.time: 2 times carry a zone. Set `time_zone:`")


def test_times_all_with_a_zone_are_fine_where_the_place_is_known() -> None:
    assert order_problems(Rules(time_zone="Asia/Shanghai"), time=["2024-05-01T10:00:00Z"]) == []


def test_a_row_learned_at_no_time_is_wrong() -> None:
    found = order_problems(known_at=["2024-05-01", None])
    assert len(found) == 1
    assert found[0].startswith("transactions.known_at: 1 of 2 values is missing although time is there.")


def test_a_table_without_rows_is_wrong() -> None:
    table, counts = map_table(
        frame(customer_id=["a"], time=["2024-05-01"], amount=[1.0]),
        CONTRACTS["transactions"],
        None,
        Rules(where="amount > 5"),
    )
    assert find_problems(table, CONTRACTS["transactions"], counts) == (
        Problem("transactions", "all 1 rows were left out (where 1). Loosen the rule that left them out.", 1),
    )
    assert (
        find_problems(table, CONTRACTS["transactions"])[0].text == "the table has no rows. Check `source:`."
    )


def test_customers_may_not_repeat() -> None:
    found = problems("profiles", customer_id=["a", "b", "a", "a"], tenure=[1, 2, 3, 4])
    assert found[0].startswith("profiles.customer_id: 2 of 4 values repeat an earlier row's.")


def test_one_repeated_customer_is_told_in_the_singular() -> None:
    assert problems("profiles", customer_id=["a", "a"])[0].startswith(
        "profiles.customer_id: 1 of 2 values repeats"
    )


def contract_problems(**columns: list[object]) -> list[str]:
    default = {
        "customer_id": ["a"],
        "start": ["2024-01-01"],
        "end": [None],
        "price": [9.5],
        "period_days": [30],
    }
    return problems("contracts", **(default | columns))


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"end": ["2023-12-31"]}, "contracts.end: 1 of 1 values lies before the contract's start."),
        ({"period_days": [0]}, "contracts.period_days: 1 of 1 values is not positive. Write the days"),
        ({"price": [-1.0]}, "contracts.price: 1 of 1 values is negative. Take discounts off the price"),
    ],
)
def test_contracts_run_forward(columns: dict, expected: str) -> None:
    assert contract_problems(**columns)[0].startswith(expected)


@pytest.mark.parametrize("n", [1, 2])
@pytest.mark.parametrize(
    "wrong", [{"end": "2023-12-31"}, {"period_days": 0}, {"price": -1.0}, {"price": 1e12, "period_days": 1}]
)
def test_what_is_wrong_with_contracts_is_told_in_chinese(n: int, wrong: dict) -> None:
    default = {"customer_id": "a", "start": "2024-01-01", "end": None, "price": 9.5, "period_days": 30}
    columns = {name: [wrong.get(name, value)] * n for name, value in default.items()}
    text = next(text for text in contract_problems(**columns) if "repeat" not in text)
    assert not re.search("[a-z]+ [a-z]+ [a-z]+", told(text.partition(": ")[2], "zh"))


def test_a_period_of_no_days_is_not_said_to_be_a_large_price_too() -> None:
    (told,) = contract_problems(period_days=[0])
    assert told.startswith("contracts.period_days: 1 of 1 values is not positive.")


@pytest.mark.parametrize("end", [None, "2024-06-30", "9999-12-31"])
def test_a_contract_may_end_late_or_never(end: str | None) -> None:
    assert contract_problems(end=[end]) == []


def test_rates_are_shares() -> None:
    found = problems("products", product_id=["p"], margin_rate=[25.0])
    assert found == [
        "products.margin_rate: 1 of 1 values is outside -1 to 1. Write rates as shares: 0.25, not 25."
    ]


def test_survey_answers_need_a_side_a_person_and_an_answer() -> None:
    found = problems(
        "surveys", item=["q1", "q2"], side=["score", "left"], respondent=["r", None], value=[5, None]
    )
    assert [text.partition(".")[2][:40] for text in found] == [
        "customer_id/respondent: 1 of 2 values is",
        "value/answer: 1 of 2 values is missing i",
        "side: 1 of 2 values is none of score, ex",
    ]


@pytest.mark.parametrize("name", ["amount", "cost", "quantity"])
def test_customers_whose_values_add_up_to_more_than_exact_sums_hold_are_counted(name: str) -> None:
    values = {"amount": [1.0, 2.0, 3.0], name: [6e13, -6e13, 9e13]}
    (told,) = order_problems(customer_id=["a", "a", "b"], **values)
    assert told.startswith(f"transactions.{name}: the values of 1 of 2 customers add up to 1e+14 or more")


def test_many_customers_together_may_have_more_than_one_sum_holds() -> None:
    assert order_problems(customer_id=["a", "b"], amount=[9e13, 9e13]) == []


def test_what_fails_in_the_checks_names_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: ir.Table) -> None:
        raise TableError("The database could not convert a value.")

    table, _ = map_table(frame(customer_id=["a"], time=["2024-05-01"], amount=[1]), CONTRACTS["transactions"])
    monkeypatch.setattr(checks, "fetch", fail)
    with pytest.raises(TableError, match=r"^transactions: The database could not convert"):
        find_problems(table, CONTRACTS["transactions"])


def test_a_price_that_comes_often_is_summed_too() -> None:
    table, _ = map_table(
        frame(customer_id=["a"], start=["2024-05-01"], end=[None], price=[1e12], period_days=[1]),
        CONTRACTS["contracts"],
    )
    with pytest.raises(ContractError, match=r"contracts\.price: 1 of 1 values makes 1e\+14 or more in ten"):
        check_table(table, CONTRACTS["contracts"])


def test_counting_orders_needs_their_ids() -> None:
    with pytest.raises(ConfigError, match="`occasion: order` needs `order_id`"):
        order_problems(Rules(occasion="order"), amount=[1.0])


def test_at_most_three_sample_keys_are_kept_apart_from_the_text() -> None:
    table, _ = map_table(
        frame(customer_id=list("edcba"), time=["2924-05-01"] * 5, amount=[1.0] * 5), CONTRACTS["transactions"]
    )
    (problem,) = find_problems(table, CONTRACTS["transactions"])[:1]
    assert problem.sample_keys == ("a", "b", "c")
    assert "'a'" not in repr(problem)
    assert problem == Problem(problem.column, problem.text, 5)


def test_a_table_without_keys_gives_no_samples() -> None:
    table, _ = map_table(frame(item=["q"], side=["left"], value=[1], respondent=[None]), CONTRACTS["surveys"])
    assert find_problems(table.drop("respondent"), CONTRACTS["surveys"])[-1].sample_keys == ()


def test_the_samples_field_is_the_only_one_that_names_customers() -> None:
    problem = Problem("transactions.amount", "1 of 2 values is infinite.", 1, ("alice",))
    shown = {name: value for name, value in asdict(problem).items() if name != "sample_keys"}
    assert "alice" not in json.dumps(shown)
    assert [item.name for item in fields(Problem) if not item.repr] == ["sample_keys"]


def test_a_pandas_day_that_is_not_a_time_is_missing() -> None:
    times = [dt.datetime(2024, 5, 1), pd.NaT]  # noqa: DTZ001 - times are naive
    assert order_problems(time=times)[0].startswith("transactions.time: 1 of 2 values is missing")
