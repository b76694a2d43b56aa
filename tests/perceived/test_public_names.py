import inspect
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from goodwill import perceived
from goodwill.errors import UsageError

WITH_LEVEL = [
    name for name in perceived.__all__ if "level" in inspect.signature(getattr(perceived, name)).parameters
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
    return function(**{part: given[part] for part in required}, **extra)


@pytest.mark.parametrize("name", perceived.__all__)
def test_every_public_name_is_documented_and_no_module(name: str) -> None:
    assert getattr(perceived, name).__doc__
    assert callable(getattr(perceived, name))


@pytest.mark.parametrize("name", WITH_LEVEL)
def test_a_level_in_percent_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="level: 95 must lie between 0 and 1"):
        called(name, level=95)
