import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from mlflow.entities import Run as Logged
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

from goodwill import tracking
from goodwill.errors import OutsideError, UsageError
from goodwill.tracking import Run


@pytest.fixture(scope="module")
def run(uri: str) -> Run:
    with tracking.run(uri, "cdnow", name="train", tags={"as_of": "1997-10-01"}) as started:
        return started


def stored(client: MlflowClient, run: Run) -> Logged:
    return client.get_run(run.run_id)


def content(client: MlflowClient, run: Run, name: str) -> str:
    place = stored(client, run).info.artifact_uri.removeprefix("file://")
    return Path(place, name).read_text()


def test_a_run_is_finished_in_its_experiment(client: MlflowClient, run: Run) -> None:
    logged = stored(client, run)
    assert (logged.info.status, logged.info.run_name) == ("FINISHED", "train")
    assert logged.data.tags["as_of"] == "1997-10-01"
    assert client.get_experiment_by_name("cdnow").experiment_id == run.experiment_id


def test_artefacts_lie_beside_the_store(client: MlflowClient, run: Run, uri: str) -> None:
    folder = uri.removeprefix("sqlite:///").removesuffix("mlflow.db")
    assert stored(client, run).info.artifact_uri == f"file://{folder}mlartifacts/{run.run_id}/artifacts"


@pytest.mark.parametrize(
    ("error", "status"), [(KeyboardInterrupt, "KILLED"), (SystemExit, "KILLED"), (UsageError, "FAILED")]
)
def test_a_run_that_breaks_says_so(uri: str, client: MlflowClient, error: type, status: str) -> None:
    with pytest.raises(error, match="broken"), tracking.run(uri, "breaks", name=status):
        raise error("broken")
    experiment = client.get_experiment_by_name("breaks").experiment_id
    (broken,) = client.search_runs([experiment], f"attributes.run_name = '{status}'", max_results=1)
    assert broken.info.status == status


def test_nested_runs_hang_below_their_parent(uri: str, client: MlflowClient) -> None:
    with tracking.run(uri, "nested") as parent, tracking.nested(parent, "churn") as child:
        tracking.log_metrics(child, {"churn": {"roc_auc": 0.8}})
    logged = stored(client, child)
    assert logged.data.tags["mlflow.parentRunId"] == parent.run_id
    assert (logged.info.run_name, logged.info.status) == ("churn", "FINISHED")


def test_a_killed_run_is_closed_by_the_next(uri: str, client: MlflowClient) -> None:
    script = (
        "import os, sys\nfrom goodwill import tracking\n"
        "with tracking.run(sys.argv[1], 'killed') as run:\n"
        " print(run.run_id, flush=True)\n os.kill(os.getpid(), 9)"
    )
    child = subprocess.run([sys.executable, "-c", script, uri], capture_output=True, text=True, check=False)
    run_id = child.stdout.strip()
    assert client.get_run(run_id).info.status == "RUNNING"
    with tracking.run(uri, "killed"):
        assert client.get_run(run_id).info.status == "KILLED"


def test_a_run_of_a_living_process_stays_open(uri: str, client: MlflowClient) -> None:
    with tracking.run(uri, "two") as first, tracking.run(uri, "two"):
        assert stored(client, first).info.status == "RUNNING"


def test_metrics_are_named_by_their_path(run: Run, client: MlflowClient) -> None:
    metrics = {
        "churn": {"roc_auc": np.float64(0.8), "baselines": {"recency_rule": {"roc_auc": 0.7}}},
        "churn.ci": {"roc_auc": [0.7, 0.9]},
        "curve": (1, 2, 3),
        "segments": {"k": 4, "top 10%": 1.5},
    }
    tracking.log_metrics(run, metrics)
    assert stored(client, run).data.metrics == {
        "churn.roc_auc": 0.8,
        "churn.baselines.recency_rule.roc_auc": 0.7,
        "churn.ci.roc_auc.low": 0.7,
        "churn.ci.roc_auc.high": 0.9,
        **{f"curve.{place}": place + 1 for place in range(3)},
        "segments.k": 4,
        "segments.top 10_": 1.5,
    }


def test_what_is_no_number_is_a_tag_or_left_out(uri: str, client: MlflowClient) -> None:
    metrics = {"as_of": "1997-10-01", "reproducible": False, "none": None, "nan": float("nan"), "empty": []}
    with tracking.run(uri, "tags") as run:
        tracking.log_metrics(run, {"backtest": metrics})
    logged = stored(client, run).data
    assert logged.metrics == {}
    found = {name: text for name, text in logged.tags.items() if name.startswith("backtest")}
    assert found == {"backtest.as_of": "1997-10-01", "backtest.reproducible": "false"}


def test_hundreds_of_metrics_and_settings_fit(uri: str, client: MlflowClient) -> None:
    many = {f"m{place}": place for place in range(250)}
    with tracking.run(uri, "many") as run:
        tracking.log_metrics(run, many)
        tracking.log_params(run, many)
    assert stored(client, run).data.metrics == many
    assert len(stored(client, run).data.params) == 250


def test_settings_are_text_without_secrets(uri: str, client: MlflowClient) -> None:
    params = {
        "tuning": {"trials": 20, "timeout": None},
        "engine": "postgres://u:p4ss@h/x",
        "long": "x" * 9_999,
    }
    with tracking.run(uri, "settings") as run:
        tracking.log_params(run, params)
    logged = stored(client, run).data.params
    assert (logged["tuning.trials"], logged["tuning.timeout"]) == ("20", "null")
    assert logged["engine"] == "postgres://u:***@h/x"
    assert len(logged["long"]) == 6_000


def test_trials_are_steps_and_a_table(run: Run, client: MlflowClient) -> None:
    tracking.log_trials(run, [{"value": 0.5, "depth": 3}, {"value": None}, {"value": 0.4, "depth": 4}])
    history = client.get_metric_history(run.run_id, "tuning.value")
    assert [(point.step, point.value) for point in history] == [(0, 0.5), (2, 0.4)]
    table = json.loads(content(client, run, "tuning/trials.json"))
    assert table == {"columns": ["value", "depth"], "data": [[0.5, 3], [None, None], [0.4, 4]]}


def test_no_trials_are_an_empty_table(run: Run, client: MlflowClient) -> None:
    tracking.log_trials(run, [])
    assert json.loads(content(client, run, "tuning/trials.json")) == {"columns": [], "data": []}


def test_digests_say_which_data_without_showing_them(run: Run, client: MlflowClient) -> None:
    source = "postgres://u:p4ss@h/shop"
    tracking.log_digests(run, {"transactions": {"digest": "9f" * 32, "source": source, "n_rows": 6_919}})
    (used,) = stored(client, run).inputs.dataset_inputs
    assert (used.dataset.name, used.dataset.digest) == ("transactions", "9f" * 18)
    assert json.loads(used.dataset.source) == {"source": "postgres://u:***@h/shop"}
    assert json.loads(used.dataset.profile) == {"n_rows": 6_919}


def test_the_config_is_stored_with_its_secrets_masked(run: Run, client: MlflowClient) -> None:
    tracking.log_text(run, "config.yaml", "source: ${DATA}/x.csv\nengine: postgres://u:p4ss@h/x\n")
    expected = "source: ${DATA}/x.csv\nengine: postgres://u:***@h/x\n"
    assert content(client, run, "config.yaml") == expected


def test_a_deleted_experiment_is_told(uri: str, client: MlflowClient) -> None:
    client.delete_experiment(client.create_experiment("deleted"))
    with pytest.raises(UsageError, match="experiment deleted was deleted"), tracking.run(uri, "deleted"):
        pass


def test_an_experiment_made_by_another_run_meanwhile_is_used(
    uri: str, client: MlflowClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = MlflowClient.create_experiment

    def beaten(self: MlflowClient, name: str, artifact_location: str) -> str:
        create(self, name, artifact_location)
        return create(self, name, artifact_location)

    monkeypatch.setattr(MlflowClient, "create_experiment", beaten)
    with tracking.run(uri, "beaten") as run:
        assert run.experiment_id == client.get_experiment_by_name("beaten").experiment_id


def test_an_experiment_that_cannot_be_made_is_told(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise MlflowException("not allowed")

    monkeypatch.setattr(MlflowClient, "create_experiment", refuse)
    with pytest.raises(OutsideError, match="not allowed"), tracking.run(uri, "refused"):
        pass


def test_the_first_failure_is_told_when_the_store_goes_too(uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise MlflowException("gone")

    monkeypatch.setattr(MlflowClient, "set_terminated", gone)
    with pytest.raises(UsageError, match="first"), tracking.run(uri, "gone"):
        raise UsageError("first")
    with pytest.raises(OutsideError, match="gone"), tracking.run(uri, "gone"):
        pass
