"""What predictions are multiplied by, so that they add up to what came, as far as that is no chance."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

F = NDArray[np.float64]
# How far a sum of predictions usually lies from what comes, as a standard deviation of its logarithm.
_LIKELY_LEVEL = 0.1


class Level(NamedTuple):
    """What predictions are multiplied by, and how far its logarithm may be off by chance (one deviation)."""

    factor: float
    share: float


def level_of(told: pd.DataFrame) -> Level:
    """Return what predictions must be multiplied by to add up to what came, as far as that is no chance.

    What a buy-till-you-die model expects of all customers together has a handful of parameters, and varies
    less than a sum of what few customers happened to bring: it is believed as far as that sum does not
    contradict it (empirical Bayes: Efron & Morris 1973, JASA 68, with one mean). In the same way all windows
    are believed as far as the newer ones do not contradict them: where a history begins amid the lives of
    customers, who was known early on bought more often than their short histories tell.

    Parameters
    ----------
    told : (n, 4 or 5) `customer_id`, `is_new`, `value`, what was `said` and, where such a model is trusted,
        `expected`; money of each row weighed.

    Examples
    --------
    >>> told = pd.DataFrame({"customer_id": range(1000), "value": [0.0, 5.0] * 500, "said": 2.0})
    >>> told = told.assign(is_new=True)
    >>> [round(level_of(rows).factor, 2) for rows in (told, told.head(4))]
    [1.22, 1.01]
    >>> [round(level_of(told.head(n).assign(expected=2.6)).factor, 2) for n in (1000, 4)]
    [1.28, 1.3]
    """
    money = [name for name in told if name not in {"customer_id", "is_new"}]
    whole, newer = (
        rows.groupby(told["customer_id"]).sum()
        for rows in (told[money], told[money].where(told["is_new"], 0.0))
    )
    if not whole.sum().min() > 0:
        return Level(1.0, 0.0)
    level = _of_sums(whole)
    if not newer.sum().min() > 0:
        return level
    moved = _moved(whole, newer, float(np.log(_of_sums(newer).factor / level.factor)))
    return Level(level.factor * float(np.exp(moved.believed)), float(np.hypot(level.share, moved.error)))


def _of_sums(sums: pd.DataFrame) -> Level:
    """Return the level of some windows: what each customer brought, what was said and expected of each.

    All of these add up to something.
    """
    value, said = sums["value"].to_numpy(float), sums["said"].to_numpy(float)
    if "expected" in sums:
        expected = sums["expected"].to_numpy(float)
        off = ratio_of_sums(value, expected)
        return Level(float(np.exp(off.believed) * expected.sum() / said.sum()), float(off.error))
    off = ratio_of_sums(value, said)
    believed = _LIKELY_LEVEL**2 / (_LIKELY_LEVEL**2 + off.chance)
    return Level(float(np.exp(believed * off.log)), float(np.sqrt(believed * off.chance)))


def _moved(whole: pd.DataFrame, newer: pd.DataFrame, log: float) -> "Ratio":
    """Return by how much the level moved, of which the same customers' values tell how much may be chance."""
    pulls = [_pulls(sums["value"].to_numpy(float), sums["said"].to_numpy(float)) for sums in (whole, newer)]
    return Ratio(log, float(np.sum((pulls[1] - pulls[0]) ** 2)))


class Ratio(NamedTuple):
    """The logarithm of a ratio of sums over customers, and its variance by chance, as customers are drawn."""

    log: float
    chance: float

    @property
    def share(self) -> float:
        """How much of the logarithm is no chance (empirical Bayes, as in `level_of`)."""
        return max(self.log**2 - self.chance, 0.0) / self.log**2 if self.log else 0.0

    @property
    def believed(self) -> float:
        """The logarithm as far as it is no chance."""
        return self.share * self.log

    @property
    def error(self) -> float:
        """The standard deviation of what is believed."""
        return float(np.sqrt(self.share * self.chance))


def ratio_of_sums(value: F, said: F) -> Ratio:
    """Return the ratio of two sums over customers (n,).

    Examples
    --------
    >>> ratio_of_sums(np.array([2.0, 4.0]), np.array([1.0, 2.0]))
    Ratio(log=0.6931471805599453, chance=0.0)
    """
    return Ratio(float(np.log(value.sum() / said.sum())), float(np.sum(_pulls(value, said) ** 2)))


def _pulls(value: F, said: F) -> F:
    """Return how each customer pulls the logarithm of the ratio of two sums (n,)."""
    return (value - value.sum() / said.sum() * said) / value.sum()
