"""A tiny shop, and a way to run commands on spoilt copies of it; few dates and trees, the way is the same."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
import yaml

from goodwill.cli import main
from goodwill.features import windows
from goodwill.modeling import boosting

FIRST = pd.Timestamp("2024-01-01")
Write = Callable[..., Path]


class Answer(NamedTuple):
    """What a command answered: exit status, and all it printed as one line of words."""

    status: int
    out: str
    error: str


Command = Callable[..., Answer]


@contextmanager
def few_dates_and_trees() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(windows, "MAX_DATES", 2)
        patch.setattr(boosting, "TREES", 10)
        yield


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """Hold for the modules of this folder alone: a folder without __init__ has no package to end with."""
    with few_dates_and_trees():
        yield


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def orders() -> pd.DataFrame:
    """Forty customers who first buy in five days and buy on for twelve."""
    rng = np.random.default_rng(0)
    rates = rng.gamma(1.0, 0.25, 40)
    rows = []
    for customer, rate in enumerate(rates):
        start = int(rng.integers(0, 5))
        days = [start, *(day for day in range(start + 1, 12) if rng.random() < rate)]
        rows += [(f"c{customer}", FIRST + pd.Timedelta(days=day), rng.gamma(2, 10) + 1) for day in days]
    return pd.DataFrame(rows, columns=["customer_id", "time", "amount"])


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """Write orders (a frame, or the bytes of a file) and a config for them; return the config."""

    def write(orders: pd.DataFrame | bytes, suffix: str = ".csv", **sections: Any) -> Path:  # noqa: ANN401 - YAML
        source = tmp_path / f"orders{suffix}"
        content = orders if isinstance(orders, bytes) else orders.to_csv(index=False).encode()
        source.write_bytes(content)
        config = {
            "name": "tiny",
            "tables": {"transactions": {"source": source.name}},
            "snapshot": {"as_of": "2024-01-13", "horizon_days": 3},
            "tuning": {"trials": 0},
            "output": "out",
            "tracking": {"uri": "sqlite:///store/mlflow.db"},
        }
        (tmp_path / "tiny.yaml").write_text(yaml.safe_dump(config | sections))
        return tmp_path / "tiny.yaml"

    return write


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command line in this process."""

    def run(*words: object) -> Answer:
        with pytest.raises(SystemExit, match=r"^\d+$") as ended:
            main([str(word) for word in words])
        said = capsys.readouterr()
        return Answer(int(str(ended.value.code)), said.out, _last(said.err.splitlines()))

    return run


def _last(lines: Sequence[str]) -> str:
    """Return the error message; what stands before it are the steps of the job."""
    return next((line for line in reversed(lines) if line.startswith("Error: ")), "")
