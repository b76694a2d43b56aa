"""Where predicted levels of churn and value are off, and where intervals hold too little."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from goodwill.evaluation.findings import Finding, level_of
from goodwill.evaluation.tables import wilson
from goodwill.monitoring.calibration import large

_GROUPINGS = ("decile of p_churn", "decile of clv", "cohort", "stage", "column")


def level_findings(
    tables: Mapping[str, pd.DataFrame], y: pd.DataFrame, currency: str = "", *, level: float = 0.8
) -> list[Finding]:
    """Return, for each grouping, the group that is predicted worst: churn, then value, then intervals.

    Parameters
    ----------
    tables : by "decile of p_churn", "decile of clv", "cohort", "stage" and "column" (where a customer is in a
        group per column), as `calibration_by` returns them.
    y : (n, ...) with `value` where it is predicted. currency : of the money in the sentences.
    level : share of values that the intervals were asked to hold.

    Examples
    --------
    >>> table = pd.DataFrame({"group": ["new"], "n_customers": 100, "p_churn_mean": 0.5})
    >>> table = table.assign(churned_share=0.2, clv_total=50.0, value_total=80.0)
    >>> found = level_findings({"stage": table}, pd.DataFrame({"value": [80.0]}), "EUR")
    >>> [(finding.name, finding.level, round(finding.value, 3)) for finding in found]
    [('churn_by_stage', 'problem', 0.3), ('value_by_stage', 'problem', 0.375)]
    """
    churn = [_worst_churn(by, tables[by]) for by in _told("churned_share", tables) if by != "decile of clv"]
    money = [
        _worst_value(by, tables[by], _total(by, tables[by], y["value"]), currency)
        for by in _told("clv_total", tables)
        if by != "decile of p_churn"
    ]
    held = [
        _worst_interval(by, tables[by], level)
        for by in _told("covered_share", tables)
        if by not in {"decile of p_churn", "cohort"}
    ]
    return [*churn, *money, *held]


def _told(column: str, tables: Mapping[str, pd.DataFrame]) -> list[str]:
    return [by for by in _GROUPINGS if by in tables and column in tables[by]]


def _total(by: str, table: pd.DataFrame, value: "pd.Series[float]") -> float:
    """Return all value, once for each group that a customer is in."""
    n_times = float(table["n_customers"].sum() / len(value)) if by == "column" else 1.0
    return float(np.abs(value).sum()) * n_times


def _worst_churn(by: str, table: pd.DataFrame) -> Finding:
    """Return the largest gap between predicted and actual churn that chance does not explain."""
    name, judged = f"churn_by_{by.split(maxsplit=1)[0]}", large(table)
    if judged.empty:
        return _unjudged(name, by)
    gap = _gap_beyond_chance(judged, "churned_share", "p_churn_mean")
    worst = judged.astype(object).iloc[int(np.argmax(gap.abs()))]
    size = float(gap.abs().max())
    if size == 0:
        return Finding(name, "ok", 0.0, f"Churn by {by}: every group is as predicted, within chance.")
    text = (
        f"Churn by {by}: {int((gap != 0).sum())} of {len(judged)} groups are off beyond chance; worst "
        f"group: {worst['group']} (predicted {worst['p_churn_mean']:.0%}, came {worst['churned_share']:.0%} "
        f"of {int(worst['n_customers']):,})."
    )
    return Finding(name, level_of(size, 0.05, 0.1), size, text)


def _unjudged(name: str, by: str) -> Finding:
    return Finding(name, "warning", None, f"No {by} holds enough customers to be judged.")


def _gap_beyond_chance(judged: pd.DataFrame, came: str, said: str) -> pd.Series:
    """Return by how much what was said lies above what came, 0 within the 90 % interval of all at once."""
    share, told, n_customers = judged[came], judged[said], judged["n_customers"]
    level = 1 - 0.1 / len(share)
    bands = [wilson(np.array([part]), n, level) for part, n in zip(share, n_customers, strict=True)]
    low, high = (np.array([band[side][0] for band in bands]) for side in (0, 1))
    return (told - share).where((told < low) | (told > high), 0.0)


def _worst_value(by: str, table: pd.DataFrame, total: float, currency: str) -> Finding:
    """Return the group whose predicted total is off by most money, as a share of all value."""
    name, judged = f"value_by_{by.split(maxsplit=1)[0]}", large(table)
    if judged.empty or total <= 0:
        return Finding(name, "warning", None, f"No {by} holds enough customers or value to be judged.")
    gap = judged["clv_total"] - judged["value_total"]
    worst, missed = judged.astype(object).iloc[int(np.argmax(gap.abs()))], float(gap.abs().sum() / total)
    text = (
        f"Value by {by}: group totals are off by {missed:.0%} of all value in sum; worst group: "
        f"{worst['group']} (predicted {worst['clv_total']:z,.0f} {currency}, "
        f"came {worst['value_total']:z,.0f})."
    )
    return Finding(name, level_of(missed, 0.15, 0.3), missed, text.replace("  ", " ").replace(" ,", ","))


def _worst_interval(by: str, table: pd.DataFrame, level: float) -> Finding:
    """Return the group whose intervals hold least of what they should, beyond chance.

    An interval that holds 0 holds every value of nothing, so that where more than the level bring nothing,
    more is asked of it.
    """
    name, judged = f"intervals_by_{by.split(maxsplit=1)[0]}", large(table)
    if judged.empty:
        return _unjudged(name, by)
    judged = judged.assign(asked=judged["nothing_share"].clip(lower=level))
    short = _gap_beyond_chance(judged, "covered_share", "asked").clip(lower=0.0)
    worst, size = judged.astype(object).iloc[int(np.argmax(short))], float(short.max())
    if size == 0:
        return Finding(name, "ok", 0.0, f"Intervals by {by}: every group holds what it says, within chance.")
    text = (
        f"Intervals by {by}: {int((short > 0).sum())} of {len(judged)} groups hold too little beyond chance; "
        f"worst group: {worst['group']} (asked {worst['asked']:.0%}, held "
        f"{worst['covered_share']:.0%} of {int(worst['n_customers']):,})."
    )
    return Finding(name, level_of(size, 0.05, 0.15), size, text)
