"""How a ready-made table is cut into folds: seeded, stratified, and cheaper where rows abound."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold

from goodwill.errors import FitError

F = NDArray[np.float64]
Fold = tuple[NDArray[np.intp], NDArray[np.intp]]
MANY_ROWS = 20_000
N_FOLDS = 5
LEAST_PER_CLASS = 2
_STRATA = 10


def folds(y: F, n_folds: int, seed: int) -> list[Fold]:
    """Return (train, held) row numbers of folds in which `y` is spread alike.

    Examples
    --------
    >>> [int(y[held].sum()) for y in [np.array([0.0, 0, 1, 0, 0, 1])] for _, held in folds(y, 2, seed=0)]
    [1, 1]
    """
    strata, n_least = strata_of(y)
    n_folds = max(2, min(n_folds, n_least))
    return list(StratifiedKFold(n_folds, shuffle=True, random_state=seed).split(strata, strata))


def inner_folds(y: F, seed: int) -> list[Fold]:
    """Return the folds on which a model settles its own choices; one where rows abound."""
    found = folds(y, N_FOLDS if len(y) > MANY_ROWS else N_FOLDS - 1, seed)
    return found[:1] if len(y) > MANY_ROWS else found


def repeated_folds(y: F, repeats: int | None, seed: int) -> Iterator[list[Fold]]:
    """Yield the folds of each repetition: two where rows are few enough for chance to matter, else one."""
    wanted = repeats or (1 if len(y) > MANY_ROWS else 2)
    for repeat in range(wanted):
        yield folds(y, N_FOLDS, seed + repeat)


def strata_of(y: F) -> tuple[NDArray[np.intp], int]:
    """Return each row's stratum, and how many rows the smallest holds: two classes, or tenths of value."""
    is_class = y == y.max()
    n_least = int(min(is_class.sum(), len(y) - is_class.sum()))
    if len(np.unique(y)) <= 2 and n_least >= LEAST_PER_CLASS:  # noqa: PLR2004 (yes and no)
        return is_class.astype(np.intp), n_least
    ranks = np.argsort(np.argsort(y, kind="stable"), kind="stable")
    strata = ranks * min(_STRATA, max(1, len(y) // N_FOLDS)) // len(y)
    return strata, int(np.bincount(strata).min())


def check_learnable(churned: F | None, value: F | None, least: int = LEAST_PER_CLASS) -> None:
    """Raise a FitError unless the labels hold something to learn from.

    Parameters
    ----------
    least : customers needed on each side, churned or not, and in all for value.
    """
    if churned is not None:
        n_churned, n = int(churned.sum()), len(churned)
        if min(n_churned, n - n_churned) < least:
            raise FitError(
                f"churned: {n_churned} of {n} labelled customers churned, and at least {least} on each side "
                "are needed to learn what sets them apart. Check `churn.positive`, or add customers."
            )
    if value is not None and (len(value) < 2 * least or np.ptp(value) == 0):
        n_distinct = len(np.unique(value))
        raise FitError(
            f"value: {len(value)} labelled customers with {n_distinct} different values, too little to learn "
            f"from. At least {2 * least} customers whose values differ are needed; check `value.column`."
        )
