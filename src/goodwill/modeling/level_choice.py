"""Whether what a clock takes for the level of a shop is one, by windows that it had not seen.

That customers of one age order less than those of a year ago may mean that all of them slowed down, or that
more of them are gone. A clock that runs slower makes a silence of today shorter; of the gone it is the longer
a silence, the surer. Orders by week cannot tell the two apart, who orders again can.
"""

import warnings
from dataclasses import replace
from typing import NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning

from goodwill.errors import FitError
from goodwill.features.snapshot import Snapshot
from goodwill.features.windows import newer_half
from goodwill.modeling.season_clock import SeasonClock
from goodwill.modeling.steady_fits import SteadyFits
from goodwill.modeling.tuning.folds import Fold, time_folds

F = NDArray[np.float64]
_FELT, _CHANCE = 0.05, 1.645


class Basis(NamedTuple):
    """What a model learns from.

    Parameters
    ----------
    clock : the clock of the history; None where the calendar tells all.
    past : the windows that tell what is to come: all of them, or the newer half.
    """

    clock: SeasonClock | None
    past: Snapshot

    @classmethod
    def whole(cls, train: Snapshot) -> Self:
        """Return the clock of a history with all its windows."""
        return cls(SeasonClock.fit(train.calendar, train.season), train)

    @classmethod
    def of(cls, train: Snapshot, seed: int = 0) -> Self:
        """Return `whole`, or the clock without its level and the newer half of the windows.

        The second where it would have foreseen late windows better, each of them and all together beyond
        chance, as a logistic regression tells who orders. Then something has moved that is no pace, such as
        the rate at which customers leave, and earlier windows tell of other times.

        Parameters
        ----------
        train : past windows, of the customers that are scored alone.
        """
        known = cls.whole(train)
        if not known.has_level:
            return known
        gains = [_gains(fold, seed) for fold in time_folds(train.levelled, seed=seed)]
        return known.renewed if _is_clear([gain for gain in gains if gain is not None]) else known

    @property
    def has_level(self) -> bool:
        """Whether the shop has come from another level than that of its last day."""
        return self.clock is not None and bool(np.abs(self.clock.level[1]).max() >= _FELT)

    @property
    def renewed(self) -> Self:
        """The newer half of the windows, and the clock of the season alone."""
        X, y = self.past.X, self.past.y
        is_new = newer_half(X)
        X, y = (frame[is_new].reset_index(drop=True) for frame in (X, y))
        clock = None if self.clock is None else self.clock.with_one_level
        return self._replace(clock=clock, past=replace(self.past, X=X, y=y))


def _gains(fold: Fold, seed: int) -> "pd.Series[float] | None":
    """Return how much log-loss each later customer is spared by `renewed`; None where both are one."""
    known = Basis(fold.clock, fold.past)
    if not known.has_level:
        return None
    try:
        losses, renewed = (_losses(basis, fold.later, seed) for basis in (known, known.renewed))
    except FitError:
        return None
    return pd.Series(losses - renewed).groupby(fold.later.X["customer_id"].to_numpy()).sum()


def _losses(basis: Basis, later: Snapshot, seed: int) -> F:
    past = basis.past
    with warnings.catch_warnings():
        # What does not converge here may in the fit that serves, and that one speaks for itself.
        warnings.simplefilter("ignore", ConvergenceWarning)
        fits = SteadyFits.of(past.X, past.y, past.now, clock=basis.clock, seed=seed)
        logit = fits.linear.margin(fits.columns.rows(later.X).full)
    return np.logaddexp(0.0, logit) - ~later.y["churned"].to_numpy(bool) * logit


def _is_clear(gains: "list[pd.Series[float]]") -> bool:
    """Tell whether customers gain in every window, and in all beyond chance, as customers were drawn."""
    if not gains or min(gain.sum() for gain in gains) <= 0:
        return False
    by_customer = pd.concat(gains).groupby(level=0).sum()
    return bool(by_customer.sum() > _CHANCE * np.sqrt(np.sum(by_customer**2)))
