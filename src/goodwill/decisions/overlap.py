"""Whether treated and untreated customers are alike enough to be compared at all."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from goodwill.decisions.balance import mean_differences
from goodwill.decisions.campaign import B, F
from goodwill.errors import DataError

# Who is almost certain to be treated, or not to be, has no counterpart (Crump et al. 2009).
RAREST, LEAST_SHARE, FEWEST = 0.05, 0.5, 50
WORST_DIFFERENCE = 0.1


@dataclass(frozen=True)
class Overlap:
    """How comparable treated and untreated customers are.

    Parameters
    ----------
    arm : the treatment.
    n, n_kept : customers, and those of them with a counterpart: a propensity of .05 to .95.
    effective_treated, effective_control : size of unweighted groups that would know as much (Kish 1965).
    covariate : the covariate in which the groups differed most.
    difference_before, difference_after : the largest standardised difference of means as it was, and the
        largest after weighting by inverse propensity; .1 is little.
    """

    arm: str
    n: int
    n_kept: int
    effective_treated: float
    effective_control: float
    covariate: str
    difference_before: float
    difference_after: float


def comparable(propensity: F, is_treated: B, arm: str) -> B:
    """Return who has a counterpart among those treated otherwise, (n,) of bool.

    Raises
    ------
    DataError
        If fewer than half have one, or fewer than 50 of either group.

    Examples
    --------
    >>> lot = np.arange(400) % 2 == 0
    >>> bool(comparable(np.where(lot, 0.6, 0.4), lot, "letter").all())
    True
    >>> comparable(np.where(lot, 0.99, 0.01), lot, "letter")
    Traceback (most recent call last):
    goodwill.errors.DataError: letter: no overlap. Only 0 of 400 customers (0%) had a chance ...
    """
    kept = (propensity >= RAREST) & (propensity <= 1 - RAREST)
    n_treated, n_control = int((kept & is_treated).sum()), int((kept & ~is_treated).sum())
    if kept.mean() < LEAST_SHARE or min(n_treated, n_control) < FEWEST:
        raise DataError(
            f"{arm}: no overlap. Only {int(kept.sum()):,} of {len(kept):,} customers ({kept.mean():.0%}) had "
            f"a chance of {RAREST:g} to {1 - RAREST:g} to be treated, {n_treated:,} of the treated and "
            f"{n_control:,} of the others among them; the rest have no counterpart, and no method can tell "
            "what treatment changed. Compare where both happened (`where` of the campaign's file, or of "
            "tables.treatments), or draw lots next time."
        )
    return kept


def overlap_of(arm: str, columns: pd.DataFrame, propensity: F, is_treated: B, kept: B) -> Overlap:
    """Return the diagnostics of overlap and balance.

    Parameters
    ----------
    columns : (n, k) standardised covariates.
    propensity, is_treated, kept : (n,) each.

    Examples
    --------
    >>> lot, age = np.arange(400) % 2 == 0, pd.DataFrame({"age": np.arange(400.0)})
    >>> overlap_of("letter", age, np.full(400, 0.5), lot, np.full(400, True)).effective_treated
    200.0
    """
    weight = np.where(is_treated, 1 / propensity, 1 / (1 - propensity)) * kept
    before = mean_differences(columns, is_treated)
    after = mean_differences(columns[kept], is_treated[kept], weight[kept])
    worst = next(iter(before), "none")
    effective = [
        float(weight[group].sum() ** 2 / (weight[group] ** 2).sum()) for group in (is_treated, ~is_treated)
    ]
    return Overlap(
        arm=arm,
        n=len(kept),
        n_kept=int(kept.sum()),
        effective_treated=effective[0],
        effective_control=effective[1],
        covariate=worst,
        difference_before=abs(before.get(worst, 0.0)),
        difference_after=max(map(abs, after.values()), default=0.0),
    )
