from pathlib import Path

import pandas as pd
import pytest

from goodwill.decisions.playbook import Industry, Strategy, playbook, recommended
from goodwill.errors import ConfigError
from goodwill.value.rules import DIMENSIONS

CALL = Strategy("call", {"en": "Call.", "zh": "致电。"}, {"tier": ["gold"]}, "phone")
MAIL = Strategy("mail", {"en": "Write."}, {"p_churn": {"min": 0.5}}, "email")
KEEP = Strategy("keep", {"en": "Keep."})


def customers() -> pd.DataFrame:
    return pd.DataFrame({
        "customer_id": ["1", "2", "3"], "tier": ["gold", "gold", "iron"], "p_churn": [0.9, 0.1, 0.6],
    })  # fmt: skip


def test_the_first_strategy_that_fits_counts() -> None:
    assert recommended(customers(), [CALL, MAIL, KEEP])["strategy"].tolist() == ["call", "call", "mail"]
    assert recommended(customers(), [MAIL, CALL, KEEP])["strategy"].tolist() == ["mail", "call", "mail"]


def test_a_barred_channel_leads_to_the_next_strategy() -> None:
    barred = pd.DataFrame({"customer_id": ["1", "3"], "channel": ["phone", None]})
    found = recommended(customers(), [CALL, MAIL, KEEP], barred=barred)
    assert found["strategy"].tolist() == ["mail", "call", "keep"]
    assert found["channel"].isna().tolist() == [False, False, True]


def test_the_reason_is_what_decided_and_the_first_reason_of_the_scores() -> None:
    scores = customers().assign(reason_1=["no order for 9 days", "not_computable", "one order"])
    assert recommended(scores, [CALL, MAIL])["reason"].tolist() == [
        "tier gold; no order for 9 days", "tier gold", "p_churn 0.60; one order",
    ]  # fmt: skip


def test_actions_are_told_in_the_language_asked_for_or_in_english() -> None:
    assert recommended(customers(), [CALL, MAIL], language="zh")["action"].tolist() == [
        "致电。",
        "致电。",
        "Write.",
    ]


def test_who_fits_nothing_gets_no_strategy() -> None:
    found = recommended(customers(), [Strategy("x", {"en": "X."}, {"no_such_column": ["a"]})])
    assert found["strategy"].tolist() == ["none"] * 3
    assert found["action"].tolist() == [""] * 3


@pytest.mark.parametrize("industry", ["retail", "bank", "subscription"])
def test_the_defaults_speak_two_languages_and_end_with_everybody(industry: Industry) -> None:
    strategies = playbook(industry)
    assert all(set(strategy.action) == {"en", "zh"} for strategy in strategies)
    assert strategies[-1].when == {}
    assert {column for strategy in strategies for column in strategy.when} <= {*DIMENSIONS, "p_churn"}


@pytest.mark.parametrize("industry", ["retail", "bank"])
def test_nobody_about_to_leave_is_asked_for_a_recommendation(industry: Industry) -> None:
    loyal = pd.DataFrame({"customer_id": ["1", "2"], "tier": "iron", "loyalty": "loyal"})
    told = recommended(loyal.assign(p_churn=[0.1, 0.6]), playbook(industry))["strategy"]
    assert told.tolist() == ["ask_for_referral", "keep"]


def test_a_file_of_ones_own_is_read(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("strategies:\n  - {name: wait, action: Wait.}\n", encoding="utf-8")
    assert playbook(path) == (Strategy("wait", {"en": "Wait.", "zh": "Wait."}),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("strategies: []", r"there are no `strategies`"),
        ("[1, 2]", r"there are no `strategies`"),
        ("strategies: [{name: x}]", "strategy 'x' has no unknown key; it needs name and action"),
        ("strategies: [{name: x, action: y, who: z}]", "strategy 'x' has who; it needs"),
        ("strategies: [wait]", "strategy 'wait' has"),
        ("strategies: {", "this is not YAML"),
        ("strategies: [{name: x, action: y}, {name: x, action: z}]", "two strategies are called 'x'"),
        (
            "strategies: [{name: x, action: y, when: {tier: gold}}]",
            "has `tier: gold` in `when`; write a list",
        ),
        ("strategies: [{name: x, action: y, when: {p_churn: {mim: 0.5}}}]", "or a range, such as"),
        ("strategies: [{name: x, action: y, when: {p_churn: {min: high}}}]", "or a range, such as"),
    ],
)
def test_a_wrong_file_is_told(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=said):
        playbook(path)


def test_an_absent_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.yaml cannot be read"):
        playbook(tmp_path / "none.yaml")
