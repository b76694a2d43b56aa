"""What must not be loaded to import the package or to show help: timings vary, modules do not."""

import subprocess
import sys

import pytest

HEAVY = {"pandas", "numpy", "scipy", "sklearn", "xgboost", "mlflow", "optuna", "ibis", "duckdb", "pyarrow"}


def loaded_after(code: str) -> set[str]:
    report = f"import sys\n{code}\nprint('loaded', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", report], capture_output=True, text=True, check=True)
    return set(done.stdout.rsplit("loaded", 1)[1].split())


def test_import_loads_nothing_heavy() -> None:
    assert not loaded_after("import goodwill") & HEAVY


@pytest.mark.parametrize("words", [["--help"], ["train", "--help"], ["score", "--help"], ["--version"]])
def test_help_loads_nothing_heavy(words: list[str]) -> None:
    code = f"from goodwill.cli import main\ntry:\n    main({words})\nexcept SystemExit:\n    pass"
    assert not loaded_after(code) & HEAVY
