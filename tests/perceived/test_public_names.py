import inspect
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from goodwill import perceived
from goodwill.errors import UsageError


def taking(parameter: str) -> list[str]:
    return [
        name
        for name in perceived.__all__
        if parameter in inspect.signature(getattr(perceived, name)).parameters
    ]


ASKED = [perceived.Item(name, columns={"expectation": f"{name}e", "perception": name}) for name in "ab"]


def arguments() -> dict[str, object]:
    """Return something of a kind for each required parameter of a public function."""
    rng = np.random.default_rng(0)
    sheet = pd.DataFrame(rng.integers(1, 8, (40, 4)).astype(float), columns=["a", "ae", "b", "be"])
    survey = perceived.read_wide(sheet, [*ASKED, perceived.Item("c", "price", columns={"score": "a"})])
    scores, outcome = sheet[["a", "b"]], sheet["a"] + sheet["b"]
    groups = pd.Series(["u", "v"] * 20, index=survey.respondents)
    return {
        "survey": survey,
        "groups": groups,
        "found": perceived.perceived_value(survey),
        "weights": survey.weights(),
        "X": scores,
        "y": outcome,
        "derived": perceived.derived_weights(scores, outcome),
        "stated": pd.Series({"a": 1.0, "b": 2.0}),
        "perceived": outcome,
        "classes": groups,
        "comments": pd.DataFrame({"text": ["late"]}),
    }


def called(name: str, **extra: object) -> object:
    function: Callable[..., object] = getattr(perceived, name)
    required = [p.name for p in inspect.signature(function).parameters.values() if p.default is p.empty]
    given = arguments() if required else {}
    return function(**{part: given[part] for part in required} | extra)


@pytest.mark.parametrize("name", perceived.__all__)
def test_every_public_name_is_documented_and_no_module(name: str) -> None:
    assert getattr(perceived, name).__doc__
    assert callable(getattr(perceived, name))


@pytest.mark.parametrize("name", taking("level"))
def test_a_level_in_percent_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="level: 95 must lie between 0 and 1"):
        called(name, level=95)


@pytest.mark.parametrize("name", [name for name in taking("wave") if name != "ReadingRules"])
def test_a_wave_that_was_never_asked_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="wave '2024-13' is not in the survey, whose waves are not known"):
        called(name, wave="2024-13")


@pytest.mark.parametrize("name", [name for name in taking("groups") if name.endswith("_by_group")])
def test_groups_of_nobody_who_answered_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="groups: none of 40 respondents is in its index"):
        called(name, groups=pd.Series(["u", "v"], index=["x", "y"]))


@pytest.mark.parametrize("groups", [["u", "v"], pd.Series(["u", "v"], index=["1", "1"])])
def test_groups_that_name_no_or_two_of_a_respondent_are_refused(groups: object) -> None:
    with pytest.raises(UsageError, match=r"groups: (a list\. Give a series|1 of 2 rows repeat a respondent)"):
        called("satisfaction_by_group", groups=groups)
