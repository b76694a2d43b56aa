"""The notebooks run from top to bottom, hold no output, and define nothing long."""

import ast
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

# Tracing lines costs whole runs two thirds more, and other tests run those lines.
pytestmark = pytest.mark.no_cover

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def code_of(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=180, resources={"metadata": {"path": ROOT / "notebooks"}}).execute()
    last = [cell for cell in notebook.cells if cell.cell_type == "code"][-1]
    assert last.execution_count == len(code_of(path))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_begins_with_prose_and_holds_no_output(path: Path) -> None:
    assert nbformat.read(path, as_version=4).cells[0].cell_type == "markdown"
    assert all(not cell.outputs and cell.execution_count is None for cell in code_of(path))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_definition_is_longer_than_five_lines(path: Path) -> None:
    trees = [ast.parse(cell.source) for cell in code_of(path)]
    found = [
        node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)
    ]
    assert all(node.end_lineno - node.lineno < 5 for node in found)


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) == 6
