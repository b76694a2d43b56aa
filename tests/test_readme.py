"""What the README says is so: its commands and examples run, its tables are those of the code.

Commands run in the README's order in one folder, as they stand but for what `SMALLER` replaces, and train on
few dates and trees; making the environment and running these tests is what `.ci/run` does, with the README's
own line.
"""

import doctest
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from goodwill.cli import main
from goodwill.config.reference import config_reference, tables_reference
from goodwill.features import windows
from goodwill.modeling import boosting
from goodwill.modeling.reasons.columns import REASONS
from goodwill.pipeline import survey_utility
from goodwill.predictor import DIMENSIONS, PREDICTED
from goodwill.predictor.inputs import KEYS

# Tracing lines costs whole runs two thirds more, and other tests run those lines.
pytestmark = pytest.mark.no_cover

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SMALLER = {
    "--customers 5000": "--customers 400",
    "train configs/quickstart.yaml": "train configs/quickstart.yaml --set tuning.trials=0",
    "train configs/shop.yaml": "train configs/shop.yaml --set tuning.trials=0",
    "train configs/cdnow.yaml": "train configs/cdnow.yaml --set tuning.trials=0",
    "train configs/telco.yaml": "train configs/telco.yaml --set tuning.trials=1",
    "train configs/online_retail.yaml": "train configs/online_retail.yaml --set tuning.trials=0",
    "customers=1_000": "customers=300",
}
MADE_BY_CI = ("python3 -m venv", ".venv/bin/pip", ".venv/bin/pytest", "export GOODWILL_DATA=")
# Of tables with a row a customer or respondent, or sorted by customer, the first rows are as good as all.
FIRST_ROWS = {"telco_churn": 2_500, "hillstrom": 12_000, "airline_satisfaction": 10_000, "cdnow": 20_000}
NEED_DATA = ("cdnow", "online_retail", "telco", "hillstrom", "kiosk", "airline")


def blocks(language: str) -> list[str]:
    found = re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.MULTILINE | re.DOTALL)
    return [smaller(block) for block in found]


def smaller(text: str) -> str:
    for as_written, as_run in SMALLER.items():
        text = text.replace(as_written, as_run)
    return text


def commands() -> list[str]:
    lines = "".join(blocks("bash")).replace(".venv/bin/goodwill", "goodwill").splitlines()
    parts = [part.strip() for line in lines for part in line.split("&&")]
    return [part for part in parts if not part.startswith(MADE_BY_CI)]


def status_of(command: str) -> int:
    program, *words = shlex.split(command)
    assert program == "goodwill"
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert isinstance(ended.value.code, int)
    return ended.value.code


def allowed(command: str) -> set[int]:
    """Training may end with 1, for the gate kept the champion; monitoring, for the model has aged."""
    return {0, 1} if command.startswith(("goodwill train", "goodwill monitor")) else {0}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A working directory with the configs of the repository."""
    shutil.copytree(ROOT / "configs", tmp_path / "configs")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Train on few dates and trees, and draw few surveys anew; the way is the same."""
    monkeypatch.setattr(windows, "MAX_DATES", 2)
    monkeypatch.setattr(boosting, "TREES", 15)
    monkeypatch.setattr(survey_utility, "RESAMPLES", 2)
    monkeypatch.setattr(survey_utility, "REFERENCES", 1)


@pytest.fixture
def smaller_tables(data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let GOODWILL_DATA name a folder with the first rows of large tables, and links to the others."""
    for path in data_dir.rglob("*.parquet"):
        mine = tmp_path / "data" / path.relative_to(data_dir)
        mine.parent.mkdir(parents=True, exist_ok=True)
        if n := FIRST_ROWS.get(path.parent.name):
            pd.read_parquet(path).head(n).to_parquet(mine)
        else:
            mine.symlink_to(path.resolve())
    monkeypatch.setenv("GOODWILL_DATA", str(tmp_path / "data"))


def own_orders(folder: Path) -> None:
    """Put a file of orders with foreign column names where the README speaks of `orders.csv`."""
    orders = pd.read_parquet(folder / "models/quickstart/data/transactions.parquet")
    mine = orders[["customer_id", "time", "amount"]].set_axis(["client", "date", "paid"], axis=1)
    mine.to_csv(folder / "orders.csv", index=False)


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_commands_run_in_the_order_of_the_readme(folder: Path) -> None:
    quick = [command for command in commands() if not any(name in command for name in NEED_DATA)]
    first, *rest = quick
    assert first.startswith("goodwill simulate")
    assert status_of(first) == 0
    own_orders(folder)
    statuses = {command: status_of(command) for command in rest}
    assert [command for command, status in statuses.items() if status not in allowed(command)] == []


@pytest.mark.slow
@pytest.mark.usefixtures("smaller_tables", "folder", "quick")
@pytest.mark.parametrize("command", [c for c in commands() if any(name in c for name in NEED_DATA)])
def test_commands_on_real_data_run(command: str) -> None:
    assert status_of(command) in allowed(command)


@pytest.mark.slow
@pytest.mark.usefixtures("folder")
def test_the_python_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = blocks("python")
    exec(compile(example, "README.md", "exec"), {})  # noqa: S102 - the README's own example
    ours, plain = map(float, capsys.readouterr().out.split())
    assert 0 < plain < ours < 1


def test_the_python_example_is_ten_lines() -> None:
    (example,) = blocks("python")
    assert len([line for line in example.splitlines() if line]) <= 10


def test_the_answers_of_examples_are_those_shown() -> None:
    examples = doctest.DocTestParser().get_doctest("".join(blocks("pycon")), {}, "README.md", "README.md", 0)
    assert examples.examples
    assert doctest.DocTestRunner(verbose=False).run(examples).failed == 0


def test_the_ci_runs_the_second_command() -> None:
    second = next(block for block in blocks("bash") if "pytest" in block)
    assert (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()[-1] == second.strip()


@pytest.mark.parametrize(
    ("name", "reference"), [("config", config_reference()), ("tables", tables_reference())]
)
def test_reference_is_that_of_the_code(name: str, reference: str) -> None:
    written = README.split(f"<!-- {name} -->")[1].split(f"<!-- end of {name} -->")[0]
    assert written.strip() == reference, f"Put {name}_reference() of goodwill.config.reference here."


def test_every_column_of_the_scores_is_explained() -> None:
    table = README.split("| column | meaning |")[1].split("\n\n")[0]
    explained = re.findall(r"`(\w+)`", "".join(line.split("|")[1] for line in table.splitlines() if line))
    asked_for = {"clv_referral", "data_index", "time_to_churn_days"}
    assert set(explained) == {*KEYS, *PREDICTED, "segment", *DIMENSIONS, *REASONS, *asked_for}


def test_every_config_of_the_repository_is_spoken_of() -> None:
    assert all(f"configs/{path.name}" in README for path in (ROOT / "configs").glob("*.yaml"))


def test_every_study_and_picture_that_is_named_is_there() -> None:
    studies = set(re.findall(r"(?:tests/benchmarks/)?(\w+_(?:study|speed)\.py)", README))
    assert [name for name in sorted(studies) if not (ROOT / "tests/benchmarks" / name).is_file()] == []
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures
    assert all((ROOT / name).is_file() for name in pictures)


def test_every_link_inside_the_readme_leads_somewhere() -> None:
    heads = re.findall(r"^#+ (.+)$", README, flags=re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", head).strip().lower().replace(" ", "-") for head in heads}
    assert set(re.findall(r"\]\(#([^)]+)\)", README)) <= anchors
