"""Parametric bootstrap: refit the model to histories it simulated itself, see how far answers move."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.typing import NDArray
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from goodwill.errors import FitError, UsageError
from goodwill.modeling.given_values import weights

F = NDArray[np.float64]


class Simulable(Protocol):
    """A fitted model that can simulate what it was fitted to."""

    params_: dict[str, float]
    n_customers_: float

    def simulate_like(self, X: pd.DataFrame, *, seed: int) -> pd.DataFrame:
        """Return simulated histories of customers with the exposure of `X`."""

    def fit(self, X: pd.DataFrame) -> Self:
        """Fit to histories."""


Model = TypeVar("Model", bound=Simulable)


@dataclass(frozen=True)
class Bootstrap(Generic[Model]):
    """Refitted models, and how many replicates could not be fitted."""

    models: tuple[Model, ...]
    n_failed: int

    def parameters(self, *, level: float = 0.9) -> pd.DataFrame:
        """Return low and high of each parameter, a row per parameter."""
        draws = np.array([list(model.params_.values()) for model in self.models])
        return _band(draws, level, pd.Index(list(self.models[0].params_)))

    def predictions(self, predict: Callable[[Model], F], *, level: float = 0.9) -> pd.DataFrame:
        """Return low and high of each customer's expectation, as far as the parameters are uncertain.

        These are intervals of an expected value, not of what a customer will do.
        """
        draws = np.array([predict(model) for model in self.models])
        return _band(draws, level, pd.RangeIndex(draws.shape[1]))


def bootstrap(
    model: Model,
    X: pd.DataFrame,
    *,
    replicates: int = 100,
    seed: int = 0,
    sample_weight: npt.ArrayLike | None = None,
) -> Bootstrap[Model]:
    """Return `replicates` refits of `model` to histories it simulates for the customers of `X`.

    Parameters
    ----------
    model : fitted. X : a row per customer, or per kind of customer.
    sample_weight : (n,) how many customers a row stands for, as in `fit`; 1 by default. As many are simulated
        as they are together, to the nearest whole number.

    Raises
    ------
    FitError if more than half of the replicates cannot be fitted. UsageError if the model was fitted to more
    customers than are given here.

    Examples
    --------
    >>> from goodwill.modeling.btyd import BGNBD
    >>> model = BGNBD(penalty=1.0).with_params(r=0.5, alpha=4.0, a=0.8, b=2.5)
    >>> histories = model.simulate(n=500, T=40.0, seed=1)
    >>> again = bootstrap(model, histories, replicates=5)
    >>> again.parameters().columns.tolist(), len(again.predictions(lambda refit: refit.p_alive(histories)))
    (['low', 'high'], 500)
    """
    check_is_fitted(model, "n_customers_")
    if replicates < 2:  # noqa: PLR2004 - an interval needs two
        msg = f"`replicates` is {replicates}; an interval needs at least 2, better 100."
        raise UsageError(msg)
    customers = _customers(model, X, sample_weight)
    seeds = np.random.SeedSequence(seed).generate_state(replicates).tolist()
    refits = [_refit(model, customers, replicate_seed) for replicate_seed in seeds]
    models = tuple(refit for refit in refits if refit is not None)
    if 2 * len(models) < replicates:
        msg = (
            f"Only {len(models)} of {replicates} simulated samples of {len(customers)} customers could be "
            "fitted. Use more customers, or a `penalty`."
        )
        raise FitError(msg)
    return Bootstrap(models, n_failed=replicates - len(models))


def _customers(model: Simulable, X: pd.DataFrame, sample_weight: npt.ArrayLike | None) -> pd.DataFrame:
    weight = weights("sample_weight", sample_weight, len(X))
    n = round(float(weight.sum()))
    if n < round(model.n_customers_):
        msg = (
            f"The model was fitted to {model.n_customers_:g} customers, and {n} are given. Give those of the "
            "fit, with its `sample_weight` if it had one."
        )
        raise UsageError(msg)
    if sample_weight is None:
        return X
    places = (np.arange(n) + 0.5) / n * weight.sum()
    return X.iloc[np.searchsorted(np.cumsum(weight), places)]


def _refit(model: Model, X: pd.DataFrame, seed: int) -> Model | None:
    with warnings.catch_warnings():
        # A sample at the edge still tells how far the parameters may move.
        warnings.simplefilter("ignore", ConvergenceWarning)
        try:
            return clone(model).fit(model.simulate_like(X, seed=seed))
        except FitError:
            return None


def _band(draws: F, level: float, index: pd.Index) -> pd.DataFrame:
    if not 0 < level < 1:
        msg = f"`level` is {level}; give a probability between 0 and 1, such as 0.9."
        raise UsageError(msg)
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return pd.DataFrame({"low": low, "high": high}, index=index)
