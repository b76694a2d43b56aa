"""A disk that fills up while a job writes: told in one line, and what stood there before goes on standing."""

import os
import re
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from goodwill.artefacts import read_directory

# Tracing lines costs whole runs two thirds more, and other tests run those lines.
pytestmark = pytest.mark.no_cover

Command = Callable[..., Any]
Write = Callable[..., Path]
Scarce = Callable[[str, int], None]
SIZE, PAGE = 64 * 2**20, 4096


@pytest.fixture
def scarce() -> Iterator[Scarce]:
    """Leave so much room on a disk under a folder; without the right to mount one, in every single file."""
    with ExitStack() as stack:

        def leave(folder: str, room: int) -> None:
            if moved_to_a_disk(folder):
                stack.callback(subprocess.run, ["umount", "--lazy", folder], check=True)
                used = SIZE - shutil.disk_usage(folder).free
                mounted(f"remount,size={used + room}", folder)
            elif room > PAGE:
                pytest.skip("no disk may be mounted here, and a limit of files is not one of their sum")
            else:
                former = resource.getrlimit(resource.RLIMIT_FSIZE)
                stack.callback(resource.setrlimit, resource.RLIMIT_FSIZE, former)
                resource.setrlimit(resource.RLIMIT_FSIZE, (room, former[1]))

        yield leave


def moved_to_a_disk(folder: str) -> bool:
    """Put a small disk under a folder with what it holds, and return whether that is allowed."""
    Path(folder).mkdir(exist_ok=True)
    shutil.copytree(folder, "aside", symlinks=True)
    is_allowed = os.geteuid() == 0 and mounted(f"size={SIZE}", folder)
    if is_allowed:
        shutil.copytree("aside", folder, symlinks=True, dirs_exist_ok=True)
    shutil.rmtree("aside")
    return is_allowed


def mounted(options: str, folder: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", options, "none", folder]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def told_in_a_line(answer: Any) -> bool:  # noqa: ANN401 - an Answer of the conftest
    """Say whether the job failed for want of room, with one line after its steps."""
    wanted = r"Error: \S+ cannot be written: (the disk is full|File too large)\. .*run again"
    return answer.status == 3 and bool(re.match(wanted, answer.said.splitlines()[-1]))


@pytest.mark.parametrize(("n_pages", "full"), [(0, "/predictor"), (30, "/predictor"), (80, "/report.html")])
@pytest.mark.usefixtures("fitted")
def test_a_training_that_fills_the_disk_leaves_the_former_in_force(
    command: Command, shop: Path, scarce: Scarce, n_pages: int, full: str
) -> None:
    former = Path("out/predictor").resolve()
    scarce("out", n_pages * PAGE)
    answer = command("train", shop)
    assert told_in_a_line(answer)
    assert f"{full} cannot be written" in answer.error
    assert Path("out/predictor").resolve() == former
    assert read_directory(former)
    assert not list(Path("out").rglob("*.partial"))


@pytest.mark.parametrize("n_pages", [1, 7, 10])
def test_a_scoring_that_fills_the_disk_leaves_the_latest_scores(
    command: Command, shop: Path, scarce: Scarce, n_pages: int
) -> None:
    former, rows = Path("out/scores.parquet").resolve(), pd.read_parquet("out/scores.parquet")
    scarce("out", n_pages * PAGE)
    answer = command("score", shop, "--as-of", "2024-01-14")
    assert told_in_a_line(answer)
    assert Path("out/scores.parquet").resolve() == former
    pd.testing.assert_frame_equal(pd.read_parquet("out/scores.parquet"), rows)
    assert not list(Path("out").rglob("*.partial"))


def test_an_engine_that_fills_the_disk_it_spills_to_is_told(
    command: Command,
    trained: Any,  # noqa: ANN401 - of the conftest
    written: Write,
    scarce: Scarce,
) -> None:
    n_rows = 150_000
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(n_rows) % 12, unit="D")
    orders = pd.DataFrame({"customer_id": np.arange(n_rows) // 3, "time": days, "amount": 10.0})
    orders.astype({"customer_id": str}).to_parquet("many.parquet")
    tables, limits = {"transactions": {"source": "many.parquet"}}, {"memory_limit": "20MB", "threads": 1}
    config = written(b"", tables=tables, engine_options=limits | {"spill_dir": "spill"})
    scarce("spill", PAGE)
    answer = command("score", config, "--model", trained.folder / "out/predictor")
    assert answer.status == 3
    assert "Error: The engine ran out of room" in answer.said.splitlines()[-1]
    assert "engine_options (memory_limit, spill_dir, threads)" in answer.error
    assert not list(Path("out").rglob("scores.parquet"))
