"""Where predicted levels of churn and value are off: by decile, cohort and stage."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.evaluation.findings import Finding, level_of
from goodwill.evaluation.tables import wilson
from goodwill.monitoring.calibration import large


def level_findings(tables: Mapping[str, pd.DataFrame], y: pd.DataFrame, currency: str = "") -> list[Finding]:
    """Return, for each grouping, the group that is predicted worst, churn first, then value.

    Parameters
    ----------
    tables : by "decile of p_churn", "decile of clv", "cohort" and "stage", as `calibration_by` returns them.
    y : (n, ...) with `value`. currency : of the money in the sentences.

    Examples
    --------
    >>> table = pd.DataFrame({"group": ["new"], "n_customers": 100, "p_churn_mean": 0.5})
    >>> table = table.assign(churned_share=0.2, clv_total=50.0, value_total=80.0)
    >>> found = level_findings({"stage": table}, pd.DataFrame({"value": [80.0]}), "EUR")
    >>> [(finding.name, finding.level, round(finding.value, 3)) for finding in found]
    [('churn_by_stage', 'problem', 0.3), ('value_by_stage', 'problem', 0.375)]
    """
    churn = [_worst_churn(by, tables[by]) for by in ("decile of p_churn", "cohort", "stage") if by in tables]
    total = float(np.abs(y["value"]).sum())
    money = [
        _worst_value(by, tables[by], total, currency)
        for by in ("decile of clv", "cohort", "stage")
        if by in tables
    ]
    return [*churn, *money]


def _worst_churn(by: str, table: pd.DataFrame) -> Finding:
    """Return the largest gap between predicted and actual churn that chance does not explain."""
    name, judged = f"churn_by_{by.split(maxsplit=1)[0]}", large(table)
    if judged.empty:
        return Finding(name, "warning", None, f"No {by} holds enough customers to be judged.")
    is_off = _beyond_chance(judged)
    gap = (judged["p_churn_mean"] - judged["churned_share"]).where(is_off, 0.0)
    worst = judged.astype(object).iloc[int(np.argmax(gap.abs()))]
    size = float(gap.abs().max())
    if size == 0:
        return Finding(name, "ok", 0.0, f"Churn by {by}: every group is as predicted, within chance.")
    text = (
        f"Churn by {by}: {int(is_off.sum())} of {len(judged)} groups are off beyond chance; worst "
        f"group: {worst['group']} (predicted {worst['p_churn_mean']:.0%}, came {worst['churned_share']:.0%} "
        f"of {int(worst['n_customers']):,})."
    )
    return Finding(name, level_of(size, 0.05, 0.1), size, text)


def _beyond_chance(judged: pd.DataFrame) -> NDArray[np.bool_]:
    """Say of which groups the prediction lies outside the 90 % interval, taken of all groups at once."""
    level = 1 - 0.1 / len(judged)
    bands = [
        wilson(np.array([share]), n, level)
        for share, n in zip(judged["churned_share"], judged["n_customers"], strict=True)
    ]
    low, high = (np.array([band[side][0] for band in bands]) for side in (0, 1))
    said = judged["p_churn_mean"].to_numpy(float)
    return (said < low) | (said > high)


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
