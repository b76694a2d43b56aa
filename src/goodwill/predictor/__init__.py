"""The predictors: trained models that score customers, on disk without pickle."""

from pathlib import Path

from goodwill.predictor import stored
from goodwill.predictor.inputs import KEYS, Inputs, ensure_customers
from goodwill.predictor.model import CustomerValuePredictor
from goodwill.predictor.profiles import ProfilePredictor
from goodwill.predictor.scorer import PREDICTED
from goodwill.value.rules import DIMENSIONS, NOT_COMPUTABLE

__all__ = [
    "DIMENSIONS",
    "KEYS",
    "NOT_COMPUTABLE",
    "PREDICTED",
    "CustomerValuePredictor",
    "Inputs",
    "Predictor",
    "ProfilePredictor",
    "ensure_customers",
    "load_predictor",
]

Predictor = CustomerValuePredictor | ProfilePredictor


def load_predictor(address: str | Path, *, uri: str = "sqlite:///models/mlflow.db") -> Predictor:
    """Return the predictor stored in a directory or registered under `models:/…`, of whichever kind.

    Raises
    ------
    ArtefactError
        If the directory is no predictor, or a file is missing, unknown or altered.
    """
    kinds: dict[str, type[Predictor]] = {
        kind.kind: kind for kind in (CustomerValuePredictor, ProfilePredictor)
    }
    found = stored.load_predictor(address, kinds, uri=uri)
    if not isinstance(found, Predictor):
        raise TypeError(type(found))
    return found
