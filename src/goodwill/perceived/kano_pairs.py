"""Pairs of Kano answers counted: how a feature is felt if it is there, and if it is not."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from goodwill.perceived.estimates import F
from goodwill.perceived.respondents import ensure_who
from goodwill.perceived.survey import KANO_ANSWERS, Survey

N_WORDS = len(KANO_ANSWERS)


@dataclass(frozen=True)
class PairCounts:
    """How often each pair of answers was given to each feature.

    Parameters
    ----------
    features : names of those asked from both sides.
    cells : (features, 5, 5); weighted counts, rows functional, columns dysfunctional, scaled so that they
        add up to the effective number of pairs.
    n : (features,); pairs.
    one_sided : features asked from one side only; they have no category.
    """

    features: tuple[str, ...]
    cells: F
    n: npt.NDArray[np.int64]
    one_sided: tuple[str, ...]


def pair_counts(
    survey: Survey, *, wave: str | None = None, who: npt.NDArray[np.bool_] | None = None
) -> PairCounts:
    """Return the counted pairs of a survey.

    Parameters
    ----------
    wave : answers of one wave; by default the latest of each respondent.
    who : (n_respondents,); those to count, by default all.

    Examples
    --------
    >>> import pandas as pd
    >>> import pandas as pd
    >>> from goodwill.perceived.intake import Item, read_wide
    >>> app = Item("app", columns={"functional": "F", "dysfunctional": "D"})
    >>> counts = pair_counts(read_wide(pd.DataFrame({"F": ["like", "like"], "D": ["dislike", None]}), [app]))
    >>> counts.n.tolist(), counts.cells[0, 0].tolist()
    ([1], [0.0, 0.0, 0.0, 0.0, 1.0])
    """
    ensure_who(who, survey.respondents)
    there = survey.wide_answers("functional", wave=wave)
    gone = survey.wide_answers("dysfunctional", wave=wave)
    both = tuple(str(name) for name in there if name in gone)
    alone = tuple(dict.fromkeys(str(name) for name in [*there, *gone]))
    weights = survey.weights(wave).to_numpy()
    weights = weights if who is None else np.where(who, weights, 0.0)
    counted = [_cells(there[name].to_numpy(), gone[name].to_numpy(), weights) for name in both]
    return PairCounts(
        features=both,
        cells=np.array([cells for cells, _ in counted]).reshape(-1, N_WORDS, N_WORDS),
        n=np.array([n for _, n in counted], dtype=np.int64),
        one_sided=tuple(name for name in alone if name not in both),
    )


def _cells(
    there: npt.NDArray[np.int8], gone: npt.NDArray[np.int8], weights: F
) -> tuple[npt.NDArray[np.float64], int]:
    is_pair = (there >= 0) & (gone >= 0) & (weights > 0)
    w = weights[is_pair]
    codes = there[is_pair].astype(np.intp) * N_WORDS + gone[is_pair]
    cells = np.bincount(codes, w, minlength=N_WORDS**2)
    scale = w.sum() / (w**2).sum() if len(w) else 1.0
    return cells * scale, len(w)
