"""What one training writes down: a parent run, nested runs, numbers, settings, digests and pictures."""

import json
import math
import os
import platform
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import numpy as np
from mlflow.entities import Dataset, DatasetInput, Metric, Param, RunTag
from mlflow.exceptions import MlflowException
from mlflow.tracking import MlflowClient

from goodwill.drafts import is_alive
from goodwill.errors import OutsideError, UsageError
from goodwill.files import json_bytes
from goodwill.tracking.store import address, artefact_location, calling, masked

_HOST, _PROCESS = "goodwill.host", "goodwill.process"
_NAME_LIMIT, _PARAM_LIMIT, _TAG_LIMIT = 250, 6000, 5000
_BATCH = 100


@dataclass(frozen=True)
class Run:
    """A run that is being written: the store, the experiment and the run's own id."""

    uri: str
    experiment_id: str
    run_id: str


@contextmanager
def run(
    uri: str, experiment: str, name: str | None = None, tags: Mapping[str, str] | None = None
) -> Iterator[Run]:
    """Open a run in an experiment; it ends as FINISHED, as FAILED after an error, as KILLED when interrupted.

    Runs that a killed process on this machine left open are closed as KILLED.

    Parameters
    ----------
    uri : MLflow's address; a relative SQLite file counts from the working directory and is created.
    experiment : name of the experiment, created with `mlartifacts` beside a SQLite file.

    Raises
    ------
    OutsideError : the store cannot be reached or written to.
    UsageError : the address is none, or the experiment was deleted.
    """
    place = address(uri)
    with calling(place) as client:
        experiment_id = _experiment(client, place, experiment)
        _close_abandoned(client, experiment_id)
        run_id = _created(client, experiment_id, name, dict(tags or {}))
    with _ending(Run(place, experiment_id, run_id)) as started:
        yield started


@contextmanager
def nested(parent: Run, name: str) -> Iterator[Run]:
    """Open a run inside `parent`, such as churn, clv or segments; it ends as `run` does."""
    with calling(parent.uri) as client:
        run_id = _created(client, parent.experiment_id, name, {"mlflow.parentRunId": parent.run_id})
    with _ending(Run(parent.uri, parent.experiment_id, run_id)) as started:
        yield started


def log_metrics(run: Run, metrics: Mapping[str, object]) -> None:
    """Log nested metrics under their path: ``{"churn": {"roc_auc": .8}}`` becomes ``churn.roc_auc``.

    Pairs become ``.low`` and ``.high``, other lists are numbered; what is null or not finite is left out;
    text and Booleans (``backtest.as_of``) become tags.
    """
    now = int(time.time() * 1000)
    leaves = dict(_leaves(metrics))
    numbers = {name: number for name, leaf in leaves.items() if (number := _number(leaf)) is not None}
    texts = {name: _text(leaf) for name, leaf in leaves.items() if isinstance(leaf, str | bool)}
    _log(run, metrics=[Metric(name, number, now, 0) for name, number in numbers.items()])
    log_tags(run, texts)


def log_params(run: Run, params: Mapping[str, object]) -> None:
    """Log nested settings under their path, as text; secrets in addresses are masked."""
    _log(run, params=[Param(name, masked(_text(leaf))[:_PARAM_LIMIT]) for name, leaf in _leaves(params)])


def log_tags(run: Run, tags: Mapping[str, str]) -> None:
    """Set tags of a run."""
    _log(run, tags=[RunTag(name, text[:_TAG_LIMIT]) for name, text in tags.items()])


def log_trials(run: Run, trials: Sequence[Mapping[str, object]]) -> None:
    """Log tuning trials: each ``value`` as a step of ``tuning.value``, and all of them as a table.

    Parameters
    ----------
    trials : a row per trial, in order: ``value`` (null for one that was cut short) and its settings.
    """
    now = int(time.time() * 1000)
    values = [(step, _number(trial.get("value"))) for step, trial in enumerate(trials)]
    _log(
        run, metrics=[Metric("tuning.value", value, now, step) for step, value in values if value is not None]
    )
    columns = list(dict.fromkeys(name for trial in trials for name in trial))
    rows = [[trial.get(name) for name in columns] for trial in trials]
    log_json(run, "tuning/trials.json", {"columns": columns, "data": rows})


def log_digests(run: Run, digests: Mapping[str, Mapping[str, object]]) -> None:
    """Log which data a run saw, by table: ``digest`` (required), ``source`` and counts; never rows or ids."""
    inputs = [
        DatasetInput(
            Dataset(
                name=name[:_NAME_LIMIT],
                digest=str(facts["digest"])[:36],
                source_type="goodwill",
                source=json.dumps({"source": masked(str(facts.get("source", "")))}),
                profile=json.dumps({key: facts[key] for key in facts if key not in {"digest", "source"}}),
            ),
            tags=[],
        )
        for name, facts in digests.items()
    ]
    with calling(run.uri) as client:
        client.log_inputs(run.run_id, inputs)


def log_json(run: Run, name: str, content: object) -> None:
    """Store an object as a JSON file of the run, such as ``metrics.json``."""
    log_text(run, name, json_bytes(content, name).decode())


def log_text(run: Run, name: str, text: str) -> None:
    """Store text as a file of the run, such as ``config.yaml`` or ``gains.svg``; secrets are masked."""
    with calling(run.uri) as client:
        client.log_text(run.run_id, masked(text), name)


def _log(
    run: Run, metrics: Sequence[Metric] = (), params: Sequence[Param] = (), tags: Sequence[RunTag] = ()
) -> None:
    with calling(run.uri) as client:
        for start in range(0, max(len(metrics), len(params), len(tags)), _BATCH):
            part = slice(start, start + _BATCH)
            client.log_batch(run.run_id, metrics[part], params[part], tags[part])


def _leaves(content: object, path: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(content, Mapping):
        items: Iterable[tuple[str, object]] = ((str(key), inner) for key, inner in content.items())
    elif isinstance(content, list | tuple):
        names = ("low", "high") if len(content) == 2 else map(str, range(len(content)))  # noqa: PLR2004 (a pair)
        items = zip(names, content, strict=True)
    else:
        yield path[:_NAME_LIMIT], content
        return
    for name, inner in items:
        # MLflow allows letters, digits and _ - . / : and space; a path must not climb.
        clean = re.sub(r"[^\w. -]", "_", name)
        yield from _leaves(inner, f"{path}.{clean}" if path else clean)


def _number(leaf: object) -> float | None:
    if isinstance(leaf, bool | np.bool_) or not isinstance(leaf, int | float | np.number):
        return None
    return float(leaf) if math.isfinite(float(leaf)) else None


def _text(leaf: object) -> str:
    return leaf if isinstance(leaf, str) else json.dumps(leaf, default=str)


def _experiment(client: MlflowClient, uri: str, name: str) -> str:
    found = client.get_experiment_by_name(name)
    if found is None:
        try:
            return client.create_experiment(name, artifact_location=artefact_location(uri))
        except MlflowException as error:
            if error.error_code != "RESOURCE_ALREADY_EXISTS":
                raise
            found = client.get_experiment_by_name(name)
    if found.lifecycle_stage != "active":
        message = (
            f"MLflow experiment {name} was deleted. Restore it in MLflow, or change `name` in the config."
        )
        raise UsageError(message)
    return str(found.experiment_id)


def _created(client: MlflowClient, experiment_id: str, name: str | None, tags: dict[str, str]) -> str:
    own = {
        "mlflow.source.name": "goodwill",
        "mlflow.source.type": "LOCAL",
        _HOST: platform.node(),
        _PROCESS: str(os.getpid()),
    }
    return str(client.create_run(experiment_id, tags=own | tags, run_name=name).info.run_id)


def _close_abandoned(client: MlflowClient, experiment_id: str) -> None:
    query = f"attributes.status = 'RUNNING' and tags.`{_HOST}` = '{platform.node()}'"
    for left in client.search_runs([experiment_id], query):
        if not is_alive(int(left.data.tags[_PROCESS])):
            client.set_terminated(left.info.run_id, "KILLED")


@contextmanager
def _ending(started: Run) -> Iterator[Run]:
    status = "FAILED"
    try:
        yield started
        status = "FINISHED"
    except (KeyboardInterrupt, SystemExit):
        status = "KILLED"
        raise
    finally:
        # After a failure that one is to be heard of, also where it took the store with it.
        has_failed = status != "FINISHED"
        unheard = (OutsideError,) if has_failed else ()
        with suppress(*unheard), calling(started.uri, hasty=has_failed) as client:
            client.set_terminated(started.run_id, status)
