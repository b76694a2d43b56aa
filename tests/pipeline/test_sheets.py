"""What a person reads after training, from metrics made by hand."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from goodwill.monitoring.champion import Decision
from goodwill.pipeline.gate import Verdict
from goodwill.pipeline.sheets import trained_outcome

VERDICT = Verdict(Decision("promote", (), {}), "best baseline", has_champion=False)


def notes(**training: object) -> str:
    metrics = {"model": {"name": "shop", "version": "1"}, "training": training}
    run = SimpleNamespace(path=Path("runs/1"))
    return " ".join(trained_outcome(metrics, run, SimpleNamespace(output_dir=Path("out")), VERDICT).notes)


@pytest.mark.parametrize(("share", "is_told"), [(0.05, False), (0.3, True)])
def test_a_drift_of_whole_windows_is_a_warning(share: float, is_told: bool) -> None:  # noqa: FBT001 - a case's answer
    assert ("by 30% (one standard deviation, beyond chance)" in notes(drift_share=share)) == is_told
