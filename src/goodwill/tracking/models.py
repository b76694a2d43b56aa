"""A saved predictor as an MLflow model from code, and a new version of it in the registry."""

import tempfile
from collections.abc import Mapping
from importlib.metadata import version as installed
from pathlib import Path
from typing import Literal

import mlflow.pyfunc
import pandas as pd
from mlflow.entities import LoggedModelOutput
from mlflow.exceptions import MlflowException
from mlflow.models import Model, ModelSignature
from mlflow.tracking import MlflowClient
from mlflow.types import ColSpec, Schema
from mlflow.types.schema import AnyType

from goodwill.tracking.runs import Run
from goodwill.tracking.store import calling

InputSchema = Mapping[str, Literal["double", "string"]]

_CODE = """from mlflow.models import set_model

from goodwill.serving import ServedPredictor

set_model(ServedPredictor())
"""
_PACKAGES = ("goodwill", "mlflow", "numpy", "pandas", "scikit-learn", "scipy", "xgboost")


def register(
    run: Run, directory: Path, name: str, input_schema: InputSchema, tags: Mapping[str, str] | None = None
) -> str:
    """Log a saved predictor as a pyfunc model from code, register it, and return the version.

    Parameters
    ----------
    directory : a saved predictor; it becomes the model's artefact as it is, and nothing is pickled.
    input_schema : type of every input column; all are optional, so that requests may leave some out.
    tags : of the version, such as the predictor's hash.
    """
    with calling(run.uri) as client:
        model = client.create_logged_model(run.experiment_id, name="predictor", source_run_id=run.run_id)
        with tempfile.TemporaryDirectory() as folder:
            _save(Path(folder), directory, input_schema, Model(run_id=run.run_id, model_id=model.model_id))
            client.log_model_artifacts(model.model_id, str(Path(folder, "model")))
        client.finalize_logged_model(model.model_id, "READY")
        client.log_outputs(run.run_id, [LoggedModelOutput(model.model_id, step=0)])
        _ensure_name(client, name)
        source = source_of(run.uri, model.model_id, model.artifact_location)
        made = client.create_model_version(
            name, source, run_id=run.run_id, tags=dict(tags or {}), model_id=model.model_id
        )
    return str(made.version)


def source_of(uri: str, model_id: str, location: str) -> str:
    """Return what a version is made from: the logged model where a server keeps it, else its files.

    Over SQL, MLflow would look ``models:/`` up in the process's default store, which is another one.

    Examples
    --------
    >>> source_of("https://mlflow.example.org", "m-1", "s3://bucket/m-1")
    'models:/m-1'
    >>> source_of("sqlite:////srv/mlflow.db", "m-1", "file:///srv/mlartifacts/m-1")
    'file:///srv/mlartifacts/m-1'
    """
    is_served = uri.startswith(("http:", "https:", "databricks"))
    return f"models:/{model_id}" if is_served else location


def _save(folder: Path, directory: Path, input_schema: InputSchema, model: Model) -> None:
    code = folder / "served_predictor.py"
    code.write_text(_CODE)
    columns = [ColSpec(kind, column, required=False) for column, kind in input_schema.items()]
    # Any, because MLflow refuses a whole number where an object of its own should hold a double.
    if "days_since_last_order" in input_schema:
        columns.append(ColSpec(AnyType(), "orders", required=False))
    example = {column: 1.0 if kind == "double" else "other" for column, kind in input_schema.items()}
    mlflow.pyfunc.save_model(
        str(folder / "model"),
        python_model=str(code),
        artifacts={"predictor": str(directory.resolve())},
        signature=ModelSignature(inputs=Schema(columns)),
        input_example=pd.DataFrame([example]),
        # Given, because MLflow's own inference of them loads the model in another process: ten seconds.
        pip_requirements=[f"{package}=={installed(package)}" for package in _PACKAGES],
        mlflow_model=model,
    )


def _ensure_name(client: MlflowClient, name: str) -> None:
    try:
        client.create_registered_model(name)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
