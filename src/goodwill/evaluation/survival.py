"""How good predicted survival curves are where some customers were not watched until they ended."""

from bisect import bisect_left, bisect_right, insort

import numpy as np
import numpy.typing as npt

from goodwill.errors import UsageError
from goodwill.evaluation.samples import as_numbers, ensure_level

F = npt.NDArray[np.float64]


def censoring_survival(time: npt.ArrayLike, has_ended: npt.ArrayLike, at: npt.ArrayLike) -> F:
    """Return the probability to be still watched just before each time of `at` (Kaplan and Meier, reversed).

    Parameters
    ----------
    time : (n,) days or periods until the end, or until the customer was last watched.
    has_ended : (n,) of bool; False where the customer was still there when last watched.
    at : (k,) times.

    Examples
    --------
    >>> censoring_survival([1, 2, 3, 4], [True, False, True, True], at=[2, 3, 9]).round(3).tolist()
    [1.0, 0.667, 0.667]
    """
    moment, ended = _watched(time, has_ended)
    lost, losses = np.unique(moment[~ended], return_counts=True)
    # Who ends on the day another is lost from sight is no longer at risk of being lost.
    ordered, ends = np.sort(moment), np.sort(moment[ended])
    gone = np.searchsorted(ends, lost, side="right") - np.searchsorted(ends, lost, side="left")
    at_risk = len(moment) - np.searchsorted(ordered, lost, side="left") - gone
    steps = np.concatenate([[1.0], np.cumprod(1 - losses / at_risk)])
    return steps[np.searchsorted(lost, as_numbers("at", at), side="left")]


def brier_scores(
    time: npt.ArrayLike, has_ended: npt.ArrayLike, survival: npt.ArrayLike, at: npt.ArrayLike
) -> F:
    """Return the Brier score of the survival predicted at each time, weighted for censoring.

    Graf, Schmoor, Sauerbrei & Schumacher (1999), Statistics in Medicine 18: who ended by t counts with
    1 / G(T-), who is watched beyond t with 1 / G(t), who was lost before t not at all.

    Parameters
    ----------
    time, has_ended : as in `censoring_survival`.
    survival : (n, k) predicted probability to be still there after each time of `at`.
    at : (k,) times, below the last at which anybody is watched.

    Raises
    ------
    UsageError
        If nobody is watched beyond a time, or the shapes do not fit.

    Examples
    --------
    >>> brier_scores([1, 3], [True, True], [[0.0, 0.0], [1.0, 0.5]], at=[1, 2]).tolist()
    [0.0, 0.125]
    """
    moment, ended = _watched(time, has_ended)
    times, said = as_numbers("at", at), as_numbers("survival", survival)
    if said.shape != (len(moment), len(times)):
        raise UsageError(
            f"survival has the shape {said.shape}; {len(moment)} customers and {len(times)} times are given. "
            "Predict a row per customer and a column per time."
        )
    watched = censoring_survival(moment, ended, np.nextafter(times, np.inf))
    if (watched <= 0).any() or (len(moment) and times.max(initial=-np.inf) > moment.max()):
        raise UsageError(
            f"at: nobody is watched beyond {times.max():g}, so that survival there cannot be judged. "
            "Ask for earlier times."
        )
    by_end = censoring_survival(moment, ended, moment)
    has_gone = (moment[:, None] <= times) & ended[:, None]
    is_there = moment[:, None] > times
    lost = np.where(has_gone, said**2 / by_end[:, None], 0.0) + np.where(
        is_there, (1 - said) ** 2 / watched, 0
    )
    return lost.mean(axis=0)


def integrated_brier_score(
    time: npt.ArrayLike, has_ended: npt.ArrayLike, survival: npt.ArrayLike, at: npt.ArrayLike
) -> float:
    """Return the mean of the Brier scores over the span of `at` (trapezoids); 0 is perfect, .25 is a coin.

    Parameters
    ----------
    time, has_ended, survival, at : as in `brier_scores`; at least two times, ascending.

    Examples
    --------
    >>> integrated_brier_score([1, 3], [True, True], [[0.0, 0.0], [1.0, 0.5]], at=[1, 2])
    0.0625
    """
    times = as_numbers("at", at)
    if len(times) < 2 or (np.diff(times) <= 0).any():  # noqa: PLR2004 - a span has two ends
        raise UsageError(f"at holds {len(times)} times; a span takes two or more, ascending.")
    scores = brier_scores(time, has_ended, survival, times)
    return float(np.sum(np.diff(times) * (scores[1:] + scores[:-1]) / 2) / (times[-1] - times[0]))


def concordance(time: npt.ArrayLike, has_ended: npt.ArrayLike, risk: npt.ArrayLike) -> float:
    """Return the share of comparable pairs in which who ended first had the higher risk (Harrell 1982).

    A pair is comparable if the earlier of the two ended, and the other was still there then. Equal risks
    count one half.

    Parameters
    ----------
    time, has_ended : as in `censoring_survival`.
    risk : (n,) of float, such as p_churn; the higher, the earlier the end.

    Examples
    --------
    >>> concordance([1, 2, 3, 2], [True, True, True, False], [0.9, 0.5, 0.1, 0.7])
    0.8
    """
    moment, ended = _watched(time, has_ended)
    return _concordant(moment, ended, _risks(risk, len(moment)), np.ones(len(moment)))


def concordance_ipcw(
    time: npt.ArrayLike, has_ended: npt.ArrayLike, risk: npt.ArrayLike, *, until: float | None = None
) -> float:
    """Return the concordance that does not depend on who was lost from sight (Uno et al. 2011).

    Each pair counts with 1 / G(T-)^2 of the one who ended first, whose end lies before `until`.

    Parameters
    ----------
    time, has_ended, risk : as in `concordance`.
    until : ends at or after it begin no pair; the last time anybody is watched when None.

    Examples
    --------
    >>> concordance_ipcw([1, 2, 3], [True, True, True], [0.9, 0.5, 0.1])
    1.0
    """
    moment, ended = _watched(time, has_ended)
    starts = ended if until is None else ended & (moment < until)
    watched = censoring_survival(moment, ended, moment)
    weight = np.where(starts, 1 / np.maximum(watched, 1e-12) ** 2, 0.0)
    return _concordant(moment, ended, _risks(risk, len(moment)), weight)


def time_to_churn(survival: npt.ArrayLike, days: npt.ArrayLike, share: float = 0.5) -> F:
    """Return the day on which survival falls to `share`: with .5, the median time until the customer ends.

    Parameters
    ----------
    survival : (n, k) probability to be still there so many days ahead, falling along each row from 1.
    days : (k,) the days ahead, ascending; straight lines between them.

    Returns
    -------
    (n,) days; missing where survival stays above `share`: do not read more into a curve than it shows.

    Raises
    ------
    UsageError
        If there is not a column per day, or the days do not ascend from above 0.

    Examples
    --------
    >>> time_to_churn([[0.8, 0.4], [0.9, 0.8]], days=[30, 60]).tolist()
    [52.5, nan]
    """
    curve, ahead = as_numbers("survival", survival), as_numbers("days", days)
    ensure_level(share, "share")
    if curve.ndim != 2 or ahead.shape != curve.shape[1:]:  # noqa: PLR2004 - a row per customer
        raise UsageError(
            f"survival has shape {curve.shape} and days {ahead.shape}. "
            "Give a row per customer and a column per day."
        )
    if not (np.diff(ahead, prepend=0.0) > 0).all():
        raise UsageError(
            f"days: {ahead.tolist()} do not ascend from above 0. Sort them, and the columns too."
        )
    curve = np.concatenate([np.ones((len(curve), 1)), curve], axis=1)
    ahead = np.concatenate([[0.0], ahead])
    is_below = curve <= share
    after = np.argmax(is_below, axis=1)
    row, before = np.arange(len(curve)), np.maximum(after - 1, 0)
    drop = curve[row, before] - curve[row, after]
    part = (curve[row, before] - share) / np.where(drop > 0, drop, 1.0)
    found = ahead[before] + part * (ahead[after] - ahead[before])
    return np.where(is_below.any(axis=1), found, np.nan)


def _watched(time: npt.ArrayLike, has_ended: npt.ArrayLike) -> tuple[F, npt.NDArray[np.bool_]]:
    moment, said = as_numbers("time", time), np.asarray(has_ended)
    if said.dtype.kind not in "biufO" or not np.isin(said, [False, True]).all():
        raise UsageError("has_ended holds text or missing values. Say True or False of each customer.")
    ended = said.astype(bool)
    if moment.shape != ended.shape or not np.isfinite(moment).all():
        raise UsageError(
            f"time has {moment.size} values and has_ended {ended.size}; they must be as long and finite."
        )
    return moment, ended


def _risks(risk: npt.ArrayLike, n_customers: int) -> F:
    risks = as_numbers("risk", risk)
    if risks.shape != (n_customers,) or np.isnan(risks).any():
        raise UsageError(
            f"risk has the shape {risks.shape} and {int(np.isnan(risks).sum())} missing values beside "
            f"{n_customers} customers. Give one number for each."
        )
    return risks


def _concordant(time: F, ended: npt.NDArray[np.bool_], risk: F, weight: F) -> float:
    """Count pairs from the last to the first end, with the risks of those still there kept in order."""
    later: list[float] = []
    right = total = 0.0
    order = np.argsort(-time, kind="stable")
    for group in np.split(order, np.flatnonzero(np.diff(time[order])) + 1):
        gone = group[ended[group]]
        for other in group[~ended[group]]:
            insort(later, risk[other])
        for one in gone:
            low, high = bisect_left(later, risk[one]), bisect_right(later, risk[one])
            right += weight[one] * (low + (high - low) / 2)
            total += weight[one] * len(later)
        for one in gone:
            insort(later, risk[one])
    return float(right / total) if total > 0 else float("nan")
