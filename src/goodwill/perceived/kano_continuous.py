"""Kano's answers as numbers: two means per feature, and the quadrant they fall into (DuMouchel)."""

import numpy as np
import pandas as pd

from goodwill.evaluation.samples import ensure_level
from goodwill.perceived.estimates import t_quantile
from goodwill.perceived.kano import NOT_COMPUTABLE, Who
from goodwill.perceived.kano_pairs import pair_counts
from goodwill.perceived.survey import Survey

# Like, must be, neutral, live with, dislike: DuMouchel, in Berger et al. (1993).
FUNCTIONAL = np.array([4.0, 2.0, 0.0, -1.0, -2.0])
DYSFUNCTIONAL = np.array([-2.0, -1.0, 0.0, 2.0, 4.0])
CENTRE = 2.0


def kano_continuous(
    survey: Survey, *, level: float = 0.95, wave: str | None = None, who: Who | None = None
) -> pd.DataFrame:
    """Return the mean functional and dysfunctional score of each feature, and its quadrant.

    Returns
    -------
    A row per feature: `n`, `functional` and `dysfunctional` (−2 to 4) with t intervals, `category`: where
    both reach 2 one-dimensional, where the first alone does attractive, where the second alone does must-be,
    indifferent elsewhere; reverse where both are negative.

    Notes
    -----
    DuMouchel, in Berger et al. (1993), Center for Quality Management Journal 2(4). Negative answers weigh
    less than positive ones, for they are likelier to be mistakes.

    Examples
    --------
    >>> from goodwill.perceived.intake import Item, read_wide
    >>> app = Item("app", columns={"functional": "F", "dysfunctional": "D"})
    >>> export = pd.DataFrame({"F": ["like", "like"], "D": ["dislike", "neutral"]})
    >>> found = kano_continuous(read_wide(export, [app])).loc["app"]
    >>> float(found["functional"]), float(found["dysfunctional"]), found["category"]
    (4.0, 2.0, 'one_dimensional')
    """
    ensure_level(level)
    pairs = pair_counts(survey, wave=wave, who=who)
    table = pd.DataFrame({"n": pairs.n}, index=pd.Index(pairs.features, name="item"))
    n = pd.Series(pairs.cells.sum(axis=(1, 2)), index=table.index)
    total = n.where(n > 0)
    margins = {"functional": pairs.cells.sum(axis=2), "dysfunctional": pairs.cells.sum(axis=1)}
    scores = {"functional": FUNCTIONAL, "dysfunctional": DYSFUNCTIONAL}
    for side, counts in margins.items():
        mean = (counts @ scores[side]) / total
        variance = (counts @ scores[side] ** 2) / total - mean**2
        half = np.sqrt(variance.clip(lower=0) / (n - 1).where(n > 1)) * t_quantile(n, level)
        table = table.assign(**{side: mean, f"{side}_low": mean - half, f"{side}_high": mean + half})
    return table.assign(category=_quadrants(table))


def _quadrants(table: pd.DataFrame) -> np.ndarray:
    there, gone = table["functional"], table["dysfunctional"]
    cases = [
        there.isna(),
        (there < 0) & (gone < 0),
        (there >= CENTRE) & (gone >= CENTRE),
        there >= CENTRE,
        gone >= CENTRE,
    ]
    names = [NOT_COMPUTABLE, "reverse", "one_dimensional", "attractive", "must_be"]
    return np.select([case.to_numpy() for case in cases], names, "indifferent")
