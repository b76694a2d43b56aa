from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from goodwill.evaluation.leakage import column_scores, leakage_screen


@pytest.fixture
def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame({"age": rng.normal(50, 9, 400), "plan": rng.choice(["a", "b", "c"], 400)})


@pytest.fixture
def churned(table: pd.DataFrame) -> np.ndarray:
    rng = np.random.default_rng(1)
    return rng.random(400) < 1 / (1 + np.exp((table["age"].to_numpy() - 50) / 9))


def test_honest_columns_pass_and_the_strongest_is_named(table: pd.DataFrame, churned: np.ndarray) -> None:
    (found,) = leakage_screen(table, churned)
    assert found.level == "ok"
    assert "the strongest is age" in found.text


@pytest.mark.parametrize(
    "leak",
    [
        lambda churned: np.where(churned, "gone", None),
        lambda churned: np.where(churned, np.inf, 2.0),
        lambda churned: pd.Series(np.where(churned, np.nan, 7.0)),
        lambda churned: pd.Series(pd.to_datetime(np.where(churned, "2024-05-01", None))),
        lambda churned: pd.Series(np.where(churned, 1, 2)).astype("Int64"),
    ],
    ids=["category", "infinite", "missing", "date", "nullable"],
)
def test_a_column_that_knows_the_outcome_is_named(
    table: pd.DataFrame, churned: np.ndarray, leak: Callable[[np.ndarray], object]
) -> None:
    (found,) = leakage_screen(table.assign(reason=leak(churned)), churned)
    assert (found.level, found.value) == ("problem", pytest.approx(1.0))
    assert found.text.startswith("reason alone predicts")
    assert "`drop: [reason]`" in found.text


def test_keys_do_not_leak(table: pd.DataFrame, churned: np.ndarray) -> None:
    scores = column_scores(table.assign(key=[f"c{i}" for i in range(400)]), churned)
    assert scores["key"] == pytest.approx(0.5, abs=0.05)


def test_money_labels_are_screened_by_explained_variance(table: pd.DataFrame) -> None:
    value = np.random.default_rng(2).gamma(2, 50, 400)
    (found,) = leakage_screen(table.assign(invoice=value * 1.2), value)
    assert found.level == "problem"
    assert "share of variance explained" in found.text


def test_many_rows_are_sampled(churned: np.ndarray) -> None:
    label = np.tile(churned, 60)
    assert column_scores(pd.DataFrame({"leak": label}), label)["leak"] == 1.0


@pytest.mark.parametrize("label", [np.zeros(400), np.r_[np.ones(3), np.zeros(397)]])
def test_labels_without_variety_cannot_be_screened(table: pd.DataFrame, label: np.ndarray) -> None:
    (found,) = leakage_screen(table, label)
    assert (found.level, found.value) == ("warning", None)


def test_numbers_beyond_single_precision_are_screened(table: pd.DataFrame) -> None:
    label = np.arange(len(table)) % 2
    huge = np.where(label > 0, 1e300, -1e39)
    assert column_scores(pd.DataFrame({"huge": huge}), label)["huge"] == 1.0


def test_nobody_cannot_be_screened(table: pd.DataFrame) -> None:
    assert leakage_screen(table[:0], [])[0].value is None


def test_telco_holds_no_leak(data_dir: Path) -> None:
    telco = pd.read_parquet(data_dir / "telco_churn" / "telco_churn.parquet")
    (found,) = leakage_screen(
        telco.drop(columns="Churn"), telco["Churn"].astype(str).isin(["Yes", "1", "True"])
    )
    assert found.level == "ok"
    assert 0.6 < found.value < 0.8
