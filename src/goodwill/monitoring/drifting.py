"""Drift as evidence: which scores and features have moved beyond chance and limits."""

import pandas as pd

from goodwill.monitoring.verdict import Evidence


def drift_evidence(moved: pd.DataFrame) -> list[Evidence]:
    """Return evidence for each column that has moved, or lacks more values than it did.

    A population that has moved may be served as well as ever: it is a reason to watch. Values that go missing
    are a reason to look at the data.

    Parameters
    ----------
    moved : as `goodwill.evaluation.drift.drift` returns it.

    Examples
    --------
    >>> columns = ["column", "psi", "psi_limit", "distance", "missing_share_then", "missing_share"]
    >>> one = pd.DataFrame([["n_orders", 0.4, 0.2, 0.3, 0.0, 0.0]], columns=columns)
    >>> [found.name for found in drift_evidence(one.assign(is_drifted=True, is_missing_more=False))]
    ['psi:n_orders']
    """
    evidence = []
    for row in moved.to_dict("records"):
        name = row["column"]
        if row["is_drifted"]:
            value, limit = float(row["psi"]), float(row["psi_limit"])
            text = f"{name} has moved: stability index {value:.2f}, distance {row['distance']:.2f}."
            evidence.append(Evidence("drift", f"psi:{name}", value, limit, is_alarm=True, text=text))
        if row["is_missing_more"]:
            now, then = float(row["missing_share"]), float(row["missing_share_then"])
            text = f"{name} is missing for {now:.1%} of customers; in training for {then:.1%}."
            evidence.append(Evidence("data", f"missing:{name}", now, then, is_alarm=True, text=text))
    return evidence


def class_evidence(moved: pd.DataFrame, since: str) -> list[Evidence]:
    """Return evidence for each kind of class whose sizes have moved between two scorings.

    Parameters
    ----------
    moved : as `goodwill.evaluation.drift.drift` returns it, of the classes of the later scoring.
    since : the day of the earlier one.
    """
    return [
        Evidence(
            "drift",
            f"classes:{row['column']}",
            float(row["psi"]),
            float(row["psi_limit"]),
            is_alarm=True,
            text=f"The sizes of the {row['column']} classes have moved since {since}: stability index "
            f"{row['psi']:.2f}.",
        )
        for row in moved.to_dict("records")
        if row["is_drifted"]
    ]
