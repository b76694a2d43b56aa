"""The predictor behind MLflow's scoring server: any frame in, scores out, refusals without data or traces."""

import json
import logging
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE
from mlflow.pyfunc import PythonModel, PythonModelContext

from goodwill.errors import GoodwillError
from goodwill.features.columns import Columns
from goodwill.features.sent_orders import features_of_orders
from goodwill.predictor import load_predictor

_LOG = logging.getLogger(__name__)
ORDERS = "orders"


class RefusedRequest(MlflowException):
    """A request that cannot be answered; the server answers 400 with our words alone."""

    def __init__(self, message: str) -> None:
        super().__init__(message, error_code=INVALID_PARAMETER_VALUE)

    def serialize_as_json(self) -> str:
        """Return the answer's body; MLflow has put the rows of the request before `self.message` by now."""
        return json.dumps({"error_code": self.error_code, "message": str(self)})


class ServedPredictor(PythonModel):
    """A stored predictor as an MLflow model: one score row per request row, whatever columns that has."""

    def load_context(self, context: PythonModelContext) -> None:
        """Load the predictor from the artefact folder of the model."""
        self._predictor = load_predictor(Path(context.artifacts["predictor"]))

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
        RefusedRequest : INVALID_PARAMETER_VALUE with a message that holds no data.
        """
        try:
            known = coerced(self._with_features(model_input), self._predictor.input_schema)
            scores = self._predictor.predict(known)
        except GoodwillError as error:
            raise RefusedRequest(str(error)) from error
        for name, count in self._predictor.unseen(known).items():
            _LOG.warning("%s: %d of %d rows hold a rare or unseen level.", name, count, len(known))
        # MLflow writes NaN into its answer, which is no JSON; None becomes null.
        is_gap = np.any(scores.isna().to_numpy(), axis=0)
        gaps = {str(name): _with_none(scores[name]) for name in scores.columns[is_gap]}
        return scores.assign(**gaps) if gaps else scores

    def _with_features(self, sent: pd.DataFrame) -> pd.DataFrame:
        """Return the request with the features of the orders it holds, where it holds any."""
        if ORDERS not in sent or sent[ORDERS].isna().all():
            return sent
        if not hasattr(self._predictor, "inputs_"):
            raise RefusedRequest("orders: this model reads ready-made columns, not orders. Send those.")
        has_orders = sent[ORDERS].notna()
        found = _of_orders(sent[has_orders], self._predictor.inputs_.horizon_days)
        rest = sent.drop(columns=[ORDERS, *(name for name in found if name in sent)])
        ready = sent.drop(columns=ORDERS).reindex(columns=found.columns)[~has_orders]
        return rest.join(pd.concat([found, ready]) if len(ready) else found)


def _of_orders(sent: pd.DataFrame, horizon_days: int) -> pd.DataFrame:
    """Return the features of rows with orders, computed once per day and horizon asked for."""
    if "as_of" not in sent or not all(map(_is_day, sent["as_of"])):
        raise RefusedRequest("as_of: orders need the day to look from. Send it as text, such as 2024-05-01.")
    asked = sent["horizon_days"].fillna(horizon_days) if "horizon_days" in sent else horizon_days
    rows = sent.assign(horizon_days=asked)
    parts = [
        features_of_orders(part["orders"].tolist(), str(day), int(str(days).partition(".")[0])).set_index(
            part.index
        )
        for (day, days), part in rows.groupby(["as_of", "horizon_days"])
    ]
    return pd.concat(parts)


def _is_day(value: object) -> bool:
    try:
        date.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def coerced(frame: pd.DataFrame, schema: dict[str, Literal["double", "string"]]) -> Columns:
    """Return exactly the columns of the schema, as float64 (NaN) and text (None).

    Examples
    --------
    >>> known = coerced(pd.DataFrame({"n": ["3", None], "x": 1}), {"n": "double", "channel": "string"})
    >>> {name: column.tolist() for name, column in known.arrays.items()}
    {'n': [3.0, nan], 'channel': [None, None]}
    """
    known = schema.keys() & set(frame.columns.tolist())
    if not known:
        # MLflow drops unknown columns, and the rows with the last of them.
        message = (
            f"The request holds no column that the model knows. Send at least one of {list(schema)[:5]} ..."
        )
        raise RefusedRequest(message)
    doubled = (
        [] if frame.columns.is_unique else sorted(known & set(frame.columns[frame.columns.duplicated()]))
    )
    if doubled:
        message = f"{doubled[:5]} stand in the request more than once. Send each column once."
        raise RefusedRequest(message)
    absent = {"double": np.full(len(frame), np.nan), "string": np.full(len(frame), None)}
    ready = _ready(frame, [name for name in schema if name in known and schema[name] == "double"])
    rest = {name: _column(frame[name], schema[name]) for name in known - ready.keys()}
    sent = {**ready, **rest}
    return Columns({name: sent.get(name, absent[kind]) for name, kind in schema.items()}, len(frame))


def _ready(frame: pd.DataFrame, names: list[str]) -> dict[str, npt.NDArray[np.float64]]:
    """Return the numbers that came as such, together: one by one they take as long as the prediction."""
    wanted = set(names)
    columns = enumerate(zip(frame.columns, frame.dtypes, strict=True))
    places = {name: place for place, (name, kind) in columns if name in wanted and kind == np.float64}
    # By way of objects, as pandas gathers columns of one type five times slower.
    cells = frame.to_numpy(object)[:, list(places.values())].astype(np.float64)
    return {} if np.isinf(cells).any() else dict(zip(places, cells.T, strict=True))


def _column(values: pd.Series, kind: str) -> npt.NDArray[np.float64] | npt.NDArray[np.object_]:
    if kind == "double":
        return _numbers(values)
    texts = np.empty(len(values), dtype=object)
    texts[:] = _texts(values)
    return texts


def _numbers(values: pd.Series) -> npt.NDArray[np.float64]:
    numbers = values.to_numpy() if values.dtype == np.float64 else _parsed(values)
    _refuse(values, int(np.isinf(numbers).sum()), "infinite. Send finite numbers")
    return numbers


def _parsed(values: pd.Series) -> npt.NDArray[np.float64]:
    known = _scalars(values, "numbers")
    numbers = pd.to_numeric(pd.Series(known, dtype=object), errors="coerce").to_numpy(dtype=float)
    n_bad = sum(value is not None for value, is_odd in zip(known, np.isnan(numbers), strict=True) if is_odd)
    _refuse(values, n_bad, "not numbers. Send numbers")
    return numbers


def _texts(values: pd.Series) -> list[str | None]:
    return [_text(value) for value in _scalars(values, "text")]


def _text(value: object) -> str | None:
    if isinstance(value, float) and value.is_integer():
        # A number beside a null arrives as 7.0, and the category was 7.
        return str(int(value))
    return None if value is None else str(value)


def _scalars(values: pd.Series, wanted: str) -> list[object]:
    """Return Python objects with None for missing ones; lists and objects of the request are refused."""
    objects = values.tolist()
    n_nested = sum(isinstance(value, list | dict | np.ndarray) for value in objects)
    _refuse(values, n_nested, f"lists or objects. Send {wanted}")
    return [None if is_missing else value for value, is_missing in zip(objects, values.isna(), strict=True)]


def _with_none(values: pd.Series) -> pd.Series:
    return values.astype(object).where(values.notna(), None)


def _refuse(values: pd.Series, n_bad: int, complaint: str) -> None:
    if n_bad:
        message = f"{values.name}: {n_bad} of {len(values)} values are {complaint}, or null for unknown."
        raise RefusedRequest(message)
