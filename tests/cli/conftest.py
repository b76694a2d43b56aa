from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from goodwill.cli import main

SHOP = """
name: shop
tables: {transactions: {source: orders.parquet}}
snapshot: {as_of: 2024-07-01, horizon_days: 180}
"""


@pytest.fixture
def goodwill(capsys: pytest.CaptureFixture[str]) -> Callable[..., SimpleNamespace]:
    """Run the command line in this process; returns its status, out and err."""

    def run(*words: str) -> SimpleNamespace:
        with pytest.raises(SystemExit) as ended:
            main(words)
        said = capsys.readouterr()
        return SimpleNamespace(status=ended.value.code, out=said.out, err=said.err)

    return run


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A config in an empty working directory; its table does not exist."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP, encoding="utf-8")
    return path
