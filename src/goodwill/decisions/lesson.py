"""What the final stage of a learner learns from: contributions to the effect, and what may move it."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from goodwill.decisions.campaign import B, F
from goodwill.decisions.usual import fit_usual

_LEAST_VARIANCE, _LEAST_LEARNED = 0.05, 0.02


@dataclass(frozen=True)
class Lesson:
    """What a final stage learns from.

    Parameters
    ----------
    moderators : (n, p) standardised columns that may move the effect.
    usual : (n,) what each customer is expected to do anyway.
    effect : (n,) of `contributions`.
    source_of : the raw column that each of the moderators comes from; each its own when empty.
    noise : (n,) variance of the contributions, as `learned_noise` tells it; when None, one that grows with
        what customers do anyway.

    Examples
    --------
    >>> columns = pd.DataFrame({"age": [0.0], "city=y": [1.0], "city=n": [-1.0]})
    >>> Lesson(columns, np.ones(1), np.ones(1), ("age", "city", "city")).places
    [[0], [1, 2]]
    """

    moderators: pd.DataFrame
    usual: F
    effect: F
    source_of: tuple[str, ...] = ()
    noise: F | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """The raw columns, once each."""
        return tuple(dict.fromkeys(self.source_of or map(str, self.moderators)))

    @property
    def places(self) -> list[list[int]]:
        """Where the columns of each source stand."""
        owners = self.source_of or tuple(map(str, self.moderators))
        return [[place for place, owner in enumerate(owners) if owner == name] for name in self.sources]

    @cached_property
    def precision(self) -> F:
        """One over the variance of the contributions, (n,)."""
        noise = plain_noise(self.usual, self.effect) if self.noise is None else self.noise
        return 1 / np.maximum(noise, 1e-12)

    def part(self, rows: B) -> "Lesson":
        """Return the lesson of some customers."""
        noise = None if self.noise is None else self.noise[rows]
        return Lesson(self.moderators[rows], self.usual[rows], self.effect[rows], self.source_of, noise)


def plain_noise(usual: F, effect: F) -> F:
    """Return a variance of contributions that grows with what customers do anyway, (n,)."""
    size = np.abs(usual)
    design = np.column_stack([np.ones(len(size)), size])
    squares = (effect - effect.mean()) ** 2
    expected = design @ np.linalg.lstsq(design, squares, rcond=None)[0]
    return np.maximum(expected, _LEAST_VARIANCE * float(squares.mean()))


def learned_noise(columns: pd.DataFrame, usual: F, effect: F, seed: int) -> F:
    """Return the variance of contributions, (n,), by trees that have not seen the customer.

    Two customers who spend the same differ in noise: one buys often and little, the other seldom and much.
    Who is quiet tells most about an effect.

    Parameters
    ----------
    columns : (n, k) standardised covariates, indexed from 0.
    usual, effect : (n,) each.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> columns = pd.DataFrame({"is_loud": np.arange(2_000) % 2.0})
    >>> effect = rng.normal(0, 1 + 3 * columns["is_loud"])
    >>> quiet, loud = learned_noise(columns, np.ones(2_000), effect, seed=0)[:2]
    >>> bool(loud > 10 * quiet)
    True
    """
    squares, start = (effect - effect.mean()) ** 2, plain_noise(usual, effect)
    learned = fit_usual(columns, squares, "money", start, seed).known
    noise = np.maximum(learned, _LEAST_LEARNED * float(squares.mean()))
    # Weights of 1 / noise count most where it is taken for too small: there it must hold on average.
    return noise * max(float(np.mean(squares / np.maximum(noise, 1e-12))), 1e-12)
