"""What notices and the day within a period say: when an end shows, and when it comes."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from goodwill.modeling.retention.schedule import Schedule

F = NDArray[np.float64]
Bools = NDArray[np.bool_]
Stored = dict[str, Any]  # JSON as it comes
_GRID = np.linspace(0.0, 1.0, 21)
_MOST, _ENOUGH = 0.98, 20


@dataclass(frozen=True)
class NoticeRule:
    """How ends show before they come, and where in a period they come.

    Parameters
    ----------
    shown : on `_GRID`; of those who end with a period, the share that had given notice by each part of it.
        Who has given none by then is less likely to end: the odds shrink by 1 - shown.
    ended : on `_GRID`; of those who end in a period, the share that had ended by each part of it. 0 until 1
        where contracts end with their periods.
    p_back : probability that a contract goes on although notice was given.

    Examples
    --------
    >>> rule = NoticeRule(_GRID, np.where(_GRID < 1, 0.0, 1.0), p_back=0.01)
    >>> rule.log_hidden(np.array([0.5, 0.75])).round(3).tolist()
    [-0.693, -1.386]
    >>> rule.ended_between(np.array([0.0, 0.0]), np.array([0.7, 1.0])).tolist()
    [0.0, 1.0]
    """

    shown: F
    ended: F
    p_back: float

    @classmethod
    def fit(cls, elapsed: F, has_notice: Bools, place: F, came_back: Bools) -> Self:
        """Learn from what became of contracts.

        Parameters
        ----------
        elapsed, has_notice : (n,) of contracts that ended with the period at hand: the part of it that was
            over when they were seen, and whether they had given notice by then.
        place : (m,) in which part of a period contracts ended.
        came_back : (k,) of contracts with notice: whether they went on all the same.
        """
        shown = np.zeros(len(_GRID))
        if has_notice.any() and len(elapsed) >= _ENOUGH:
            rule = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
            shown = rule.fit(np.append(elapsed, 0.0), np.append(has_notice, 0.0)).predict(_GRID)
        ended = np.searchsorted(np.sort(place), _GRID, side="right") / max(len(place), 1)
        ended[-1] = 1.0
        return cls(np.minimum(shown, _MOST), ended, (came_back.sum() + 0.5) / (len(came_back) + 1.0))

    def log_hidden(self, elapsed: F) -> F:
        """Return what is added to the logit of ending, of a contract without notice so far into a period.

        With hazard h and a share g shown, P(end | no notice) = h (1 - g) / (1 - h g): its odds are those of h
        times 1 - g.
        """
        return np.log1p(-np.interp(elapsed, _GRID, self.shown))

    def ended_between(self, begin: F, stop: F) -> F:
        """Return the share of a period's ends that come in (begin, stop], of those that come after begin."""
        before, after = (np.interp(part, _GRID, self.ended) for part in (begin, stop))
        # Contracts that end with their periods end at 1 and nowhere before it.
        before, after = (
            np.where(part < 1, np.minimum(share, self.ended[-2]), share)
            for part, share in ((begin, before), (stop, after))
        )
        left = 1 - before
        return np.clip((after - before) / np.where(left > 0, left, 1.0), 0.0, 1.0)

    def to_dict(self) -> Stored:
        """Return the rule as plain JSON values."""
        return {"shown": self.shown.tolist(), "ended": self.ended.tolist(), "p_back": self.p_back}

    @classmethod
    def from_dict(cls, stored: Stored) -> Self:
        """Return the stored rule."""
        return cls(np.array(stored["shown"]), np.array(stored["ended"]), float(stored["p_back"]))


def notice_rule(schedule: Schedule, days: F, churned: Bools, fails_first: Bools) -> NoticeRule:
    """Learn from contracts (n,): the days they ran, which ended, and which with the period at hand."""
    sure = schedule.has_notice & (schedule.known_end < schedule.horizon)
    place = np.mod(days[churned] - schedule.first[churned], schedule.period[churned])
    place = place / schedule.period[churned]
    return NoticeRule.fit(
        schedule.elapsed[fails_first],
        schedule.has_notice[fails_first],
        np.where(place == 0, 1.0, place),
        ~churned[sure],
    )
