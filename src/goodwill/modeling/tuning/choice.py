"""Which parameters to keep after some trials: the best, if its gain is worth having, else the defaults."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

FEWEST_TRIALS = 10
# Folds hold fewer rows and earlier windows than the final fit. Smaller gains, though beyond the noise between
# customers, did not carry over to later windows; and the gate does not call 1 % worse a loss either.
WORTHWHILE_GAIN = 0.01


@dataclass(frozen=True)
class Tried:
    """One finished trial.

    Parameters
    ----------
    parameters : what was tried.
    loss : as a share of the defaults' (1 for them); missing where the trial was cut short.
    noise : standard error over customers of the gain, 1 - loss.
    seconds : how long it took.
    """

    parameters: Mapping[str, float]
    loss: float
    noise: float
    seconds: float

    @property
    def gain(self) -> float:
        """Share of the defaults' loss that these parameters save."""
        return 1.0 - self.loss

    @property
    def is_worthwhile(self) -> bool:
        """Whether the gain is above its standard error, and large enough to carry over."""
        return self.gain > max(self.noise, WORTHWHILE_GAIN)


@dataclass(frozen=True, eq=False)
class Tuned:
    """What tuning found.

    Parameters
    ----------
    parameters : for `CustomerValueModel`; empty where the defaults stand.
    reason : why these parameters, in a sentence.
    trials : a row per finished trial: `number` (0: the defaults), `value` (loss as a share of the defaults',
        missing where cut short), `noise` (standard error of the gain), `state` (complete, pruned), `seconds`,
        then a column per parameter.
    is_reproducible : False where time decided which trials were made.
    best_value, default_value : loss of what was chosen and of the defaults, as in `trials`.
    n_folds : folds that each trial was judged on.
    best : what the best trial saves, in a sentence that leaves open whether it is used; empty without trials.
    """

    parameters: dict[str, float]
    reason: str
    trials: pd.DataFrame
    is_reproducible: bool
    best_value: float
    default_value: float
    n_folds: int
    best: str = ""


def best_of(tried: Sequence[Tried]) -> Tried:
    """Return the trial with the lowest loss, the earliest of equals; the defaults are among them."""
    return min((trial for trial in tried if not math.isnan(trial.loss)), key=lambda trial: trial.loss)


def is_hopeless(tried: Sequence[Tried]) -> bool:
    """Return whether enough was tried to see that there is little to gain."""
    return len(tried) >= FEWEST_TRIALS and not best_of(tried).is_worthwhile


def chosen(tried: Sequence[Tried], *, n_folds: int, is_reproducible: bool) -> Tuned:
    """Return the best of the trials where its gain is worthwhile, else the defaults."""
    best = best_of(tried)
    needed = f"a gain that carries over needs {max(best.noise, WORTHWHILE_GAIN):.2%}, so the defaults stand"
    says = (
        f"The best of {len(tried)} trials saves {best.gain:.2%} of the defaults' loss on {n_folds} folds "
        f"(standard error {best.noise:.2%})"
    )
    reason = f"{says}: {'it is used' if best.is_worthwhile else needed}."
    kept = best if best.is_worthwhile else tried[0]
    parameters = dict(best.parameters) if best.is_worthwhile else {}
    losses = kept.loss, tried[0].loss
    return Tuned(parameters, reason, _table(tried), is_reproducible, *losses, n_folds, f"{says}.")


def untuned(reason: str) -> Tuned:
    """Return the defaults, without a trial."""
    return Tuned({}, reason, _table([]), is_reproducible=True, best_value=1.0, default_value=1.0, n_folds=0)


def _table(tried: Sequence[Tried]) -> pd.DataFrame:
    columns = {
        "number": list(range(len(tried))),
        "value": [trial.loss for trial in tried],
        "noise": [trial.noise for trial in tried],
        "state": ["pruned" if math.isnan(trial.loss) else "complete" for trial in tried],
        "seconds": [trial.seconds for trial in tried],
    }
    return pd.concat(
        [pd.DataFrame(columns), pd.DataFrame([dict(trial.parameters) for trial in tried])], axis=1
    )
