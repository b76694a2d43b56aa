"""What a report is made of: scores and the small results that other jobs left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

Json = Mapping[str, Any]  # JSON


@dataclass(frozen=True)
class Material:
    """Everything a report may tell; what is absent is left out of it.

    Parameters
    ----------
    name, currency, language : of the config; language is "en" or "zh".
    level : share of customers an interval should hold, and the level of the ranges of totals.
    scores : a row per customer and horizon, as `goodwill score` writes them.
    totals : of everybody and of groups, with their ranges: horizon_days, by, group, total_low, total_high.
    earlier : the scores of the last day before that of `scores`, for who moved.
    metrics : in the layout of `metrics.json`.
    evidence : small frames by name that training left: calibration, gains, deciles, cohorts, segments.
    findings : other results by name: check, survey, plan, effects, monitor, drivers, and
        `classes`, what the scoring told of value classes.
    carried : columns of the scores to compare groups by, such as branch_id.
    class_names, strategies : by dimension and code, where the classes have names or strategies of their own.
    industry : whose terms the page speaks in: retail, bank or subscription.
    facts : where all of this comes from, for the last chapter.
    doubts : what does not belong together: `scored_by`, the version that made the scores, where the training
        told of is another version's; `other_currency`, that of training or scores where it is not `currency`.
    identifiers : whether customers may be named.
    has_customers : False where there is only a survey or a campaign: then no scores are missed.

    Examples
    --------
    >>> Material("shop", scores=pd.DataFrame({"clv": [1.0]})).has_scores("clv")
    True
    """

    name: str
    currency: str = "USD"
    language: str = "en"
    level: float = 0.8
    scores: pd.DataFrame | None = None
    earlier: pd.DataFrame | None = None
    totals: pd.DataFrame = field(default_factory=pd.DataFrame)
    metrics: Json = field(default_factory=dict)
    evidence: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    findings: Mapping[str, Json] = field(default_factory=dict)
    carried: Sequence[str] = ()
    class_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    strategies: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    industry: str = "retail"
    facts: Json = field(default_factory=dict)
    doubts: Mapping[str, str] = field(default_factory=dict)
    identifiers: bool = False
    has_customers: bool = True

    def has_scores(self, *columns: str) -> bool:
        """Return whether there are scores with all of these columns."""
        return self.scores is not None and len(self.scores) > 0 and set(columns) <= set(self.scores.columns)

    @property
    def scored(self) -> pd.DataFrame:
        """The customers with predictions, over the shortest horizon that was scored; may be empty."""
        return scored_part(self.scores)

    @property
    def scored_earlier(self) -> pd.DataFrame:
        """The same of the earlier day."""
        return scored_part(self.earlier)

    def ranges(self, by: str) -> pd.DataFrame:
        """Return the range of the total of each group, over the horizon told of: total_low, total_high."""
        if self.totals.empty:
            return pd.DataFrame(columns=["total_low", "total_high"], dtype=float)
        horizons = self.scored["horizon_days"].dropna()
        rows = self.totals[(self.totals["by"] == by) & self.totals["horizon_days"].isin(horizons[:1])]
        return rows.set_index("group")[["total_low", "total_high"]]

    @property
    def as_of(self) -> date | None:
        """The day the scores look from; None of a ready-made table."""
        if not self.has_scores("as_of"):
            return None
        moment = self.scored["as_of"].iloc[0] if len(self.scored) else pd.NaT
        return None if pd.isna(moment) else pd.Timestamp(moment).date()


def scored_part(scores: pd.DataFrame | None) -> pd.DataFrame:
    """Return the rows with predictions over the shortest horizon: those of several overlap in time."""
    if scores is None:
        return pd.DataFrame()
    rows = scores[scores["status"] == "scored"] if "status" in scores else scores
    horizons = rows["horizon_days"].dropna() if "horizon_days" in rows else pd.Series(dtype=float)
    is_one = horizons.empty or horizons.min() == horizons.max()
    return rows if is_one else rows[rows["horizon_days"] == horizons.min()]
