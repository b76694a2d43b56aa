"""Buy-till-you-die fits that always end somewhere finite: a prior helps where the data alone do not."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

import pandas as pd
from sklearn.exceptions import ConvergenceWarning

from goodwill.errors import FitError
from goodwill.modeling.btyd import BGNBD, GammaGamma, ParetoNBD

Kind = TypeVar("Kind", BGNBD, ParetoNBD, GammaGamma)
PENALTY = 1.0


def fitted_or_shrunk(kind: type[Kind], histories: pd.DataFrame) -> Kind:
    """Return the maximum-likelihood fit, or the penalised one where the data do not determine it.

    Where nobody stops for good, or all spend alike, a parameter runs off to infinity, and where a few
    customers spend nearly everything, spend has no mean. A normal prior with variance 1 on the log-parameters
    brings it back, and moves nothing that the data do determine.

    Parameters
    ----------
    kind : the model to fit.
    histories : (n, ...) frame as the model reads it.

    Raises
    ------
    FitError
        If the data do not even allow the penalised fit.

    Examples
    --------
    >>> histories = pd.DataFrame({"frequency": [5.0] * 9, "recency": [50.0] * 9, "T": [52.0] * 9})
    >>> fit = fitted_or_shrunk(ParetoNBD, histories)
    >>> fit.penalty, fit.converged_
    (1.0, True)
    """
    with without_news():
        fit = _fitted(kind, histories)
        return fit if fit is not None and fit.converged_ else kind(penalty=PENALTY).fit(histories)


@contextmanager
def without_news() -> Iterator[None]:
    """Keep from the user that a fit did not converge: what fits inside acts upon it, or has a prior."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def _fitted(kind: type[Kind], histories: pd.DataFrame) -> Kind | None:
    """Return the maximum-likelihood fit; None of spend that has no mean then, or does not vary."""
    try:
        return kind().fit(histories)
    except FitError:
        if kind is not GammaGamma:
            raise
        return None
