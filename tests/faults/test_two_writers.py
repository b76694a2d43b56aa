"""Two runs in one output folder at the same time: the second is refused, the first ends as if alone."""

import operator
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from goodwill import pipeline

# Tracing lines costs whole runs two thirds more, and other tests run those lines.
pytestmark = pytest.mark.no_cover

Command = Callable[..., Any]


@pytest.mark.parametrize(("job", "late"), [("train", "finish.write_metrics"), ("score", "score.write_log")])
@pytest.mark.usefixtures("fitted")
def test_the_second_of_two_writers_is_refused(
    command: Command, shop: Path, monkeypatch: pytest.MonkeyPatch, job: str, late: str
) -> None:
    words = [sys.executable, "-m", "goodwill", job, str(shop), "--quiet"]
    write, seconds = operator.attrgetter(late)(pipeline), []

    def meanwhile(*facts: object) -> None:
        seconds.append(subprocess.run(words, check=False, capture_output=True, text=True))
        write(*facts)

    monkeypatch.setattr(f"goodwill.pipeline.{late}", meanwhile)
    assert command(job, shop).status in {0, 1}
    (second,) = seconds
    assert (second.returncode, second.stdout) == (3, "")
    assert second.stderr.startswith("Error: out is in use by another run")
    monkeypatch.setattr(f"goodwill.pipeline.{late}", write)
    assert command("score", shop).status == 0
    assert pd.read_parquet("out/scores.parquet")["customer_id"].is_unique
    assert len(list(Path("out").glob("scores/*/*/scores.parquet"))) == 1
