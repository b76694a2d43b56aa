"""The predictor behind MLflow's scoring server: any frame in, scores out, refusals without data or traces."""

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE
from mlflow.pyfunc import PythonModel, PythonModelContext

from goodwill.errors import GoodwillError
from goodwill.predictor import CustomerValuePredictor


class ServedPredictor(PythonModel):
    """A stored predictor as an MLflow model: one score row per request row, whatever columns that has."""

    def load_context(self, context: PythonModelContext) -> None:
        """Load the predictor from the artefact folder of the model."""
        self._predictor = CustomerValuePredictor.load(Path(context.artifacts["predictor"]))

    def predict(
        self,
        context: PythonModelContext,  # noqa: ARG002 (MLflow's signature)
        model_input: pd.DataFrame,
        params: dict[str, object] | None = None,  # noqa: ARG002 (MLflow's signature)
    ) -> pd.DataFrame:
        """Return the scores of the customers in the request, in their order.

        Parameters
        ----------
        model_input : (n_customers, any) frame; columns of the signature that are absent or null count as
            unknown, columns beside them are left out.

        Raises
        ------
        MlflowException : INVALID_PARAMETER_VALUE (the server answers 400) with a message that holds no data.
        """
        try:
            return self._predictor.predict(coerced(model_input, self._predictor.input_schema))
        except GoodwillError as error:
            raise refused(str(error)) from error


def coerced(frame: pd.DataFrame, schema: dict[str, Literal["double", "string"]]) -> pd.DataFrame:
    """Return a frame with exactly the columns of the schema, as float64 (NaN) and text (None).

    Examples
    --------
    >>> coerced(pd.DataFrame({"n_orders": ["3", None], "x": 1}), {"n_orders": "double", "channel": "string"})
       n_orders channel
    0       3.0    None
    1       NaN    None
    """
    known = [column for column in schema if column in frame]
    if len(frame) and not known:
        message = f"None of the request's columns is known. Send at least one of {list(schema)[:5]} ..."
        raise refused(message)
    doubled = sorted({str(column) for column in frame.columns[frame.columns.duplicated()]} & set(known))
    if doubled:
        message = f"{doubled[:5]} stand in the request more than once. Send each column once."
        raise refused(message)
    columns = {
        column: _column(frame[column], kind) if column in known else _unknown(frame, kind)
        for column, kind in schema.items()
    }
    return pd.DataFrame(columns, index=frame.index)


def refused(message: str) -> MlflowException:
    """Return the one error that MLflow's server answers with our words alone."""
    return MlflowException(message, error_code=INVALID_PARAMETER_VALUE)


def _unknown(frame: pd.DataFrame, kind: str) -> pd.Series:
    missing = np.nan if kind == "double" else None
    return pd.Series(missing, index=frame.index, dtype=float if kind == "double" else object)


def _column(values: pd.Series, kind: str) -> pd.Series:
    return _numbers(values) if kind == "double" else _texts(values)


def _numbers(values: pd.Series) -> pd.Series:
    if values.dtype == np.float64:
        numbers = values
    else:
        known = _scalars(values, "numbers")
        numbers = pd.to_numeric(known, errors="coerce").astype(float)
        _refuse(values, numbers.isna() & known.notna(), "not numbers. Send numbers")
    _refuse(values, np.isinf(numbers), "infinite. Send finite numbers")
    return numbers


def _texts(values: pd.Series) -> pd.Series:
    known = _scalars(values, "text")
    return known.map(_text).astype(object)


def _text(value: object) -> str | None:
    if isinstance(value, float) and value.is_integer():
        # A number beside a null arrives as 7.0, and the category was 7.
        return str(int(value))
    return None if value is None else str(value)


def _scalars(values: pd.Series, wanted: str) -> pd.Series:
    """Return Python objects with None for missing ones, lists and objects of the request refused."""
    objects = values.astype(object)
    is_nested = objects.map(lambda value: isinstance(value, list | dict | np.ndarray)).astype(bool)
    _refuse(values, is_nested, f"lists or objects. Send {wanted}")
    return objects.where(objects.notna(), None)


def _refuse(values: pd.Series, is_bad: pd.Series, complaint: str) -> None:
    n_bad = int(is_bad.sum())
    if n_bad:
        message = f"{values.name}: {n_bad} of {len(values)} values are {complaint}, or null for unknown."
        raise refused(message)
