"""What monitoring tells on the terminal."""

import pytest

from goodwill.pipeline.monitor_told import told_of


def drifted(name: str) -> dict[str, object]:
    figures = {"psi": 0.3, "distance": 0.2, "missing_share_then": 0.0, "missing_share": 0.0}
    return {"column": name, "kind": "feature", "is_drifted": True, "is_missing_more": False, **figures}


@pytest.mark.parametrize(
    ("n", "title"),
    [
        (3, "Drift: 3 of 3 columns moved"),
        (10, "Drift: 10 of 10 columns moved"),
        (11, "Drift: 11 of 11 columns moved, the first 10 are shown"),
    ],
)
def test_columns_that_are_not_shown_are_told(n: int, title: str) -> None:
    report = {"drift": [drifted(f"x{place}") for place in range(n)], "verdict": "watch", "evidence": []}
    answer = told_of(report, [])
    assert answer.sheets[0].title == title


def test_values_that_do_not_compare_are_not_told() -> None:
    move = {"why": "moved down", "from": "gold", "to": "lead", "customers": 2}
    tier = {"stayed_share": 0.5, "watch_list": [{**move, "value_at_stake": None}]}
    moved = {"since": "2024-01-01", "model_changed": False, "classes": {"tier": tier}}
    report = {"drift": [], "verdict": "fine", "evidence": [], "history": [], "migration": moved}
    assert told_of(report, []).sheets[-1].rows == [("moved down", "gold", "lead", "2", "–")]
