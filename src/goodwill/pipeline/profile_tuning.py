"""Tuning for ready-made tables: a search on all rows, anew on those of each fold, and what is told of it."""

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from goodwill.config import Config
from goodwill.modeling.profile_comparison import LABELS, Judgement
from goodwill.modeling.profile_judging import Retune
from goodwill.modeling.profiles import ProfileModel
from goodwill.modeling.tuning_choice import Tuned
from goodwill.modeling.tuning_profiles import tune_label
from goodwill.pipeline.outcome import Progress, silent
from goodwill.pipeline.profiles import Profiles
from goodwill.pipeline.record import as_rows

_SPOKEN = {"churn": "churn", "clv": "value"}


@dataclass(frozen=True)
class Tuner:
    """A search for one label's parameters, which may be made on several sets of rows.

    Parameters
    ----------
    deadline : of all searches together, in seconds of `time.monotonic`.
    made : what each search found, in order.
    """

    target: str
    recipe: ProfileModel
    trials: int
    deadline: float
    storage: Path
    made: list[Tuned] = field(default_factory=list)

    def tune(self, X: pd.DataFrame, y: pd.DataFrame, progress: Progress = silent) -> Tuned:
        """Return what the search on these rows finds."""
        lesson = self.recipe.unfitted().lessons(X, y)[self.target]
        left = None if math.isinf(self.deadline) else max(self.deadline - time.monotonic(), 0.0)
        tuned = tune_label(
            lesson, trials=self.trials, timeout_seconds=left, storage=self.storage, progress=progress
        )
        self.made.append(tuned)
        return tuned

    def recipe_of(self, X: pd.DataFrame, y: pd.DataFrame) -> ProfileModel:
        """Return the recipe with the parameters found on these rows, the defaults where none win."""
        return self.recipe.unfitted(parameters={self.target: self.tune(X, y).parameters})


@dataclass(frozen=True)
class Tuning:
    """What was found on all rows, per label, and the searches that find it anew on other rows."""

    found: Mapping[str, Tuned]
    tuners: Mapping[str, Tuner]

    @property
    def retuned(self) -> dict[str, Retune]:
        """The searches that beat the defaults on all rows; only these need be made anew in each fold."""
        return {
            target: self.tuners[target].recipe_of for target, tuned in self.found.items() if tuned.parameters
        }

    @property
    def trials(self) -> list[dict[str, object]]:
        """The trials on all rows, in a table."""
        tables = [tuned.trials.assign(target=target) for target, tuned in self.found.items()]
        return as_rows(pd.concat(tables, ignore_index=True))

    @property
    def is_reproducible(self) -> bool:
        """False where time decided which trials were made."""
        return all(tuned.is_reproducible for tuner in self.tuners.values() for tuned in tuner.made)

    def parameters(self, judgement: Judgement) -> dict[str, dict[str, float]]:
        """Return the parameters to fit with: those that also won where they had not been chosen."""
        sure = [target for target, gain in judgement.gains.items() if gain.is_sure]
        return {target: self.found[target].parameters for target in sure}

    def metrics(self, judgement: Judgement) -> dict[str, dict[str, object]]:
        """Return, per label, how many trials were made and what tuning saves of the defaults' loss."""
        used = self.parameters(judgement)
        return {
            target: {
                "n_trials": len(tuned.trials),
                "saved_share": 1 - tuned.best_value,
                "held_saved_share": judgement.gains[target].share if target in judgement.gains else None,
                "parameters": used.get(target, {}),
            }
            for target, tuned in self.found.items()
        }

    def notes(self, judgement: Judgement) -> Iterator[str]:
        """Yield what people read about each label's parameters."""
        for target, tuned in self.found.items():
            yield f"Parameters of {_SPOKEN[target]}: {tuned.reason}"
            if target in judgement.gains:
                gain = judgement.gains[target]
                answer = "they are used" if gain.is_sure else "within chance, so the defaults stand"
                yield (
                    f"Sought anew in each fold, parameters of {_SPOKEN[target]} save {gain.share:.2%} of the "
                    f"defaults' loss on customers without a part in it (standard error {gain.noise:.2%}): "
                    f"{answer}."
                )


def tune_profiles(config: Config, profiles: Profiles, recipe: ProfileModel, progress: Progress) -> Tuning:
    """Search parameters for each label of a ready-made table; the studies lie in `tuning.db`."""
    wanted, storage = config.tuning, config.output_dir / "tuning.db"
    limit = math.inf if wanted.timeout_seconds is None else wanted.timeout_seconds
    deadline = time.monotonic() + limit
    tuners = {
        target: Tuner(target, recipe, wanted.trials, deadline, storage)
        for label, target in LABELS.items()
        if label in profiles.y
    }
    found = {target: tuner.tune(profiles.X, profiles.y, progress) for target, tuner in tuners.items()}
    return Tuning(found, tuners)
