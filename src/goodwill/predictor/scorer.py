"""From completed rows to scores: predictions, intervals, lifetimes, segments and classes, block by block."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.arguments import ensure_numbers, ensure_whole
from goodwill.errors import UsageError
from goodwill.features.columns import Columns, Table, index_of
from goodwill.modeling.blend import Predicted
from goodwill.modeling.intervals import ensure_covered
from goodwill.modeling.lifetime import lifetime_value
from goodwill.modeling.reasons import ReasonRule, reason_columns
from goodwill.modeling.totals import Spread
from goodwill.predictor.blocks import in_blocks
from goodwill.predictor.classes import at_horizon, with_classes
from goodwill.predictor.inputs import KEYS
from goodwill.predictor.parts import Parts
from goodwill.value.rules import NOT_COMPUTABLE

F = NDArray[np.float64]
LONGEST_LIFE = 100
PREDICTED = ("p_churn", "clv", "clv_low", "clv_high", "clv_if_active", "clv_lifetime", "value_at_risk")


@dataclass(frozen=True)
class Scorer:
    """The fitted parts of a predictor, and the settings that scores follow.

    Parameters
    ----------
    parts : what was fitted.
    level : share of customers whose realised value the interval should hold.
    lifetime_years, annual_discount_rate : as `lifetime_value` takes them.
    """

    parts: Parts
    level: float
    lifetime_years: float
    annual_discount_rate: float

    def __post_init__(self) -> None:
        ensure_settings(self.level, self.lifetime_years, self.annual_discount_rate)

    def told(self, X: Table, rule: ReasonRule | None) -> tuple[pd.DataFrame, Spread]:
        """Return `scores` with the index of X, and the reasons that `rule` asks for beside them."""
        sent = Columns.of(X)
        known = self.parts.inputs.completed(sent)
        scores, spread = self._scores(sent, known)
        found = scores.frame()
        if rule is not None and rule.mode != "off":
            found = found.join(self._reasons(known, rule).reindex(found.index, fill_value=NOT_COMPUTABLE))
        return found.set_axis(index_of(X)), spread

    def _reasons(self, known: Columns, rule: ReasonRule) -> pd.DataFrame:
        """Return the reasons of scored rows, indexed by their places."""
        is_scored = known["status"] == "scored"
        scored = known.part(is_scored).frame().set_axis(np.flatnonzero(is_scored))
        rule = replace(rule, industry=self.parts.class_limits.rules.industry)
        return reason_columns(self.parts.model, scored, rule)

    def scores(self, X: Table) -> tuple[Columns, Spread]:
        """Return keys, predictions, segments and classes, days as they were sent, and their spread (n,)."""
        sent = Columns.of(X)
        return self._scores(sent, self.parts.inputs.completed(sent))

    def _scores(self, sent: Columns, known: Columns) -> tuple[Columns, Spread]:
        scores, spread = self._unclassed(known)
        judged = at_horizon(known, scores, self.parts.inputs, self._said)
        classed = with_classes(scores, judged, self.parts.class_limits)
        return classed.having({"as_of": sent.get("as_of", known["as_of"])}), spread

    def _unclassed(self, known: Columns) -> tuple[Columns, Spread]:
        """Return keys, predictions and segments of all rows, and how their values are spread."""
        is_scored = known["status"] == "scored"
        values = np.full((len(known), len(PREDICTED) + 3), np.nan)
        segments = np.full(len(known), NOT_COMPUTABLE, dtype=object)
        if is_scored.any():
            rows = known if is_scored.all() else known.part(is_scored)
            found, names = zip(*in_blocks(self._predicted, rows), strict=True)
            values[is_scored], segments[is_scored] = np.concatenate(found), np.concatenate(names)
        *predicted, variance, p_nothing, loss = values.T
        told = {name: known[name] for name in KEYS} | dict(zip(PREDICTED, predicted, strict=True))
        return Columns({**told, "segment": segments}, len(known)), Spread(variance, p_nothing, loss)

    def _said(self, X: Table) -> tuple[F, F]:
        said = self.parts.model.predict(X)
        return said.p_churn, said.clv

    def _predicted(self, X: Columns) -> tuple[F, NDArray[np.object_]]:
        """Return the columns PREDICTED and the spread (n, 10), and the segment (n,), of scored rows."""
        said, half = self.parts.model.predict_over(X, [1.0, 0.5])
        low, high, spread = self.parts.intervals.bounds_and_spread(X, said, self.level)
        at_risk = said.p_churn * (said.clv_if_active - said.clv_if_churned)
        lifetime = self._lifetime(X, half, said)
        columns = (said.p_churn, said.clv, low, high, said.clv_if_active, lifetime, at_risk)
        told = (*columns, spread.variance, spread.p_nothing, spread.loss)
        return np.column_stack(told), self.parts.segmenter.assign(X)

    def _lifetime(self, X: Columns, half: Predicted, said: Predicted) -> F:
        """Return the value expected over a lifetime (n,): of single contracts renewal by renewal."""
        model, years, rate = self.parts.model, self.lifetime_years, self.annual_discount_rate
        # What comes back of earlier orders does so once, soon, and tells nothing of how value decays.
        at_first, once = model.sent_back(X, half.p_churn, 0.5), model.sent_back(X, said.p_churn, 1.0)
        carried_on = once + lifetime_value(
            half.clv - at_first,
            said.clv - once,
            model.lasting(X),
            lifetime_years=years,
            annual_discount_rate=rate,
            dropping_out=model.dropping_out(X, years=years, annual_discount_rate=rate),
        )
        beyond = model.beyond(X, said.p_churn, years=years, annual_discount_rate=rate)
        return carried_on if beyond is None else np.where(np.isnan(beyond), carried_on, said.clv + beyond)


def ensure_settings(level: float, lifetime_years: float, annual_discount_rate: float, seed: int = 0) -> None:
    """Raise UsageError where a setting of the scores is impossible, before anything is fitted.

    Examples
    --------
    >>> ensure_settings(level=80, lifetime_years=5.0, annual_discount_rate=0.1)
    Traceback (most recent call last):
        ...
    goodwill.errors.UsageError: level: 80 is outside 0.5 to 0.99. Choose for example 0.8.
    """
    ensure_numbers(level=level, lifetime_years=lifetime_years, annual_discount_rate=annual_discount_rate)
    ensure_whole(0, seed=seed)
    ensure_covered(level)
    if not 0 < lifetime_years <= LONGEST_LIFE:
        raise UsageError(
            f"lifetime_years: {lifetime_years} is not above 0 and at most {LONGEST_LIFE}, such as 5."
        )
    if not annual_discount_rate >= 0:
        raise UsageError(f"annual_discount_rate: {annual_discount_rate} is not 0 or more, such as 0.1.")
