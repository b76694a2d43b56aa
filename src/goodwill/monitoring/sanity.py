"""Whether a model makes sense: what every fit should be asked before it is trusted.

The thresholds say when a person should look; they are conventions of this package, not estimates.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from goodwill.evaluation.assumptions import frequency_spend
from goodwill.evaluation.findings import Finding, level_of
from goodwill.monitoring.calibration import calibration_by, cohorts, deciles, stages
from goodwill.monitoring.levels import level_findings

_BINS, _LEAST = 10, 20


@dataclass(frozen=True)
class Sanity:
    """What was found about a fit.

    Parameters
    ----------
    findings : one per question, in the order in which a person should read them.
    calibration : by "decile of p_churn", "decile of clv", "cohort" and "stage": predicted beside actual.
    """

    findings: tuple[Finding, ...]
    calibration: Mapping[str, pd.DataFrame]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values: findings by name, tables as rows."""
        tables = {by: table.to_dict("records") for by, table in self.calibration.items()}
        return {"findings": {f.name: asdict(f) for f in self.findings}, "calibration": tables}


def sanity_report(
    X: pd.DataFrame,
    y: pd.DataFrame,
    scores: pd.DataFrame,
    *,
    windows: pd.DataFrame | None = None,
    currency: str = "",
    level: float = 0.8,
) -> Sanity:
    """Return what the predictions for a window that has passed say about the model that made them.

    Parameters
    ----------
    X, y, scores : (n, ...) features, labels and scores of the scored customers of one window, row by row.
    windows : the training windows, as `Snapshot.windows` or, with how far off predictions were in each,
        `windows_` of a predictor; what came true shows how stable they are.
    currency : of the money in the sentences.
    level : share of values that `clv_low` and `clv_high`, where they are told, were asked to hold.

    Examples
    --------
    >>> X = pd.DataFrame({"as_of": pd.Timestamp("2024-07-01"), "n_order_days": [1, 5] * 50})
    >>> X = X.assign(days_since_last_order=range(100), days_since_first_order=200, gap_mean_days=20.0)
    >>> X = X.assign(spend_mean=10.0)
    >>> y = pd.DataFrame({"churned": [True, False] * 50, "value": [0.0, 9.0] * 50})
    >>> report = sanity_report(X, y, pd.DataFrame({"p_churn": [0.9, 0.1] * 50, "clv": [1.0, 8.0] * 50}))
    >>> [finding.level for finding in report.findings[:1]]
    ['ok']
    """
    groups = {
        **{f"decile of {name}": deciles(scores[name]) for name in ("p_churn", "clv") if name in scores},
        "cohort": cohorts(X),
        "stage": stages(X),
    }
    tables = {by: calibration_by(of, scores, y) for by, of in groups.items() if of is not None}
    findings = [*ranking_findings(X, y, scores), *level_findings(tables, y, currency, level=level)]
    if windows is not None:
        findings += [stability(windows)]
    return Sanity(tuple(findings), tables)


def ranking_findings(X: pd.DataFrame, y: pd.DataFrame, scores: pd.DataFrame) -> list[Finding]:
    """Return whether the ranking obeys what every shop knows; nothing where there are no orders."""
    if "n_order_days" not in X or "spend_mean" not in X:
        return []
    rows = pd.DataFrame({
        "recency": deciles(-X["days_since_last_order"].astype(float)), "n": X["n_order_days"].to_numpy(),
        "spend": X["spend_mean"].to_numpy(float), "clv": scores["clv"].to_numpy(float),
        "value": y["value"].to_numpy(float),
    })  # fmt: skip
    rows = rows[rows["n"] > 0]
    return [one_time_above_repeaters(rows), more_spend_more_value(rows)]


def one_time_above_repeaters(rows: pd.DataFrame) -> Finding:
    """Return the share of one-time buyers whose group is put above the repeaters of the same recency.

    Parameters
    ----------
    rows : a row per customer with `recency` (a group of like days since the last order), `n` (order days),
        `clv` and `value` (what came true).

    Examples
    --------
    >>> rows = pd.DataFrame({"recency": 1, "n": [1, 2] * 20, "clv": [9.0, 2.0] * 20})
    >>> rows["value"] = 1.0
    >>> finding = one_time_above_repeaters(rows)
    >>> finding.level, finding.value
    ('problem', 1.0)
    """
    is_single = rows["n"] == 1
    one, more = (
        part.groupby("recency").agg(n=("n", "size"), clv=("clv", "mean"), value=("value", "mean"))
        for part in (rows[is_single], rows[~is_single])
    )
    both = one.join(more.add_suffix("_more"), how="inner")
    if both.empty:
        return Finding(
            "one_time_above_repeaters", "warning", None, "Buyers of one kind only: nothing to compare."
        )
    n, is_above = both["n"], both["clv"] > both["clv_more"]
    share = float(n[is_above].sum() / n.sum())
    too_much = ((both["clv"] - both["value"]) * n)[is_above].sum()
    text = f"{share:.0%} of the one-time buyers are put above the repeaters of the same recency"
    side = "above" if too_much > 0 else "below"
    told = f"; together they were predicted {abs(too_much):,.0f} {side} what came."
    rest = told if share > 0 else ", as expected."
    return Finding("one_time_above_repeaters", level_of(share, 0.1, 0.5), share, text + rest)


def more_spend_more_value(rows: pd.DataFrame) -> Finding:
    """Return how closely predicted value follows spend per order, among customers of like order counts.

    Parameters
    ----------
    rows : a row per customer with `n` (order days), `spend` (mean of an order), `clv` and `value`.

    Examples
    --------
    >>> rows = pd.DataFrame({"n": 2, "spend": range(30), "clv": range(30), "value": range(30)})
    >>> more_spend_more_value(rows).value
    1.0
    """
    alike = [part for _, part in rows.groupby(rows["n"].clip(upper=_BINS)) if len(part) >= _LEAST]
    parts = [part for part in alike if _varies(part)]
    if not parts:
        few = "Too few customers with as many orders: nothing to compare."
        text = "Spend hardly varies: nothing to compare." if alike else few
        return Finding("more_spend_more_value", "warning", None, text)
    weights = [len(part) for part in parts]
    said, true = (
        float(np.average([spearmanr(part["spend"], part[name]).statistic for part in parts], weights=weights))
        for name in ("clv", "value")
    )
    text = (
        f"Among customers with as many orders, rank correlation of spend per order with predicted value "
        f"{said:.2f}, with what came true {true:.2f}."
    )
    # A shop where spend tells nothing is no reproach to the model.
    return Finding("more_spend_more_value", level_of(true - said, 0.1, 0.3), said, text)


def stability(windows: pd.DataFrame, last: int = 3) -> Finding:
    """Return how far the value of a customer moved between the last windows of one horizon.

    Parameters
    ----------
    windows : `as_of`, `horizon_days`, `n_customers`, `churn_share` and `value_mean` of each window, and,
        where known, `clv_bias` and `log_loss` of what was predicted for it.
    last : how many are looked at.

    Examples
    --------
    >>> windows = pd.DataFrame({"as_of": [1, 2, 3], "horizon_days": 90, "value_mean": [10.0, 10.0, 15.0]})
    >>> finding = stability(windows.assign(churn_share=[0.5, 0.5, 0.3], n_customers=9))
    >>> finding.level, round(finding.value, 2)
    ('problem', 0.43)
    """
    same = windows[windows["horizon_days"] == windows["horizon_days"].max()].sort_values("as_of").tail(last)
    mean = float(same["value_mean"].mean())
    if len(same) < 2 or mean <= 0:  # noqa: PLR2004 - a move takes two
        return Finding("stability", "warning", None, "Too few windows of the longest horizon to compare.")
    move = float((same["value_mean"].max() - same["value_mean"].min()) / mean)
    churn = float(same["churn_share"].max() - same["churn_share"].min())
    text = (
        f"In the last {len(same)} windows of {int(same['horizon_days'].iloc[0])} days value per customer "
        f"moved by {move:.0%} of its mean, churn by {100 * churn:.0f} percentage points: expect totals to "
        "miss by as much."
    )
    return Finding("stability", level_of(move, 0.2, 0.4), move, text + _missed(same))


def _missed(same: pd.DataFrame) -> str:
    """Tell how far off predictions for customers not learned from were in these windows."""
    if not {"log_loss", "clv_bias"} <= set(same.columns) or same["clv_bias"].isna().any():
        return ""
    bias, loss = same["clv_bias"], same["log_loss"]
    return (
        f" There, predictions for customers not learned from were off by {bias.min():+.0%} to "
        f"{bias.max():+.0%} in total, with a log-loss of {loss.min():.3f} to {loss.max():.3f}."
    )


def assumption_costs(X: pd.DataFrame, report: Mapping[str, Mapping[str, Any]]) -> list[Finding]:
    """Return which assumption of the buy-till-you-die models fails, and what relying on them would cost.

    Parameters
    ----------
    X : features of the scored customers. report : metrics beside baselines, as `modeling.judging` gives them.

    Returns
    -------
    Whether frequent buyers spend as much an order as others, with the mean absolute error of value that the
    best of these models adds; empty where there are none.
    """
    clv = report["clv"]
    rivals = {name: m["mae"] for name, m in clv["baselines"].items() if name.endswith("_gg")}
    if not rivals or "n_order_days" not in X:
        return []
    found = frequency_spend(X["n_order_days"], X["spend_mean"])
    name = min(rivals, key=lambda key: rivals[key])
    cost = rivals[name] - clv["mae"]
    text = f"{found.text} Serving {name} instead would change the mean error of value by {cost:+z,.2f}."
    return [Finding("spend_independence", found.level, found.value, text)]


def _varies(part: pd.DataFrame) -> bool:
    return all(np.ptp(part[name]) > 0 for name in ("spend", "clv", "value"))
