"""The predictor behind MLflow's scoring server: any frame in, scores out, refusals without data or traces."""

import json
import logging
from collections import Counter
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
from goodwill.features.columns import Array, Columns
from goodwill.features.sent_orders import features_of_orders
from goodwill.predictor import Inputs, load_predictor

_LOG = logging.getLogger(__name__)
ORDERS = "orders"
_FIRST_YEAR = 1900
F = npt.NDArray[np.float64]
Objects = npt.NDArray[np.object_]


class RefusedRequest(MlflowException):
    """A request that cannot be answered; the server answers 400 with our words alone."""

    def __init__(self, message: str) -> None:
        super().__init__(message, error_code=INVALID_PARAMETER_VALUE)

    def serialize_as_json(self) -> str:
        """Return the answer's body; MLflow has put the rows of the request before `self.message` by now."""
        return json.dumps({"error_code": self.error_code, "message": str(self)})


class Answer(pd.DataFrame):
    """Scores as a frame of which MLflow makes JSON records: pandas takes as long for it as the prediction.

    Examples
    --------
    >>> answer = Answer({"segment": ["a"], "clv": [np.nan]})
    >>> answer.to_dict(orient="records"), answer["clv"].dtype
    ([{'segment': 'a', 'clv': None}], dtype('float64'))
    """

    def to_dict(self, orient: str = "dict", **rest: object) -> object:  # type: ignore[override]  # pandas has an overload for each orient
        """Return the frame as pandas does, but records with None for missing values, as JSON has no NaN."""
        if orient != "records":
            return super().to_dict(orient, **rest)  # type: ignore[call-overload]  # as above
        names, cells = self.columns.tolist(), self.to_numpy(object)
        cells[pd.isna(cells)] = None
        return [dict(zip(names, row, strict=True)) for row in cells.tolist()]


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
            scores = self._predictor.scores(known)
        except GoodwillError as error:
            raise RefusedRequest(str(error)) from error
        for name, count in self._predictor.unseen(known).items():
            _LOG.warning("%s: %d of %d rows hold a rare or unseen level.", name, count, len(known))
        return Answer(scores.typed(), index=range(len(scores)))

    def _with_features(self, sent: pd.DataFrame) -> pd.DataFrame:
        """Return the request with the features of the orders it holds, where it holds any."""
        # A list, as pandas makes a table of hashes to look a single name up.
        if ORDERS not in sent.columns.tolist() or sent[ORDERS].isna().all():
            return sent
        if not hasattr(self._predictor, "inputs_"):
            raise RefusedRequest("orders: this model reads ready-made columns, not orders. Send those.")
        has_orders = sent[ORDERS].notna()
        found = _of_orders(sent[has_orders], self._predictor.inputs_)
        rest = sent.drop(columns=[ORDERS, *(name for name in found if name in sent)])
        ready = sent.drop(columns=ORDERS).reindex(columns=found.columns)[~has_orders]
        return rest.join(pd.concat([found, ready]) if len(ready) else found)


def _of_orders(sent: pd.DataFrame, inputs: Inputs) -> pd.DataFrame:
    """Return the features of rows with orders, computed once per day and horizon asked for."""
    if "as_of" not in sent or not all(map(_is_day, sent["as_of"])):
        raise RefusedRequest("as_of: orders need the day to look from. Send it as text, such as 2024-05-01.")
    told = sent["horizon_days"].to_numpy(object) if "horizon_days" in sent else np.full(len(sent), None)
    asked = _numbers("horizon_days", told)
    rows = sent.assign(horizon_days=np.where(np.isnan(asked), inputs.horizon_days, asked))
    inputs.ensure_trained(rows["horizon_days"].to_numpy(float))
    parts = [
        features_of_orders(part["orders"].tolist(), str(day), int(float(str(days)))).set_index(part.index)
        for (day, days), part in rows.groupby(["as_of", "horizon_days"])
    ]
    return pd.concat(parts)


def _is_day(value: object) -> bool:
    try:
        day = date.fromisoformat(str(value))
    except ValueError:
        return False
    # Earlier ones leave no room for the windows before them.
    return day.year >= _FIRST_YEAR


def coerced(frame: pd.DataFrame, schema: dict[str, Literal["double", "string"]]) -> Columns:
    """Return exactly the columns of the schema, as float64 (NaN) and text (None).

    Examples
    --------
    >>> known = coerced(pd.DataFrame({"n": ["3", None], "x": 1}), {"n": "double", "channel": "string"})
    >>> {name: column.tolist() for name, column in known.arrays.items()}
    {'n': [3.0, nan], 'channel': [None, None]}
    """
    names = frame.columns.tolist()
    places = {name: place for place, name in enumerate(names) if name in schema}
    if not places:
        # MLflow drops unknown columns, and the rows with the last of them.
        message = (
            f"The request holds no column that the model knows. Send at least one of {list(schema)[:5]} ..."
        )
        raise RefusedRequest(message)
    doubled = [name for name, n in Counter(names).items() if n > 1 and name in schema]
    if doubled:
        message = f"{sorted(doubled)[:5]} stand in the request more than once. Send each column once."
        raise RefusedRequest(message)
    # By way of objects, as pandas reads column by column as long as the prediction takes.
    cells = frame.to_numpy(object)
    sent = _ready(frame, cells, {name for name in places if schema[name] == "double"})
    for name in places.keys() - sent.keys():
        read = _numbers if schema[name] == "double" else _texts
        sent[name] = read(name, cells[:, places[name]])
    absent: dict[str, Array] = {"double": np.full(len(frame), np.nan), "string": np.full(len(frame), None)}
    return Columns({name: sent.get(name, absent[kind]) for name, kind in schema.items()}, len(frame))


def _ready(frame: pd.DataFrame, cells: Objects, wanted: set[str]) -> dict[str, Array]:
    """Return the numbers that came as such, together; none of them where one is infinite."""
    kinds = enumerate(zip(frame.columns, frame.dtypes, strict=True))
    places = {name: place for place, (name, kind) in kinds if name in wanted and kind == np.float64}
    numbers = cells[:, list(places.values())].astype(np.float64)
    return {} if np.isinf(numbers).any() else dict(zip(places, numbers.T, strict=True))


def _numbers(name: str, values: Objects) -> F:
    known = _scalars(name, values, "numbers")
    numbers = pd.to_numeric(pd.Series(known, dtype=object), errors="coerce").to_numpy(dtype=float)
    n_bad = sum(value is not None for value, is_odd in zip(known, np.isnan(numbers), strict=True) if is_odd)
    _refuse(name, len(values), n_bad, "not numbers. Send numbers")
    _refuse(name, len(values), int(np.isinf(numbers).sum()), "infinite. Send finite numbers")
    return numbers


def _texts(name: str, values: Objects) -> Objects:
    texts = np.empty(len(values), dtype=object)
    texts[:] = [_text(value) for value in _scalars(name, values, "text")]
    return texts


def _text(value: object) -> str | None:
    if isinstance(value, float) and value.is_integer():
        # A number beside a null arrives as 7.0, and the category was 7.
        return str(int(value))
    return None if value is None else str(value)


def _scalars(name: str, values: Objects, wanted: str) -> list[object]:
    """Return Python objects with None for missing ones; lists and objects of the request are refused."""
    objects = values.tolist()
    n_nested = sum(isinstance(value, list | dict | np.ndarray) for value in objects)
    _refuse(name, len(values), n_nested, f"lists or objects. Send {wanted}")
    return [None if is_missing else value for value, is_missing in zip(objects, pd.isna(values), strict=True)]


def _refuse(name: str, n_values: int, n_bad: int, complaint: str) -> None:
    if n_bad:
        message = f"{name}: {n_bad} of {n_values} values are {complaint}, or null for unknown."
        raise RefusedRequest(message)
