"""Whether the calendar of a shop is steady: drift, newcomers, seasons, and days without any record."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import theilslopes

from goodwill.data.far_rows import FarRows
from goodwill.evaluation.findings import Finding, level_of

_LEAST_MONTHS, _YEAR, _TWO_YEARS, _EDGE_DAYS = 6, 12, 24, 3
_FIRST_MONTHS, _SILENT_MONTHS, _TRICKLE = 3, 3, 0.02
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip


def complete_months(months: pd.DataFrame, days: npt.NDArray[np.datetime64]) -> pd.DataFrame:
    """Return the months that lie wholly inside the history, in order of time.

    A month counts as whole if the first or last order day misses at most three days of it (holidays).

    Examples
    --------
    >>> days = pd.date_range("2024-01-20", "2024-03-30").to_numpy()
    >>> months = pd.DataFrame({"month": ["2024-02-01", "2024-03-01", "2024-01-01"]})
    >>> complete_months(months, days)["month"].dt.month.tolist()
    [2, 3]
    """
    starts = pd.to_datetime(months["month"])
    dated = months.assign(month=starts).sort_values("month", ignore_index=True)
    if not len(days):
        return dated[:0]
    slack = pd.Timedelta(days=_EDGE_DAYS)
    ends = dated["month"] + pd.offsets.MonthEnd(1)
    first, last = pd.Timestamp(days.min()), pd.Timestamp(days.max())
    return dated[(dated["month"] + slack >= first) & (ends - slack <= last)].reset_index(drop=True)


def drifts(months: pd.DataFrame) -> list[Finding]:
    """Return whether orders per buying customer and money per order drift over the months.

    Parameters
    ----------
    months : complete calendar months with month, n_customers, n_orders and spend_total.

    Notes
    -----
    The drift is the slope of the logarithm over time by Theil and Sen (robust to a few odd months), given as
    the change from the first to the last month, with a 90 % interval.
    """
    named = {
        "order_rate_drift": (
            "Orders per buying customer and month",
            months["n_orders"],
            months["n_customers"],
        ),
        "order_value_drift": ("Money per order", months["spend_total"], months["n_orders"]),
    }
    return [_drift(name, what, above, below) for name, (what, above, below) in named.items()]


def acquisition(months: pd.DataFrame) -> Finding:
    """Return whether new customers come steadily.

    Parameters
    ----------
    months : complete calendar months with month and n_new.

    Notes
    -----
    The first three months are left out of the drift: where records begin, everybody looks new.

    Examples
    --------
    >>> starts = pd.date_range("2024-01-01", periods=8, freq="MS")
    >>> months = pd.DataFrame({"month": starts, "n_new": [9, 9, 9, 0, 0, 0, 0, 0]})
    >>> acquisition(months).level, acquisition(months).value
    ('warning', 5.0)
    """
    name, counts = "acquisition", months["n_new"].to_numpy(dtype=float)
    if not counts.any():
        return Finding(name, "warning", None, "No complete month has new customers: their inflow is unknown.")
    # A trickle is silence too: in a closed cohort a few buy for the first time late.
    n_silent = int(np.argmax(counts[::-1] > _TRICKLE * counts.max()))
    if n_silent >= _SILENT_MONTHS:
        last = months["month"].iloc[len(counts) - 1 - n_silent]
        text = f"Hardly anyone new came in {n_silent} months, after {last:%Y-%m}: one ageing cohort. "
        remedy = "They will grow older than any seen: compare with buy-till-you-die, which holds the level."
        return Finding(name, "warning", float(n_silent), text + remedy)
    later = months["n_new"].iloc[_FIRST_MONTHS:]
    return _drift(name, "New customers per month", later, pd.Series(1.0, index=later.index))


def seasonality(months: pd.DataFrame) -> Finding:
    """Return how far the strongest calendar month lies above the year's level, where two years can show it.

    Parameters
    ----------
    months : complete calendar months with month and n_orders.

    Notes
    -----
    Each month is compared with the mean of the twelve around it; a season is what a calendar month repeats in
    every year, so the smaller of its ratios counts.
    """
    name, n = "seasonality", len(months)
    if n < _TWO_YEARS:
        text = f"{n} complete months cannot show a season: that takes two years. Where the horizon holds one "
        remedy = (
            "that training did not (a Christmas trade, say), totals will be off: add history, or tell what "
            "the months of former years brought (`snapshot.season`)."
        )
        return Finding(name, "warning", None, text + remedy)
    orders = months["n_orders"].astype(float)
    level = orders.rolling(_YEAR, center=True, min_periods=_YEAR // 2).mean()
    ratios = (orders / level.where(level > 0)).groupby(months["month"].dt.month).min()
    peak = _MONTHS[int(ratios.index.to_numpy()[ratios.to_numpy().argmax()]) - 1]
    excess = float(ratios.max()) - 1
    text = f"{peak} brings {excess:+.0%} orders against the year around it, every year. "
    judged = level_of(excess, 0.3, np.inf)
    remedy = (
        "No strong season."
        if judged == "ok"
        else "Compare only windows of the same season, and choose a horizon of whole years where you can."
    )
    return Finding(name, judged, excess, text + remedy)


def calendar_gaps(days: npt.ArrayLike) -> Finding:
    """Return the longest run of days without any order, and whether chance explains it.

    Parameters
    ----------
    days : distinct days with orders.

    Examples
    --------
    >>> found = calendar_gaps(["2024-01-01", "2024-01-02", "2024-01-03", "2024-03-01", "2024-03-02"])
    >>> found.level, found.value
    ('warning', 57.0)
    """
    name = "calendar_gaps"
    ordered = np.unique(np.asarray(days, dtype="datetime64[D]"))
    if len(ordered) <= 2:  # noqa: PLR2004 (a single gap has no other to be compared with)
        return Finding(name, "warning", None, f"{len(ordered)} days with orders: too few to look for gaps.")
    steps = np.diff(ordered).astype(int)
    longest = int(steps.argmax())
    gap = int(steps[longest]) - 1
    usual = float(np.delete(steps, longest).mean())
    text = f"The longest run without any order is {gap:,} days, after {ordered[longest]}. "
    # Of n random waits of one mean, the longest is about mean × log(n).
    is_odd = gap > max(7.0, 3 * usual * np.log(len(steps) + 1))
    remedy = (
        "Data may be missing there, which models read as churn: fill it, or start the history after it."
        if is_odd
        else "No sign of missing days."
    )
    return Finding(name, "warning" if is_odd else "ok", float(gap), text + remedy)


def far_rows_finding(table: str, far: FarRows) -> Finding:
    """Return what to do with rows of a table that lie far beyond all others.

    Examples
    --------
    >>> from datetime import date
    >>> far_rows_finding("transactions", FarRows(2, date(2099, 4, 1), date(2024, 6, 18))).text[:55]
    'transactions: 2 rows stand at or after 2099-04-01, far '
    """
    text = (
        f"{table}: {far.n_rows:,} rows stand at or after {far.since}, far beyond all others, which end on "
        f"{far.after}. The history would end there: correct their dates, or leave them out with `where`."
    )
    return Finding("far_rows", "warning", float(far.n_rows), text)


def _drift(name: str, what: str, above: "pd.Series[float]", below: "pd.Series[float]") -> Finding:
    rates = above.to_numpy(dtype=float) / np.where(below > 0, below, np.nan)
    is_known = np.isfinite(rates) & (rates > 0)
    if is_known.sum() < _LEAST_MONTHS:
        text = f"{what}: {is_known.sum()} complete months cannot show a drift; it takes {_LEAST_MONTHS}."
        return Finding(name, "warning", None, text)
    months = np.flatnonzero(is_known)
    slopes = theilslopes(np.log(rates[is_known]), months, alpha=0.9)
    span = months[-1] - months[0]
    over_all = np.array([slopes.slope, slopes.low_slope, slopes.high_slope]) * span
    change, low, high = np.expm1(over_all).tolist()
    sure = max(low, -high / (1 + high), 0.0)
    level = level_of(sure, 0.1, 0.5)
    text = f"{what} changed by {change:+.0%} over {span + 1} months ({low:+.0%} to {high:+.0%}). "
    remedy = (
        "Steady enough."
        if level == "ok"
        else "The past is not like the future: look for the cause, prefer recent windows, and re-train often."
    )
    return Finding(name, level, change, text + remedy)
