"""After how many silent days a customer may be called lost, and how often that will be wrong."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from goodwill.arguments import ensure_numbers
from goodwill.errors import UsageError
from goodwill.evaluation.samples import as_numbers

F = npt.NDArray[np.float64]
DAYS = (14, 21, 30, 45, 60, 75, 90, 120, 150, 180, 240, 300, 365, 540, 730)
LEAST_SILENCES = 30
_NOBODY_BACK = "Nobody has come back after a silence in this history, so none can be proposed."


@dataclass(frozen=True)
class InactivityRule:
    """A proposed threshold of inactivity.

    Parameters
    ----------
    days : silent days after which a customer counts as lost; None where no number of days is safe enough, or
        the history is too short or too small to tell.
    table : all that were considered, as `inactivity_table` returns them.
    why_none : why no number of days is proposed; empty where one is.
    has_returns : False where no silence was ended by a purchase: there each rate is 0, and says nothing.
    """

    days: int | None
    table: pd.DataFrame
    why_none: str = ""
    has_returns: bool = True


def inactivity_table(
    customer: npt.ArrayLike,
    day: npt.ArrayLike,
    until: int,
    *,
    days: tuple[int, ...] = DAYS,
    follow_up_days: int = 365,
) -> pd.DataFrame:
    """Return for each threshold how many of those it calls lost come back all the same.

    Every silence counts, those that still last included: the chance to come back within `follow_up_days`
    after d silent days is 1 - S(d + follow_up) / S(d), S being Kaplan and Meier's curve of the days between
    two purchases of one customer.

    Parameters
    ----------
    customer : (n,) codes or ids. day : (n,) of int; day of each purchase, in any order.
    until : the day after the last one watched.
    days : thresholds.
    follow_up_days : how far ahead a return counts.

    Returns
    -------
    A row per threshold that the history can judge, one whose follow-up ends before the longest silence does:
    `days`, `n_silences` (seen to last that long), `n_followed` (of them, those that ended within
    `follow_up_days` or were watched all through), `false_churn_rate`, `lost_share` (customers silent for that
    long at `until`).

    Raises
    ------
    UsageError
        If there is no purchase, or one at or after `until`.

    Examples
    --------
    >>> inactivity_table(["a", "a", "b"], [0, 40, 0], 100, days=(30, 50, 70), follow_up_days=30)
       days  n_silences  n_followed  false_churn_rate  lost_share
    0    30           3           3             0.333         1.0
    1    50           2           1             0.000         1.0
    """
    return _table(_silences(customer, day, until), days, follow_up_days)


def propose_inactivity(
    customer: npt.ArrayLike,
    day: npt.ArrayLike,
    until: int,
    *,
    max_false_churn: float = 0.1,
    follow_up_days: int = 365,
) -> InactivityRule:
    """Return the shortest silence after which at most `max_false_churn` of the customers come back.

    A threshold needs `LEAST_SILENCES` silences that were followed; where none has them, or nobody ever came
    back, none is proposed.

    Parameters
    ----------
    customer, day, until, follow_up_days : as in `inactivity_table`.
    max_false_churn : share of those called lost who may come back.

    Examples
    --------
    >>> customers, days = list(range(40)) * 2, [0] * 40 + [40] * 40
    >>> propose_inactivity(customers, days, 200, follow_up_days=30).days
    45
    >>> propose_inactivity(customers, days, 100, follow_up_days=90).why_none
    'The longest silence seen is 60 days: no threshold of 14 days or more can be followed for 90 days.'
    >>> propose_inactivity(customers[:40], days[:40], 100, follow_up_days=30).why_none
    'Nobody has come back after a silence in this history, so none can be proposed.'
    """
    rows = _silences(customer, day, until)
    return propose_from_silences(rows, max_false_churn=max_false_churn, follow_up_days=follow_up_days)


def propose_from_silences(
    silences: pd.DataFrame,
    *,
    days: tuple[int, ...] = DAYS,
    max_false_churn: float = 0.1,
    follow_up_days: int = 365,
) -> InactivityRule:
    """Return what `propose_inactivity` does, from silences that an engine has counted.

    Parameters
    ----------
    silences : a row per length of silence and kind: `days`, `has_ended` (by a purchase) and `n`, how many.

    Examples
    --------
    >>> rows = pd.DataFrame({"days": [40, 160], "has_ended": [True, False], "n": 40})
    >>> propose_from_silences(rows, follow_up_days=30).days
    45
    """
    table = _table(silences, days, follow_up_days)
    if not silences["has_ended"].any():
        return InactivityRule(None, table, _NOBODY_BACK, has_returns=False)
    known = table[table["n_followed"] >= LEAST_SILENCES]
    safe = known.loc[known["false_churn_rate"] <= max_false_churn, "days"]
    if len(safe):
        return InactivityRule(int(safe.iloc[0]), table)
    longest = int(silences["days"].max())
    return InactivityRule(None, table, _why_none(table, known, max_false_churn, longest, follow_up_days))


def _table(silences: pd.DataFrame, days: tuple[int, ...], follow_up_days: int) -> pd.DataFrame:
    length, has_ended, n = (silences[name].to_numpy() for name in ("days", "has_ended", "n"))
    moment, curve = _curve(length, has_ended, n)
    # Nobody was watched beyond the longest silence: there the curve is not known, however flat it looks.
    asked = np.array([d for d in days if d + follow_up_days < length.max()], dtype=np.int64)

    def survival(at: npt.NDArray[np.int64]) -> F:
        return curve[np.searchsorted(moment, at, side="right")]

    here, later = survival(asked), survival(asked + follow_up_days)
    followed = [(length >= d) & (has_ended | (length >= d + follow_up_days)) for d in asked]
    lasting = np.where(has_ended, 0, n)
    return pd.DataFrame({
        "days": asked,
        "n_silences": [int(n[length >= d].sum()) for d in asked],
        "n_followed": [int(n[which].sum()) for which in followed],
        "false_churn_rate": (1 - later / np.where(here > 0, here, 1.0)).round(3),
        "lost_share": [float(lasting[length >= d].sum() / lasting.sum()) for d in asked],
    })  # fmt: skip


def _why_none(
    table: pd.DataFrame, known: pd.DataFrame, max_false_churn: float, longest: int, follow_up_days: int
) -> str:
    if table.empty:
        return (
            f"The longest silence seen is {longest} days: no threshold of {min(DAYS)} days or more can be "
            f"followed for {follow_up_days} days."
        )
    if known.empty:
        return (
            f"At most {table['n_followed'].max()} silences were followed for {follow_up_days} days, fewer "
            f"than the {LEAST_SILENCES} that a proposal needs."
        )
    least = known["false_churn_rate"].min()
    return f"Of those called lost {least:.1%} come back at best, more than the {max_false_churn:.1%} allowed."


def _silences(customer: npt.ArrayLike, day: npt.ArrayLike, until: int) -> pd.DataFrame:
    """Return the length of every silence, whether a purchase ended it, and that it is one."""
    ensure_numbers(until=until)
    days = as_numbers("day", day).astype(np.int64)
    rows = pd.DataFrame({"customer": customer, "day": days}).drop_duplicates()
    if rows.empty or rows["day"].max() >= until:
        raise UsageError(
            f"{len(rows)} purchase days, the last on {rows['day'].max()}, are to be watched until {until}. "
            "Give purchases, all of them before `until`."
        )
    rows = rows.sort_values(["customer", "day"], kind="stable")
    following = rows.groupby("customer")["day"].shift(-1)
    length = following.fillna(until).astype(np.int64) - rows["day"]
    return pd.DataFrame({"days": length, "has_ended": following.notna(), "n": 1})


def _curve(
    length: npt.NDArray[np.int64], has_ended: npt.NDArray[np.bool_], n: npt.NDArray[np.int64]
) -> tuple[F, F]:
    """Return the lengths at which silences end, and Kaplan and Meier's curve between them."""
    order = np.argsort(length, kind="stable")
    moment = np.unique(length[has_ended])
    ends = np.bincount(np.searchsorted(moment, length[has_ended]), n[has_ended], minlength=len(moment))
    before = np.concatenate([[0], np.cumsum(n[order])])
    at_risk = n.sum() - before[np.searchsorted(length[order], moment, side="left")]
    return moment.astype(float), np.concatenate([[1.0], np.cumprod(1 - ends / at_risk)])
