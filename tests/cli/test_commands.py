import json
import re
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from goodwill.pipeline import (
    check,
    dossier,
    measure,
    monitor,
    plan,
    promote,
    removal,
    report,
    score,
    start,
    survey,
    train,
)
from goodwill.pipeline.outcome import Outcome, Sheet
from goodwill.pipeline.score import Request

Run = Callable[..., SimpleNamespace]
COMMANDS = [
    "init",
    "simulate",
    "check",
    "train",
    "score",
    "promote",
    "plan",
    "measure",
    "survey",
    "monitor",
    "report",
    "customer",
    "forget",
]
JOBS: list[tuple[ModuleType, str, list[str]]] = [
    (start, "write_config", ["init", "orders.csv"]),
    (start, "write_tables", ["simulate", "--customers", "5", "--out", "x"]),
    (check, "check_data", ["check", "shop.yaml"]),
    (train, "train_models", ["train", "shop.yaml"]),
    (score, "score_customers", ["score", "shop.yaml"]),
    (promote, "promote_version", ["promote", "shop.yaml", "3"]),
    (plan, "plan_offers", ["plan", "shop.yaml", "--budget", "100"]),
    (measure, "measure_campaigns", ["measure", "shop.yaml"]),
    (survey, "survey_value", ["survey", "shop.yaml"]),
    (monitor, "monitor_model", ["monitor", "shop.yaml"]),
    (report, "write_report", ["report", "shop.yaml"]),
    (dossier, "tell_customer", ["customer", "shop.yaml", "00123"]),
    (removal, "remove_customers", ["forget", "shop.yaml", "00123"]),
]
ANSWER = Outcome({"done": True, "名": 1.5}, [Sheet("Table", ("a", "b"), [("x", "1")])], ["A sentence."])


@pytest.fixture
def asked(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> list[tuple[tuple[Any, ...], dict[str, Any]]]:  # Any: whatever a job is called with
    """Answer every job at once, and list what it was called with."""
    calls: list[tuple[tuple[Any, ...], dict[str, Any]]] = []

    def answer(*words: object, **options: object) -> Outcome:
        calls.append((words, options))
        return ANSWER

    monkeypatch.chdir(shop.parent)
    for module, name, _ in JOBS:
        monkeypatch.setattr(module, name, answer)
    return calls


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("words", [job[2] for job in JOBS], ids=COMMANDS)
def test_json_is_one_object_on_stdout(goodwill: Run, words: list[str]) -> None:
    said = goodwill(*words, "--json")
    assert json.loads(said.out) == ANSWER.data
    assert "名" in said.out


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("words", [job[2] for job in JOBS], ids=COMMANDS)
def test_quiet_prints_nothing(goodwill: Run, words: list[str]) -> None:
    said = goodwill(*words, "--quiet")
    assert (said.status, said.out, said.err) == (0, "", "")


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("words", [job[2] for job in JOBS], ids=COMMANDS)
def test_tables_and_sentences_are_shown(goodwill: Run, words: list[str]) -> None:
    said = goodwill(*words)
    assert said.out.startswith("Table\n")
    assert said.out.endswith("\nA sentence.\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example_and_fits_80_columns(
    goodwill: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    said = goodwill(command, "--help")
    assert said.status == 0
    assert f"Example: goodwill {command} " in said.out
    assert max(map(len, said.out.splitlines())) <= 80


def test_every_command_is_known_here(goodwill: Run) -> None:
    listed = re.findall(r"^│ (\w+) ", goodwill("--help").out.split("Commands")[1], flags=re.MULTILINE)
    assert listed == COMMANDS


def test_version_is_the_installed_one(goodwill: Run) -> None:
    assert goodwill("--version").out == f"goodwill {version('goodwill')}\n"


def test_overrides_reach_the_job(goodwill: Run, asked: list[Any]) -> None:  # Any: calls as above
    goodwill("train", "shop.yaml", "--set", "tuning.trials=0", "--set", "output=there")
    (config,) = asked[0][0]
    assert (config.tuning.trials, config.output) == (0, "there")


def test_an_unknown_override_names_the_nearest_key(goodwill: Run, shop: Path) -> None:
    said = goodwill("train", str(shop), "--set", "tuning.trails=0")
    assert said.status == 2
    assert "tuning.trails: unknown key; did you mean `trials`?" in said.err


def test_what_to_score_reaches_the_job(goodwill: Run, asked: list[Any]) -> None:  # Any: calls as above
    words = ["--model", "models:/shop@challenger", "--as-of", "2024-08-01", "--out", "scores.csv"]
    goodwill("score", "shop.yaml", *words, "--horizon-days", "30", "--horizon-days", "90", "--hindsight")
    expected = Request("models:/shop@challenger", "2024-08-01", "scores.csv", (30, 90), hindsight=True)
    assert asked[0][0][1] == expected


def test_what_to_promote_reaches_the_job(goodwill: Run, asked: list[Any]) -> None:  # Any: calls as above
    goodwill("promote", "shop.yaml", "3")
    assert asked[0][0][1] == 3


def test_where_to_write_a_config_reaches_the_job(
    goodwill: Run, asked: list[Any]
) -> None:  # Any: calls as above
    goodwill("init", "a.csv", "b.csv", "--out", "c.yaml", "--force", "--column", "churn=Exited")
    how = {"out": Path("c.yaml"), "replace": True, "columns": ["churn=Exited"]}
    assert asked == [(([Path("a.csv"), Path("b.csv")],), how)]
