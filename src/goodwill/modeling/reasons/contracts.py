"""Why a contract is predicted as it is: what a model of renewals says, shared among the themes it reads.

Such a model multiplies over renewals and adds up on no scale, so each theme has its Shapley value, sampled as
in Štrumbelj & Kononenko (2014, Knowledge and Information Systems 41). Every contract begins as another one of
the base, and takes its own values theme by theme in a random order: the step of the prediction belongs to the
theme that was taken. Each order is also gone backwards (Mitchell, Cooper, Frank & Holmes 2022, JMLR 23), so
that the values are exact where two themes at most act together. The steps leave no remainder: a row's parts
add up to what is predicted of it less what is predicted of the other, whatever the sample.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.features.contracts import OF_EACH
from goodwill.modeling.reasons.members import Apart
from goodwill.modeling.reasons.themes import theme_of
from goodwill.modeling.retention import RetentionCurve
from goodwill.modeling.retention.apart import has_several_apart
from goodwill.modeling.served import HAZARD, ServedModel

F = NDArray[np.float64]
Says = Callable[[pd.DataFrame], F]
_ORDERS, _THEMES, _SEED = 4, 24, 0
_OF_CURVES = (
    "n_contracts_running",
    "n_periods",
    "plan",
    "contract_period_days",
    "contract_price_total",
    "days_to_next_payment",
    "n_contracts_cancelled",
    "days_to_end",
)
_OF_SEVERAL = ("contract_largest_payment", "days_to_largest_payment", *OF_EACH)


def renewed_by(model: ServedModel) -> dict[str, list[str]]:
    """Return the models of renewals that serve, each with its targets."""
    names = (HAZARD, RetentionCurve.name)
    served = {name: [target for target, by in model.served_by.items() if by == name] for name in names}
    return {name: targets for name, targets in served.items() if targets}


def spoken_of(name: str, X: pd.DataFrame) -> list[NDArray[np.bool_]]:
    """Return the kinds of customers whose contracts a model of renewals speaks of, each (n,).

    The hazard tells several contracts of one customer apart, and of them no churn.
    """
    n_running = X["n_contracts_running"].to_numpy(float)
    if name != HAZARD:
        return [n_running > 0]
    return [n_running == 1, (n_running > 1) & has_several_apart(X)]


def contracts_apart(
    model: ServedModel, name: str, X: pd.DataFrame, *, approximate: bool = False
) -> tuple[tuple[str, ...], dict[str, Apart]]:
    """Take apart the targets that one model of renewals serves.

    Parameters
    ----------
    name : which. X : (n, ...) of one kind of the customers that it speaks of.
    approximate : go one order instead of four (fewer than four, too, where there are more than six themes).

    Returns
    -------
    The k themes that the model reads, and "churn" and "clv" by theme, as far as it serves.
    """
    targets, themes = renewed_by(model)[name], _themes(model, X)
    if name == HAZARD and (X["n_contracts_running"] > 1).any():
        targets = [target for target in targets if target != "churn"]
    if X.empty or not targets:
        return tuple(themes), {}

    def says(rows: pd.DataFrame) -> F:
        said = _said(model, name, rows)
        return np.column_stack([said[target] for target in targets])

    most = 1 if approximate else min(_ORDERS, _THEMES // len(themes))
    by_theme, value = shared(says, X, themes, n_orders=max(most, 1)), says(X)
    return tuple(themes), {
        target: Apart(value[:, place], by_theme[:, :, place]) for place, target in enumerate(targets)
    }


def shared(says: Says, X: pd.DataFrame, themes: Mapping[str, Sequence[str]], *, n_orders: int) -> F:
    """Return what each theme adds to the predictions of each row (n, k, n_targets).

    A row's parts add up to its prediction less the mean prediction of some rows, evenly placed among all in
    the order of the first target, had they the row's columns that belong to no theme.

    Parameters
    ----------
    says : predictions (n, n_targets) of a frame like `X`.
    themes : the columns of each of the k themes.
    n_orders : orders in which themes are taken, each against another row, forwards and backwards.

    Examples
    --------
    >>> X = pd.DataFrame({"n": [1.0, 2.0, 3.0], "price": [10.0, 20.0, 40.0]})
    >>> def says(rows):
    ...     return (rows["n"] * rows["price"]).to_numpy()[:, None]
    >>> shared(says, X, {"number": ["n"], "price": ["price"]}, n_orders=1)[:, :, 0].tolist()
    [[-15.0, -15.0], [0.0, 0.0], [30.0, 50.0]]
    """
    said, names = says(X), list(themes)
    ranked = np.lexsort(said.T[::-1])
    others = ranked[(2 * np.arange(n_orders) + 1) * len(X) // (2 * n_orders)]
    parts = np.zeros((len(X), len(names), said.shape[1]))
    draw = np.random.default_rng(_SEED)
    for other in others:
        order = draw.permutation(len(names))
        for places in (order, order[::-1]):
            before = says(_taken(X, int(other), [themes[names[place]] for place in places]))
            for n_taken, place in enumerate(places, 1):
                left = [themes[names[later]] for later in places[n_taken:]]
                after = says(_taken(X, int(other), left)) if left else said
                parts[:, place] += (after - before) / (2 * n_orders)
                before = after
    return parts


def _taken(X: pd.DataFrame, other: int, left: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Return the rows with the other's values in the columns of the themes that are left."""
    place = np.full(len(X), other)
    return X.assign(**{name: X[name].array.take(place) for columns in left for name in columns})


def _themes(model: ServedModel, X: pd.DataFrame) -> dict[str, list[str]]:
    read = {*_OF_CURVES, *_OF_SEVERAL}
    contracts = model.contracts
    if contracts is not None and not (contracts.hazard_ is None and contracts.beside_ is None):
        read |= {*contracts.encoding_.numbers, *contracts.encoding_.levels}
    themes: dict[str, list[str]] = {}
    for name in X:
        if name in read:
            themes.setdefault(theme_of(str(name)), []).append(str(name))
    return themes


def _said(model: ServedModel, name: str, rows: pd.DataFrame) -> dict[str, F]:
    if name == HAZARD and model.contracts is not None:
        renewals = model.contracts.predict(rows)
        return {"churn": renewals.p_churn, "clv": renewals.clv}
    said = model.baselines[name].predict(rows)
    return {"churn": said["p_churn"], "clv": said["clv"]}
