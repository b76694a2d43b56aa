"""Whether the config's horizon and active days fit the silence after which buyers seldom come back."""

from collections.abc import Mapping

import pandas as pd

from goodwill.evaluation.findings import Finding
from goodwill.evaluation.inactivity import DAYS, LEAST_SILENCES, InactivityRule, propose_from_silences

MOST_FALSE = 0.1


def follow_up(history_days: int, horizon_days: int) -> int:
    """Return how long a return is waited for: the horizon, or half of a history that does not hold it twice.

    Examples
    --------
    >>> follow_up(730, 180), follow_up(273, 273)
    (180, 136)
    """
    return max(1, min(horizon_days, history_days // 2))


def inactivity_rule(
    silences: pd.DataFrame, horizon_days: int, active_days: int | None, follow_up_days: int
) -> InactivityRule:
    """Return the silence proposed, and the table of the usual ones and of those that the config names."""
    named = {horizon_days, *([] if active_days is None else [active_days])}
    days = tuple(sorted({*DAYS, *named}))
    return propose_from_silences(
        silences, days=days, max_false_churn=MOST_FALSE, follow_up_days=follow_up_days
    )


def inactivity(
    rule: InactivityRule, horizon_days: int, active_days: int | None, follow_up_days: int
) -> Finding:
    """Return after which silence a buyer may be called lost, and what that says of the config.

    Parameters
    ----------
    rule : as `inactivity_rule` returns it for the same days.

    Examples
    --------
    >>> rows = pd.DataFrame({"days": [20, 70, 300], "has_ended": [True, True, False], "n": [900, 60, 200]})
    >>> found = inactivity(inactivity_rule(rows, 60, None, 60), 60, None, 60)
    >>> found.level, found.value
    ('warning', 75.0)
    """
    if not rule.has_returns:
        return Finding("inactivity", "warning", None, rule.why_none)
    known = rule.table[rule.table["n_followed"] >= LEAST_SILENCES]
    rates = dict(zip(known["days"].astype(int), known["false_churn_rate"].astype(float), strict=True))
    undone, cut = rates.get(horizon_days), None if active_days is None else rates.get(active_days)
    proposed = _proposed(rule, rates, follow_up_days)
    parts = [proposed, _of_the_horizon(undone, horizon_days), _of_active_days(cut, rule.days, active_days)]
    is_off = rule.days is None or any(rate is not None and rate > MOST_FALSE for rate in (undone, cut))
    value = None if rule.days is None else float(rule.days)
    return Finding("inactivity", "warning" if is_off else "ok", value, " ".join(filter(None, parts)))


def _proposed(rule: InactivityRule, rates: Mapping[int, float], ahead: int) -> str:
    if rule.days is None and not rates:
        return rule.why_none
    days = min(rates, key=rates.__getitem__) if rule.days is None else rule.days
    told = f"Of buyers silent for {days} days {rates[days]:.0%} came back within {ahead} days: "
    if rule.days is None:
        return f"{told}after none that the history can judge may a buyer be called lost."
    return f"{told}from then on a buyer may be called lost."


def _of_the_horizon(undone: float | None, days: int) -> str:
    if undone is None:
        return f"How many come back after a silence of {days} days, the horizon, the history cannot tell."
    told = f"Of those silent for {days} days, the horizon, {undone:.0%} came back all the same"
    return f"{told}{': a longer horizon calls fewer of them churned.' if undone > MOST_FALSE else '.'}"


def _of_active_days(cut: float | None, proposed: int | None, active_days: int | None) -> str:
    if active_days is None:
        told = "snapshot.active_days is not set: those silent for longer are scored too."
        return "" if proposed is None else told
    if cut is None:
        return f"How many come back after snapshot.active_days, {active_days} days, the history cannot tell."
    told = (
        f"Of those whom snapshot.active_days leaves out, silent for {active_days} days, {cut:.0%} came back"
    )
    return f"{told}{': more days keep them.' if cut > MOST_FALSE else '.'}"
