"""Five hundred odd configs, requests and tables: an answer, or a refusal that names the key or the table."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import fuzzing

# Tracing lines costs whole runs two thirds more, and other tests run those lines.
pytestmark = pytest.mark.no_cover

LEAST_DONE = 0.3


@pytest.mark.slow
def test_odd_configs_are_read_or_refused_by_key(tmp_path: Path) -> None:
    seen = fuzzing.fuzzed(fuzzing.configs, fuzzing.config_judge(tmp_path), 250)
    assert seen["done"] > LEAST_DONE * seen.total()


@pytest.mark.slow
def test_odd_requests_are_answered_or_refused_by_column(tmp_path: Path) -> None:
    predictor = fuzzing.small_predictor(tmp_path)
    seen = fuzzing.fuzzed(fuzzing.bodies, fuzzing.body_judge(predictor), 200)
    assert seen["done"] > LEAST_DONE * seen.total()


@pytest.mark.slow
def test_odd_tables_are_read_or_refused_by_name(tmp_path: Path) -> None:
    seen = fuzzing.fuzzed(fuzzing.tables, fuzzing.table_judge(tmp_path), 50)
    assert seen["done"] > LEAST_DONE * seen.total()
