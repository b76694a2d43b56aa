"""Tuning for ready-made tables: a search on all rows, anew on those of each fold, and what is told of it."""

import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from goodwill.config import Config
from goodwill.modeling.profiles import ProfileModel
from goodwill.modeling.profiles.comparison import LABELS, Judgement
from goodwill.modeling.profiles.folds import N_FOLDS
from goodwill.modeling.profiles.judging import OutOfTimeError, Retune
from goodwill.modeling.tuning.choice import Tuned
from goodwill.modeling.tuning.profiles import tune_label
from goodwill.pipeline.outcome import Progress, silent
from goodwill.pipeline.profiles import Profiles
from goodwill.pipeline.rows import as_rows

_SPOKEN = {"churn": "churn", "clv": "value"}
_DEFAULTS_ALONE = 1  # trial 0


@dataclass
class Budget:
    """Time that searches share: each has an equal part of what is left, and leaves what it does not use.

    Parameters
    ----------
    deadline : of all searches together, in seconds of `time.monotonic`; infinite where there is no limit.
    n_to_come : how many searches are still to be made.
    """

    deadline: float
    n_to_come: int

    def next_part(self) -> float | None:
        """Return the seconds of the next search; None where there is no limit."""
        n, self.n_to_come = max(self.n_to_come, 1), self.n_to_come - 1
        return None if math.isinf(self.deadline) else max(self.deadline - time.monotonic(), 0.0) / n


@dataclass(frozen=True)
class Tuner:
    """A search for one label's parameters, which may be made on several sets of rows.

    Parameters
    ----------
    budget : of all searches of all labels together.
    made : what each search found, in order.
    """

    target: str
    recipe: ProfileModel
    trials: int
    budget: Budget
    storage: Path
    made: list[Tuned] = field(default_factory=list)

    def tune(self, X: pd.DataFrame, y: pd.DataFrame, progress: Progress = silent) -> Tuned:
        """Return what the search on these rows finds."""
        lesson = self.recipe.unfitted().lessons(X, y)[self.target]
        part = self.budget.next_part()
        tuned = tune_label(
            lesson, trials=self.trials, timeout_seconds=part, storage=self.storage, progress=progress
        )
        self.made.append(tuned)
        return tuned

    def recipe_of(self, X: pd.DataFrame, y: pd.DataFrame) -> ProfileModel:
        """Return the recipe with the parameters found on these rows, the defaults where none win.

        Raises
        ------
        OutOfTimeError
            If time ran out before anything but the defaults was tried.
        """
        tuned = self.tune(X, y)
        if not tuned.is_reproducible and len(tuned.trials) <= _DEFAULTS_ALONE:
            raise OutOfTimeError
        return self.recipe.unfitted(parameters={self.target: tuned.parameters})


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
            yield f"Parameters of {_SPOKEN[target]}: {tuned.best if tuned.parameters else tuned.reason}"
            if target in judgement.gains:
                gain = judgement.gains[target]
                answer = "they are used" if gain.is_sure else "within chance, so the defaults stand"
                yield (
                    f"Sought anew in each fold, parameters of {_SPOKEN[target]} save {gain.share:.2%} of the "
                    f"defaults' loss on customers without a part in it (standard error {gain.noise:.2%}): "
                    f"{answer}."
                )
            elif tuned.parameters:
                yield (
                    f"Time ran out (tuning.timeout_seconds) before parameters of {_SPOKEN[target]} could be "
                    "judged on customers without a part in choosing them, so the defaults stand."
                )


def tune_profiles(config: Config, profiles: Profiles, recipe: ProfileModel, progress: Progress) -> Tuning:
    """Search parameters for each label of a ready-made table; the studies lie in `tuning.db`.

    A limit of time is shared by the searches of all labels, on all rows and anew in each fold.
    """
    wanted, storage = config.tuning, config.output_dir / "tuning.db"
    limit = math.inf if wanted.timeout_seconds is None else wanted.timeout_seconds
    targets = [target for label, target in LABELS.items() if label in profiles.y]
    budget = Budget(time.monotonic() + limit, len(targets) * (1 + N_FOLDS))
    tuners = {target: Tuner(target, recipe, wanted.trials, budget, storage) for target in targets}
    found = {target: tuner.tune(profiles.X, profiles.y, progress) for target, tuner in tuners.items()}
    budget.n_to_come = N_FOLDS * sum(bool(tuned.parameters) for tuned in found.values())
    return Tuning(found, tuners)
