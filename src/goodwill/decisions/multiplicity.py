"""Many questions at once: p-values that stay honest."""

from collections.abc import Sequence

import numpy as np


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p-values adjusted for being several (Holm 1979): reject where they lie below the level.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    plain = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(plain, kind="stable")
    steps = plain[order] * np.arange(len(plain), 0, -1)
    adjusted = np.empty(len(plain))
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return [float(p) for p in adjusted]
