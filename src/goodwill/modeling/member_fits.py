"""How the trees of the customer value model are fitted on past windows, and how much each member counts."""

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from goodwill.modeling.blend import Blend
from goodwill.modeling.boosting import Booster, Objective, Plan
from goodwill.modeling.lessons import Examples, Lesson, Reader, Target, Teaching
from goodwill.modeling.outcomes import chosen
from goodwill.modeling.stacking import stacked
from goodwill.modeling.steady_fits import SteadyFits, signs_of

F = NDArray[np.float64]
_FEWEST = 50


@dataclass(frozen=True)
class MemberFits:
    """Trees beside members that are there before them.

    Parameters
    ----------
    steady : the rows, and what was fitted of them without trees.
    parameters : XGBoost parameters over the defaults.
    """

    steady: SteadyFits
    parameters: Mapping[str, float]

    def boosters(self, starts: Mapping[str, F | None]) -> dict[str, Booster]:
        """Return the trees by name; those of `spend` (of the active) and `value` go on from `starts`."""
        lessons, examples = self._lessons, self._examples(starts)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return dict(zip(lessons, pool.map(examples.booster, lessons.values()), strict=True))

    def teaching(self, reader: Reader) -> Teaching:
        """Return what `boosters` fits, to be fitted to other rows that `reader` makes columns of."""
        examples, constants = self._examples(reader.starts(self.steady.rows)), dict[str, float | None]()
        for name, lesson in self._lessons.items():
            taught = examples.of(lesson)
            is_own = taught.start is not None
            constants[name] = None if is_own else lesson.plan.constant(taught.y, taught.weight)
        return Teaching(self._lessons, constants, float(self.steady.value.max()), reader)

    def stacked(self) -> Blend:
        """Return the blend, near the usual one, that predicts customers whom its members did not know."""
        steady, (seen, held) = self.steady, self.steady.apart
        usual = Blend.usual(steady.n_customers, trusts_expected=steady.trusts_expected)
        if min(_rarer(steady.is_active[seen]), _rarer(steady.is_active[held])) < _FEWEST:
            return usual
        plain, full = (
            self._churn(design, seen).margin(design.iloc[held]) for design in (steady.plain, steady.full)
        )
        expected = chosen(steady.rows.start("active_logit"), held)
        logits = [(plain + full) / 2, steady.linear_apart, *([] if expected is None else [expected])]
        found = stacked(
            usual.weights[: len(logits)],
            np.column_stack(logits),
            steady.is_active[held].astype(float),
            n_customers=steady.X["customer_id"].iloc[held].nunique(),
            weight=chosen(steady.weight, held),
        )
        return usual.weighing(found)

    def _churn(self, design: pd.DataFrame, seen: NDArray[np.intp]) -> Booster:
        steady = self.steady
        plan = Plan("binary:logistic", self.parameters, signs_of(design, steady.sign), steady.seed)
        active, weight = steady.is_active[seen].astype(float), chosen(steady.weight, seen)
        return plan.fit(design.iloc[seen], active, weight=weight)

    @property
    def _lessons(self) -> dict[str, Lesson]:
        steady = self.steady
        plain, full = steady.rows.plain.names, steady.rows.full.names

        def lesson(objective: Objective, target: Target, names: tuple[str, ...], sign: int) -> Lesson:
            plan = Plan(objective, self.parameters, signs_of(names, sign), steady.seed)
            return Lesson(plan, names, target)

        return {
            "active_plain": lesson("binary:logistic", "active", plain, steady.sign),
            "active_full": lesson("binary:logistic", "active", full, steady.sign),
            "spend": lesson("reg:gamma", "spend", full, 1),
            "value": lesson("reg:tweedie", "value", plain, 1),
        }

    def _examples(self, starts: Mapping[str, F | None]) -> Examples:
        steady = self.steady
        return Examples(steady.rows.full, steady.is_active, steady.value, starts, steady.weight)


def _rarer(is_active: NDArray[np.bool_]) -> int:
    return int(min(is_active.sum(), (~is_active).sum()))
