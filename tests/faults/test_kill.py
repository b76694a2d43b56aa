"""kill -9 in training and in scoring: nothing half-written is taken for whole, and the next run works."""

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

Command = Callable[..., Any]
Write = Callable[..., Path]
VICTIM = Path(__file__).with_name("victim.py")


def killed(job: str, config: Path, moment: str) -> bool:
    """Run a job that dies at a moment; False where it did not get there."""
    words = [sys.executable, str(VICTIM), job, config.name, moment]
    return (
        subprocess.run(words, cwd=config.parent, capture_output=True, check=False).returncode
        == -signal.SIGKILL
    )


@pytest.mark.slow
def test_training_survives_three_kills_and_scoring_two(
    command: Command, written: Write, orders: pd.DataFrame
) -> None:
    config = written(orders)
    for moment in ("Fitting for the backtest", "file 3", "Passing the gate"):
        assert killed("train", config, moment)
        assert not Path("out/predictor").exists()
        assert command("score", config).status == 2
    assert command("train", config).status in {0, 1}
    assert command("score", config).status == 0
    before = pd.read_parquet("out/scores.parquet")
    for moment in ("Scoring customers", "file 1"):
        assert killed("score", config, moment)
        pd.testing.assert_frame_equal(pd.read_parquet("out/scores.parquet"), before)
    assert command("score", config).status == 0
    assert not list(Path("out/scores").rglob("*.partial"))
