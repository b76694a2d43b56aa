"""The effect of a treatment given by lot, with the luck of the draw in known covariates taken out."""

import numpy as np

from goodwill.decisions.campaign import B, F
from goodwill.decisions.difference import Difference

_ROWS_PER_COLUMN = 10
# Of what a column says beside earlier ones: the most that may be of one customer, and the least that counts.
_ALONE, _NOTHING = 0.5, 1e-6


def plain_difference(y: F, is_treated: B) -> Difference:
    """Return the difference of two means, with Welch's error.

    Parameters
    ----------
    y : (n,) outcome.
    is_treated : (n,) of bool.

    Examples
    --------
    >>> y, lot = np.array([1.0, 3.0, 2.0, 6.0]), np.array([False, False, True, True])
    >>> found = plain_difference(y, lot)
    >>> found.estimate, round(found.error, 3)
    (2.0, 2.236)
    """
    nothing = np.empty((len(y), 0))
    return _difference(y, is_treated, nothing, "difference in means")


def adjusted_difference(y: F, is_treated: B, columns: F) -> Difference:
    """Return the effect by regression with an intercept and slopes of its own in each group.

    Lin (2013), Ann. Appl. Stat. 7, eq. 3, with HC3 errors (MacKinnon and White 1985) and the part of the
    error that comes from who was drawn into the campaign. With one column, the outcome of an earlier period,
    it is CUPED (Deng et al. 2013). A column that speaks of one customer alone beside earlier ones is left
    out, as that one would decide its slope. In small campaigns the first columns alone are used, as many as
    the smaller group has tens of customers.

    Parameters
    ----------
    y : (n,) outcome.
    is_treated : (n,) of bool.
    columns : (n, k) standardised covariates known before treatment.

    Examples
    --------
    >>> x = np.arange(40.0)
    >>> lot = np.arange(40) % 2 == 1
    >>> found = adjusted_difference(5 * x + 2.0 * lot, lot, (x - x.mean())[:, None])
    >>> round(found.estimate, 6), round(found.error, 6)
    (2.0, 0.0)
    """
    smaller = min(int(is_treated.sum()), int((~is_treated).sum()))
    speaks = [speaks_of_many(columns[group]) for group in (~is_treated, is_treated)]
    some = columns[:, np.all(speaks, axis=0)][:, : max(smaller // _ROWS_PER_COLUMN - 1, 0)]
    if some.shape[1] == 0:
        return plain_difference(y, is_treated)
    centred = some - some.mean(axis=0)
    return _difference(y, is_treated, centred, "regression adjustment (Lin 2013), HC3")


def speaks_of_many(columns: F) -> B:
    """Tell which columns say of more than one customer what earlier ones do not (k,)."""
    n, k = columns.shape
    known, n_known = np.empty((n, k + 1)), 1
    known[:, 0] = 1 / np.sqrt(max(n, 1))
    found = np.zeros(k, dtype=bool)
    for place, column in enumerate(columns.T):
        basis = known[:, :n_known]
        rest = column - basis @ (basis.T @ column)
        rest -= basis @ (basis.T @ rest)  # once more: the first time rounds
        said = float(rest @ rest)
        if said > _NOTHING * float(column @ column) and np.max(rest**2) < _ALONE * said:
            found[place], known[:, n_known] = True, rest / np.sqrt(said)
            n_known += 1
    return found


def _difference(y: F, is_treated: B, centred: F, method: str) -> Difference:
    means, slopes, influences = [], [], []
    for group in (~is_treated, is_treated):
        mean, slope, influence = _fitted(y[group], centred[group])
        everyone = np.zeros(len(y))
        everyone[group] = influence
        means.append(mean)
        slopes.append(slope)
        influences.append(everyone)
    drawn = [centred @ slope / len(y) for slope in slopes]
    control, treated = (influence + luck for influence, luck in zip(influences, drawn, strict=True))
    freedom = float(max(len(y) - 2 * (centred.shape[1] + 1), 1))
    return Difference(means[1] - means[0], treated - control, means[0], control, freedom, method)


def _fitted(y: F, centred: F) -> tuple[float, F, F]:
    """Return intercept, slopes, and each row's HC3 influence on the intercept (HC2 without covariates)."""
    design = np.column_stack([np.ones(len(y)), centred])
    inverse = np.linalg.pinv(design.T @ design, hermitian=True)
    coefficients = inverse @ (design.T @ y)
    weights = design @ inverse[:, 0]
    leverage = np.minimum(np.einsum("ij,jk,ik->i", design, inverse, design), 1 - 1e-9)
    power = 1.0 if centred.shape[1] else 0.5
    influence = weights * (y - design @ coefficients) / (1 - leverage) ** power
    return float(coefficients[0]), coefficients[1:], influence
