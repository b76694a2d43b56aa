"""Simulated purchase histories: gaps until death, the last coin or the end of the observation."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

F = NDArray[np.float64]


@dataclass(frozen=True)
class Latent:
    """What nobody sees, each (n,): purchase rate, time of death, most repeat purchases before the stop."""

    rate: F
    death: F
    most: F
    stages: int = 1
    passed: F | float = 0.0


def coin_lives(p: F, *, first_coin: float, rng: np.random.Generator) -> F:
    """Return how many repeat purchases precede the stop, with a coin after each, or at time zero too."""
    return rng.geometric(np.maximum(p, 1e-12)).astype(np.float64) - first_coin


def histories(latent: Latent, T: F, *, horizon: float, rng: np.random.Generator) -> pd.DataFrame:
    """Return frequency, recency, T, the sum of log gaps, and the purchases in (T, T + horizon].

    Examples
    --------
    >>> latent = Latent(rate=np.array([2.0]), death=np.array([0.0]), most=np.array([9.0]))
    >>> histories(latent, np.array([5.0]), horizon=0.0, rng=np.random.default_rng(0)).frequency.tolist()
    [0.0]
    """
    n = T.size
    count, clock, recency, log_gaps, after = np.zeros((5, n))
    shape = np.full(n, float(latent.stages)) - latent.passed
    end = np.minimum(T + horizon, latent.death)
    active = np.flatnonzero(latent.most > 0)
    while active.size:
        with np.errstate(divide="ignore", over="ignore"):
            gap = rng.standard_gamma(shape[active]) / latent.rate[active]
        shape[active] = latent.stages
        clock[active] += gap
        is_bought = clock[active] <= end[active]
        active, gap = active[is_bought], gap[is_bought]
        is_seen = clock[active] <= T[active]
        seen = active[is_seen]
        count[seen] += 1
        recency[seen] = clock[seen]
        log_gaps[seen] += np.log(gap[is_seen])
        after[active[~is_seen]] += 1
        active = active[(count + after)[active] < latent.most[active]]
    return pd.DataFrame(
        {"frequency": count, "recency": recency, "T": T, "log_gap_sum": log_gaps, "purchases_after": after}
    )
