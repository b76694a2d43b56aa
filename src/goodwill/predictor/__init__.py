"""The predictor: trained models that score customers, on disk without pickle."""

from goodwill.predictor.inputs import KEYS, Inputs
from goodwill.predictor.model import NOT_COMPUTABLE, PREDICTED, CustomerValuePredictor

__all__ = ["KEYS", "NOT_COMPUTABLE", "PREDICTED", "CustomerValuePredictor", "Inputs"]
