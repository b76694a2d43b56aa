"""What the models take for granted about a shop's customers and its calendar, checked before any model.

The thresholds say when a person should look; they are conventions of this package, not estimates.
"""

import math

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import norm, spearmanr

from goodwill.evaluation.findings import Finding, level_of
from goodwill.evaluation.metrics import clv_metrics
from goodwill.evaluation.seasons import acquisition, calendar_gaps, complete_months, drifts, seasonality

# Of fewer customers, one in a hundred is none.
_LEAST_REPEATERS, _HUNDRED = 10, 100


def purchase_findings(
    customers: pd.DataFrame, months: pd.DataFrame, order_days: npt.ArrayLike, horizon_days: int
) -> list[Finding]:
    """Return every check of an order history, in the order in which a person should read them.

    Parameters
    ----------
    customers : a row per customer with n_order_days, spend_mean (per order day) and spend_total.
    months : a row per calendar month with month (its first day), n_customers (who bought in it), n_new (who
        bought for the first time), n_orders and spend_total; incomplete months are left out.
    order_days : the distinct days on which anything was bought, any order.
    horizon_days : the horizon asked for.

    Examples
    --------
    >>> customers = pd.DataFrame({"n_order_days": [1, 3], "spend_mean": 9.0, "spend_total": [9.0, 27.0]})
    >>> names = ["month", "n_customers", "n_new", "n_orders", "spend_total"]
    >>> months = pd.DataFrame([["2024-01-01", 3, 3, 5, 45.0]], columns=names)
    >>> days = pd.date_range("2024-01-01", "2024-01-31")
    >>> [finding.name for finding in purchase_findings(customers, months, days, horizon_days=90)][:3]
    ['history_length', 'one_time_buyers', 'frequency_spend']
    """
    days = np.unique(np.asarray(order_days, dtype="datetime64[D]"))
    history_days = int((days[-1] - days[0]).astype(int)) + 1 if len(days) else 0
    complete = complete_months(months, days)
    return [
        history_length(history_days, horizon_days),
        one_time_buyers(customers["n_order_days"]),
        frequency_spend(customers["n_order_days"], customers["spend_mean"]),
        whales(customers["spend_total"]),
        calendar_gaps(days),
        *drifts(complete),
        acquisition(complete),
        seasonality(complete),
    ]


def one_time_buyers(n_order_days: npt.ArrayLike) -> Finding:
    """Return the share of buyers with a single order day.

    Examples
    --------
    >>> one_time_buyers([1, 1, 1, 2]).level, one_time_buyers([1, 1, 1, 2]).value
    ('warning', 0.75)
    """
    counts = np.asarray(n_order_days, dtype=float)
    buyers = counts[counts > 0]
    if not len(buyers):
        return Finding("one_time_buyers", "problem", None, "Nobody has bought anything yet.")
    share = float(np.mean(buyers == 1))
    level = level_of(share, 0.7, 1.0)
    text = f"{share:.0%} of {len(buyers):,} buyers bought on one day only. "
    remedy = {
        "ok": "Enough customers show a rhythm of buying.",
        "warning": "Their rhythm of buying is unknown: trust the ranking among them less, and compare with "
        "the recency rule. A longer history helps.",
        "problem": "Nobody has bought again, so neither return nor rhythm can be learned: use more history.",
    }
    return Finding("one_time_buyers", level, share, text + remedy[level])


def frequency_spend(n_order_days: npt.ArrayLike, spend_mean: npt.ArrayLike) -> Finding:
    """Return the rank correlation between how often and how much a repeat buyer spends per order.

    Gamma-Gamma assumes it to be zero: Fader, Hardie and Lee (2005), J. Marketing Research 42, 415. The 90 %
    interval is Fisher's, with the variance of Bonett and Wright (2000), Psychometrika 65, 23.

    Examples
    --------
    >>> frequency_spend([2, 3, 4, 5] * 5, [5.0, 7.0, 6.0, 8.0] * 5).level
    'problem'
    """
    counts, means = np.asarray(n_order_days, dtype=float), np.asarray(spend_mean, dtype=float)
    is_repeater = (counts > 1) & np.isfinite(means)
    counts, means = counts[is_repeater], means[is_repeater]
    if len(counts) < _LEAST_REPEATERS or np.ptp(counts) == 0 or np.ptp(means) == 0:
        text = f"{len(counts)} repeat buyers, too few or too alike to see whether frequent buyers spend more."
        return Finding("frequency_spend", "warning", None, text)
    found = float(spearmanr(counts, means).statistic)
    half = norm.ppf(0.95) * math.sqrt((1 + found**2 / 2) / (len(counts) - 3))
    centre = math.atanh(min(max(found, -1 + 1e-9), 1 - 1e-9))
    low, high = math.tanh(centre - half), math.tanh(centre + half)
    level = level_of(max(low, -high, 0.0), 0.1, 0.3)
    text = f"Frequency and order value of repeat buyers correlate by {found:.2f} ({low:.2f} to {high:.2f}). "
    remedy = (
        "Gamma-Gamma may be used."
        if level == "ok"
        else f"{'Frequent' if found > 0 else 'Rare'} buyers spend more per order, which Gamma-Gamma rules "
        "out: prefer the two-part model, and read Gamma-Gamma values as a baseline only."
    )
    return Finding("frequency_spend", level, found, text + remedy)


def whales(spend_total: npt.ArrayLike) -> Finding:
    """Return the share of all money that the top 1 % of customers bring; of fewer than 100, the largest one.

    Examples
    --------
    >>> whales([1.0] * 99 + [99.0]).value, whales([1.0] * 3 + [3.0]).value
    (0.5, 0.5)
    """
    totals = np.asarray(spend_total, dtype=float)
    totals = totals[np.isfinite(totals)]
    share = clv_metrics(totals, totals)["top_1_share"]
    if share is None:
        text = "Spend does not add up to more than zero. Check the sign of amounts and the refund policy."
        return Finding("whales", "problem", None, text)
    text = f"The top 1% of customers bring {share:.0%} of all money. "
    if len(totals) < _HUNDRED:
        share = float(totals.max() / totals.sum())
        text = f"The largest of {len(totals)} customers brings {share:.0%} of all money. "
    level = level_of(share, 0.2, 0.5)
    remedy = {
        "ok": "No single customer decides the totals.",
        "warning": "A few customers decide totals and errors: look at ranks beside money, and at intervals.",
        "problem": "Totals stand or fall with a few customers, perhaps resellers or test accounts: check "
        "them, and plan for them by hand.",
    }
    return Finding("whales", level, share, text + remedy[level])


def history_length(history_days: int, horizon_days: int) -> Finding:
    """Return how many horizons the history holds.

    Examples
    --------
    >>> history_length(365, 180).level, history_length(273, 273).level, history_length(90, 180).level
    ('ok', 'warning', 'problem')
    """
    ratio = history_days / horizon_days
    times = math.floor(10 * ratio) / 10
    text = f"The history of {history_days:,} days holds the horizon of {horizon_days:,} days {times} times. "
    if ratio >= 2:  # noqa: PLR2004 (one horizon to learn from, one to be judged on)
        return Finding("history_length", "ok", ratio, text + "Long enough to train and to judge.")
    half = history_days // 2
    if ratio >= 1:
        remedy = f"It must hold it twice: the backtest uses {half} days, the rest is extrapolated."
        return Finding("history_length", "warning", ratio, text + remedy)
    remedy = f"No such outcome was ever seen: ask for at most {half} days, or add history."
    return Finding("history_length", "problem", ratio, text + remedy)
