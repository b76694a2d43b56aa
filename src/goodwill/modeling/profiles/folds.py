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


def repeated_folds(
    churned: F | None, value: F | None, repeats: int | None, seed: int
) -> Iterator[list[Fold]]:
    """Yield the folds of each repetition: two where rows are few enough for chance to matter, else one.

    Churn is spread alike over them, else value; where rows lack a label, those that have it are too.

    Parameters
    ----------
    churned, value : (n,) labels, missing where a row has none; each row has one at least.
    """
    label = churned if churned is not None else value
    if label is None:
        return
    is_whole = not any(np.isnan(known).any() for known in (churned, value) if known is not None)
    wanted = repeats or (1 if len(label) > MANY_ROWS else 2)
    for repeat in range(wanted):
        yield folds(label, N_FOLDS, seed + repeat) if is_whole else _dealt(label, value, seed + repeat)


def _dealt(label: F, value: F | None, seed: int) -> list[Fold]:
    """Deal rows one by one, in an order in which those with a label lie together, and those who churned."""
    known = ~np.isnan(label)
    classes, n_least = strata_of(label[known])
    strata = np.zeros(len(label), dtype=np.intp)
    strata[known] = classes if value is None else 2 * classes + np.abs(classes - ~np.isnan(value[known]))
    if value is not None and not known.all():
        strata[~known] = strata.max() + 1 + strata_of(value[~known])[0]
    n_folds = max(2, min(N_FOLDS, n_least))
    fold_of = np.empty(len(label), dtype=np.intp)
    by_stratum = np.lexsort([np.random.default_rng(seed).random(len(label)), strata])
    fold_of[by_stratum] = np.arange(len(label)) % n_folds
    return [(np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold)) for fold in range(n_folds)]


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
        n_churned, n = int(np.nansum(churned)), int((~np.isnan(churned)).sum())
        if min(n_churned, n - n_churned) < least:
            raise FitError(
                f"churned: {n_churned} of {n} labelled customers churned, and at least {least} on each side "
                "are needed to learn what sets them apart. Check `churn.positive`, or add customers."
            )
    known = None if value is None else value[~np.isnan(value)]
    if known is not None and (len(known) < 2 * least or np.ptp(known) == 0):
        n_distinct = len(np.unique(known))
        raise FitError(
            f"value: {len(known)} labelled customers with {n_distinct} different values, too little to learn "
            f"from. At least {2 * least} customers whose values differ are needed; check `value.column`."
        )
