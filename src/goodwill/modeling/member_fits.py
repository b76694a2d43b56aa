"""How the members of the customer value model are fitted on past windows, and how much each should count."""

import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.modeling.blend import Blend, Rows
from goodwill.modeling.boosting import Booster, Objective, Plan
from goodwill.modeling.lessons import Examples, Lesson, Reader, Target, Teaching
from goodwill.modeling.linear import BoundedLinear
from goodwill.modeling.out_of_sample import drawn_rows
from goodwill.modeling.outcomes import capped_value, chosen, mean_log_loss, weights_of
from goodwill.modeling.penalised import gamma
from goodwill.modeling.stacking import apart, stacked

F = NDArray[np.float64]
MAX_LINEAR_ROWS = 60_000
_WORSE = 1.08
_FEWEST = 50


@dataclass(frozen=True)
class MemberFits:
    """Rows of past windows, and how members learn from them.

    Parameters
    ----------
    X, y : features and labels.
    rows : what the members read of X.
    sign : 1 where a longer horizon makes activity likelier, -1 where it does not.
    parameters : XGBoost parameters over the defaults.
    seed : same data and seed, same members.
    """

    X: pd.DataFrame
    y: pd.DataFrame
    rows: Rows
    sign: int
    parameters: Mapping[str, float]
    seed: int

    @property
    def active_share(self) -> float:
        """Share of the rows that were active."""
        return float(np.average(self._is_active, weights=self._weight))

    def linear(self) -> BoundedLinear:
        """Return a logistic regression of being active."""
        return self._linear(drawn_rows(len(self.X), MAX_LINEAR_ROWS, self.seed))

    def spend_linear(self) -> BoundedLinear | None:
        """Return a log-linear regression of the value of the active; None without a history of orders."""
        # Logs and ratios of a history extrapolate; other columns may be anything.
        if "log_idle" not in self._plain:
            return None
        active = np.flatnonzero(self._is_active)
        drawn = active[drawn_rows(len(active), MAX_LINEAR_ROWS, self.seed)]
        signs, weight = _signs(self._plain, 1), chosen(self._weight, drawn)
        return BoundedLinear.fit(
            self._plain.iloc[drawn], self._value[drawn], signs, loss=gamma, weight=weight
        )

    def trusts_expected(self, linear: BoundedLinear) -> bool:
        """Return whether a buy-till-you-die model is nearly as good as `linear` on the newer windows."""
        expected = self.rows.start("active_logit")
        if expected is None:
            return False
        is_new = (self.X["as_of"] >= self.X["as_of"].median()).to_numpy()
        own, rival = (
            mean_log_loss(logit[is_new], self._is_active[is_new], chosen(self._weight, is_new))
            for logit in (expected, linear.margin(self._full))
        )
        return own <= _WORSE * rival

    def boosters(self, starts: Mapping[str, F | None]) -> dict[str, Booster]:
        """Return the trees by name; those of `spend` (of the active) and `value` go on from `starts`."""
        lessons, examples = self._lessons, self._examples(starts)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return dict(zip(lessons, pool.map(examples.booster, lessons.values()), strict=True))

    def teaching(self, reader: Reader) -> Teaching:
        """Return what `boosters` fits, to be fitted to other rows that `reader` makes columns of."""
        examples, constants = self._examples(reader.starts(self.rows)), dict[str, float | None]()
        for name, lesson in self._lessons.items():
            taught = examples.of(lesson)
            is_own = taught.start is not None
            constants[name] = None if is_own else lesson.plan.constant(taught.y, taught.weight)
        return Teaching(self._lessons, constants, float(self._value.max()), reader)

    def stacked(self, usual: Blend) -> Blend:
        """Return the blend, near the usual one, that predicts customers whom its members did not know."""
        seen, held = apart(self.X, self.seed)
        if min(_rarer(self._is_active[seen]), _rarer(self._is_active[held])) < _FEWEST:
            return usual
        plain, full = (
            self._churn(design, seen).margin(design.iloc[held]) for design in (self._plain, self._full)
        )
        linear = self._linear(seen).margin(self._full.iloc[held])
        expected = chosen(self.rows.start("active_logit"), held)
        logits = [(plain + full) / 2, linear, *([] if expected is None else [expected])]
        found = stacked(
            usual.weights[: len(logits)],
            np.column_stack(logits),
            self._is_active[held].astype(float),
            n_customers=self.X["customer_id"].iloc[held].nunique(),
            weight=chosen(self._weight, held),
        )
        return usual.weighing(found)

    def _churn(self, design: pd.DataFrame, seen: NDArray[np.intp]) -> Booster:
        plan = Plan("binary:logistic", self.parameters, _signs(design, self.sign), self.seed)
        active, weight = self._is_active[seen].astype(float), chosen(self._weight, seen)
        return plan.fit(design.iloc[seen], active, weight=weight)

    def _linear(self, seen: NDArray[np.intp]) -> BoundedLinear:
        full, weight = self._full, chosen(self._weight, seen)
        active = self._is_active[seen].astype(float)
        return BoundedLinear.fit(full.iloc[seen], active, _signs(full, self.sign), weight=weight)

    @property
    def _lessons(self) -> dict[str, Lesson]:
        plain, full = self.rows.plain.names, self.rows.full.names

        def lesson(objective: Objective, target: Target, names: tuple[str, ...], sign: int) -> Lesson:
            plan = Plan(objective, self.parameters, _signs(names, sign), self.seed)
            return Lesson(plan, names, target)

        return {
            "active_plain": lesson("binary:logistic", "active", plain, self.sign),
            "active_full": lesson("binary:logistic", "active", full, self.sign),
            "spend": lesson("reg:gamma", "spend", plain, 1),
            "value": lesson("reg:tweedie", "value", plain, 1),
        }

    def _examples(self, starts: Mapping[str, F | None]) -> Examples:
        return Examples(self.rows.full, self._is_active, self._value, starts, self._weight)

    @cached_property
    def _plain(self) -> pd.DataFrame:
        return self.rows.plain.frame()

    @cached_property
    def _full(self) -> pd.DataFrame:
        return self.rows.full.frame()

    @cached_property
    def _is_active(self) -> NDArray[np.bool_]:
        return ~self.y["churned"].to_numpy(bool)

    @cached_property
    def _value(self) -> F:
        return capped_value(self.y)

    @cached_property
    def _weight(self) -> F | None:
        return weights_of(self.y)


def _signs(names: Iterable[object], sign: int) -> dict[str, int]:
    return {str(name): sign for name in names if str(name).startswith("h_")}


def _rarer(is_active: NDArray[np.bool_]) -> int:
    return int(min(is_active.sum(), (~is_active).sum()))
