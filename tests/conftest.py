"""What all tests share."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Folder of the public tables; skips where they are not at hand."""
    if "GOODWILL_DATA" not in os.environ:
        pytest.skip("GOODWILL_DATA is not set: it names the folder with cdnow/, btyd_donations/ and the rest")
    return Path(os.environ["GOODWILL_DATA"])
