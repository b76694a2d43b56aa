"""The command line on a real terminal of 80 columns, and in a real pipe."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = (sys.executable, "-m", "goodwill")
COLOUR = re.compile(r"\x1b\[[\d;]*(?:3|4|9)\d")
CONTROL = re.compile(r"\x1b\[[\d;?]*[A-Za-z]")
CONFIG = """
name: shop
tables: {transactions: {source: orders.csv}}
snapshot: {as_of: 2024-07-01, horizon_days: 90}
output: out
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a small shop and its config."""
    place = tmp_path_factory.mktemp("shop")
    days = [(customer, month) for customer in range(9) for month in range(1, 7) if (customer + month) % 3]
    rows = [f"c{customer},2024-{month:02d}-0{customer + 1},{10 + customer}" for customer, month in days]
    (place / "orders.csv").write_text("\n".join(["customer_id,time,amount", *rows]))
    (place / "shop.yaml").write_text(CONFIG)
    return place


def on_terminal(words: tuple[str, ...], folder: Path, **environment: str) -> str:
    """Run a command with a terminal of 80 columns as its output, and return what it wrote."""
    reader, writer = pty.openpty()
    known = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", **environment}
    with subprocess.Popen([*COMMAND, *words], cwd=folder, stdout=writer, stderr=writer, env=known) as job:
        os.close(writer)
        parts = list(iter(lambda: read(reader), b""))
    os.close(reader)
    assert job.returncode == 0
    return b"".join(parts).decode()


def read(reader: int) -> bytes:
    """Return the next bytes; a terminal whose program has ended raises instead of returning none."""
    try:
        return os.read(reader, 65_536)
    except OSError:
        return b""


@pytest.mark.slow
def test_tables_fit_80_columns_without_a_colour(folder: Path) -> None:
    written = on_terminal(("check", "shop.yaml"), folder, NO_COLOR="1")
    lines = re.split(r"[\r\n]+", CONTROL.sub("", written))
    assert "Assumptions" in lines
    assert max(map(len, lines)) <= 80
    assert COLOUR.search(written) is None


@pytest.mark.slow
def test_a_pipe_gets_results_on_one_side_and_steps_on_the_other(folder: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "check", "shop.yaml"], cwd=folder, capture_output=True, text=True, check=True
    )
    assert "\x1b" not in done.stdout + done.stderr
    assert "Assumptions" in done.stdout
    assert done.stderr.splitlines()[0] == "Reading transactions"


@pytest.mark.slow
def test_quiet_is_silent_in_a_pipe(folder: Path) -> None:
    words = [*COMMAND, "check", "shop.yaml", "--quiet"]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout + done.stderr == ""
