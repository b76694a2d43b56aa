"""What models that had not seen a customer said: how churn is calibrated, and how far values spread."""

from collections.abc import Callable
from typing import NamedTuple, Self

import numpy as np
import pandas as pd

from goodwill.features.snapshot import Snapshot
from goodwill.modeling.calibration import CalibrationChoice
from goodwill.modeling.intervals import ValueIntervals, out_of_sample
from goodwill.modeling.served import ServedModel


class Uncertainty(NamedTuple):
    """What was learned from predictions out of sample.

    Parameters
    ----------
    calibration : of the probability of churn. intervals : of values, around calibrated predictions.
    windows : `Snapshot.windows` with how far off the predictions were in each.
    """

    calibration: CalibrationChoice
    intervals: ValueIntervals
    windows: pd.DataFrame

    @classmethod
    def of(
        cls,
        unfitted: Callable[[], ServedModel],
        scored: Snapshot,
        model: ServedModel,
        missed: float,
        seed: int,
    ) -> Self:
        """Learn beside a fitted model, from models that saw half of the customers each.

        Parameters
        ----------
        unfitted : makes a model like `model`, which was fitted on `scored`.
        scored : past windows, of the customers that are scored alone.
        missed : how far a later window moved all customers together (`missed_share`).
        """
        now, level, clock = scored.now, scored.levelled, model.learned.clock
        said = out_of_sample(unfitted, level.X, level.y, now, seed=seed)
        churned = level.y["churned"].to_numpy(float)[said.rows]
        choice = CalibrationChoice.by_later_windows(level.X.iloc[said.rows], said.p_churn, churned)
        said = said.calibrated(choice.calibration)
        # The clock knew how the windows learned from moved, and does not know of the one to come.
        ahead = int(now["horizon_days"].max())
        strayed = 0.0 if clock is None else clock.strayed(scored.calendar, ahead, scored.season)
        intervals = ValueIntervals().fit(
            level.X,
            level.y,
            said,
            seed=seed,
            level_error=model.level_error(now),
            missed=float(np.hypot(missed, strayed)),
        )
        return cls(choice, intervals, scored.windows.merge(said.window_errors(level.X, level.y), how="left"))
