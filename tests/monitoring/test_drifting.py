"""Columns and classes that have moved, as evidence."""

import pandas as pd

from goodwill.evaluation.drift import Profile, drift
from goodwill.monitoring.drifting import class_evidence

BEFORE = pd.DataFrame({"tier": ["gold"] * 500 + ["lead"] * 500})


def test_classes_whose_sizes_moved_are_a_reason_to_watch() -> None:
    after = pd.DataFrame({"tier": ["gold"] * 100 + ["lead"] * 900})
    (found,) = class_evidence(drift(Profile.fit(BEFORE), after), "2025-01-01")
    assert (found.cause, found.name, found.is_alarm) == ("drift", "classes:tier", True)
    assert "The sizes of the tier classes have moved since 2025-01-01" in found.text


def test_classes_of_the_same_sizes_say_nothing() -> None:
    assert class_evidence(drift(Profile.fit(BEFORE), BEFORE), "2025-01-01") == []
